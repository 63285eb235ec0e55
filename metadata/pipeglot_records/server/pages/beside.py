"""Runs beside each other, what artifacts were made of, and what differs between two runs."""

from __future__ import annotations

from typing import Final

from pipeglot.diagnostics import SpecRejected
from pipeglot_records.queries import lineage
from pipeglot_records.server.pages.curve import KINDS, over_each_other
from pipeglot_records.server.pages.page import Asked, Page, Shown
from pipeglot_records.show.questions import comparison, curves, differences, lineage_forms

MOST: Final = 20
DRAWN: Final = 40
"""Charts on a page."""


def compared(asked: Asked) -> Shown:
    names = asked.listed("runs")
    if len(names) > MOST:
        raise asked.refusal(400, f"these are {len(names)} runs, and {MOST} at most stand beside each other")
    ids = list(dict.fromkeys(map(asked.whole_id, names)))
    found = comparison.of_runs(asked.store, ids) if ids else comparison.Comparison()
    return {
        "names": found.names,
        "rows": found.rows,
        "charts": _charts(asked, ids),
        "runs": [{"run": run, "kind": number % KINDS} for number, run in enumerate(ids)],
    }


def _charts(asked: Asked, ids: list[str]) -> list[Shown]:
    """Of each metric that more than one point was told of, a chart with a line for each run: its first of that name."""
    lines: dict[tuple[str, str], dict[str, tuple[curves.Point, ...]]] = {}
    for run in ids:
        for each in curves.curves(asked.store, run):
            lines.setdefault((each.step, each.name), {}).setdefault(run, each.points)
    several = [(key, each) for key, each in sorted(lines.items()) if any(len(points) > 1 for points in each.values())]
    return [
        {"name": f"{step}.{name}", "svg": over_each_other([found.get(run, ()) for run in ids])}
        for (step, name), found in several[:DRAWN]
    ]


def made_of(asked: Asked) -> Shown:
    name, artifact = asked.run(), asked.get("artifact") or None
    found = lineage.lineage(asked.store, name, artifact, up=True, down=True)
    if artifact and not found.begun:
        raise asked.refusal(404, f"run `{name}` left no artifact `{artifact[:200]}`")
    try:
        drawn = lineage_forms.picture(found) if found.contents else ""
    except SpecRejected:
        drawn = ""
    return {"run": name, "artifact": artifact, "graph": drawn, "tree": lineage_forms.tree(found, name)}


def differing(asked: Asked) -> Shown:
    before, after = asked.run("before"), asked.run("after", otherwise="last")
    return {"diff": differences.as_json(differences.differences(asked.store, before, after))}


PAGES: Final = (
    Page("/compare", "compare.html", compared, ("runs",)),
    Page("/runs/{run}/lineage", "lineage.html", made_of, ("artifact",)),
    Page("/diff", "diff.html", differing, ("before", "after")),
)
