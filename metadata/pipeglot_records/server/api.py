"""What the server can be asked: the questions of the command line, answered as it answers them in JSON."""

from __future__ import annotations

from typing import Final

from pipeglot_records.queries import asking, filter, lineage
from pipeglot_records.registry import declared, forms, history, models
from pipeglot_records.server.questions import Given, Param, Question, count, spelled, switch
from pipeglot_records.server.refusal import Refused
from pipeglot_records.show import normal, run, run_list
from pipeglot_records.show.questions import artifact_list, curves, differences, lineage_forms
from pipeglot_records.store.database import RunUnknown, Store

MOST: Final = 10_000
FEW: Final = 20
WIDEST: Final = 100
"""Columns at most: each is a question to the store."""
USUAL: Final = ("run", "pipeline", "state", "started", "duration", "target", "ended", "profile")
API: Final = "/api/v1"
RUN: Final = f"{API}/runs/{{run}}"


def _runs(store: Store, asked: Given) -> str:
    words = {name: asked.get(name) for name in ("pipeline", "state", "where", "sort", "columns")}
    if asked.get("columns", "").count(",") >= WIDEST:
        raise Refused(400, f"`columns` names more than {WIDEST} fields")
    limit = count(asked, "limit", FEW, MOST)
    question = asking.Asking(**words, desc=switch(asked, "desc"), limit=limit)
    try:
        wanted, fields = asking.read(question, USUAL)
        return spelled(run_list.asked(store, wanted, fields))
    except filter.FilterFault as fault:
        raise Refused(400, fault.message, fault.hint) from None
    except filter.NotComparable as fault:
        raise Refused(400, str(fault)) from None


def _run(store: Store, asked: Given) -> str:
    return spelled(run.as_json(store, found_run(store, asked["run"])))


def _normal(store: Store, asked: Given) -> str:
    return normal.text(store, found_run(store, asked["run"]))


def _metrics(store: Store, asked: Given) -> str:
    found = curves.curves(store, found_run(store, asked["run"]), asked.get("step"), asked.get("name"))
    return spelled(curves.as_json(found))


def _artifacts(store: Store, asked: Given) -> str:
    return spelled([each.as_json() for each in artifact_list.artifacts(store, found_run(store, asked["run"]))])


def _lineage(store: Store, asked: Given) -> str:
    up, down = switch(asked, "up"), switch(asked, "down")
    name = found_run(store, asked["run"])
    found = lineage.lineage(store, name, asked.get("artifact"), up=up or not down, down=down or not up)
    if asked.get("artifact") and not found.begun:
        raise Refused(404, f"run `{name}` left no artifact `{asked['artifact'][:200]}`")
    return spelled(lineage_forms.as_json(found))


def _diff(store: Store, asked: Given) -> str:
    before, after = found_run(store, asked["before"]), found_run(store, asked.get("after", "last"))
    return spelled(differences.as_json(differences.differences(store, before, after)))


def _models(store: Store, asked: Given) -> str:
    declared.take_up(store)
    return spelled([forms.as_json(each) for each in models.models(store)])


def _model(store: Store, asked: Given) -> str:
    declared.take_up(store)
    try:
        found = models.model(store, asked["model"])
    except history.RegistryFault as unknown:
        raise Refused(404, unknown.diagnostics[0].message) from None
    return spelled({**forms.as_json(found), "history": [forms.act_json(act) for act in found.acts]})


def found_run(store: Store, name: str) -> str:
    """The whole id of a run. Raises `Refused`."""
    try:
        return store.find_run(name)
    except RunUnknown as unknown:
        # where the store is concerns nobody who asks
        raise Refused(404, unknown.diagnostics[0].message.partition(" in the store")[0]) from None


QUESTIONS: Final = (
    Question(
        f"{API}/runs",
        "Runs, the newest first, as `pipeglot runs --format json` lists them.",
        _runs,
        (
            Param("pipeline", "only runs of this pipeline"),
            Param("state", "only runs in this state"),
            Param("where", "only runs of which this holds: the language of `pipeglot runs --where`"),
            Param("sort", "the least first, by a field as `where` has them"),
            Param("desc", "with `sort`: the greatest first", "boolean"),
            Param("columns", "these fields of each run alone, between commas"),
            Param("limit", f"at most so many, {FEW} where nothing is said, {MOST} at most", "integer"),
        ),
    ),
    Question(RUN, "One run, as `pipeglot show --format json` tells it.", _run),
    Question(f"{RUN}/normal", "What is the same of a run on every engine: `pipeglot show --format normal`.", _normal),
    Question(
        f"{RUN}/metrics",
        "Every point of its metrics: `pipeglot metrics --format json`.",
        _metrics,
        (Param("step", "of this step alone"), Param("name", "the series of this name alone")),
    ),
    Question(f"{RUN}/artifacts", "What it left, and where that lies: `pipeglot artifacts --format json`.", _artifacts),
    Question(
        f"{RUN}/lineage",
        "What its artifacts were made of, and what was made of them: `pipeglot lineage --format json`.",
        _lineage,
        (
            Param("artifact", "one artifact, `STEP.OUTPUT`"),
            Param("up", "only what it was made of", "boolean"),
            Param("down", "only what was made of it", "boolean"),
        ),
    ),
    Question(f"{API}/models", "Models of the registry, with their versions: `pipeglot models --format json`.", _models),
    Question(f"{API}/models/{{model}}", "One model, with its `history`: what was done to it.", _model),
    Question(
        f"{API}/diff",
        "What differs between two runs: `pipeglot diff --format json`.",
        _diff,
        (
            Param("before", "a run's id or how it begins", required=True),
            Param("after", "the other one; the newest where nothing is said"),
        ),
    ),
)
