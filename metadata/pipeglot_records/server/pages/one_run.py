"""One run: its graph, its steps and items, what it was given, what it made, and how its metrics went."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from pipeglot.ir import Json
from pipeglot_records.model.json_values import mapping, sequence
from pipeglot_records.server.pages import graph
from pipeglot_records.server.pages.curve import curve
from pipeglot_records.server.pages.page import Asked, Page, Shown
from pipeglot_records.show import run as showing
from pipeglot_records.show.questions import artifact_list, curves


def shown(asked: Asked) -> Shown:
    name = asked.run()
    picture = showing.as_json(asked.store, name)
    steps = [mapping(each) for each in sequence(picture["steps"])]
    return {
        "run": picture,
        "artifacts": [each.as_json() for each in artifact_list.artifacts(asked.store, name)],
        "graph": graph.drawn(asked.store, name, steps),
        "again": " ".join(["pipeglot", "run", *_words(picture)]),
        "is_live": picture["state"] == "running",
    }


def _words(picture: Mapping[str, Json]) -> Iterator[str]:
    """What the command line is given for the same run. What is covered has to be given again by who knows it."""
    if profile := picture["profile"]:
        yield f"--profile {shlex.quote(str(profile))}"
    for name, entry in mapping(picture["params"]).items():
        told = mapping(entry)
        if told.get("redacted") is True:
            yield f"-p {name}=…"
        elif "value" in told:
            value = told["value"]
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"-p {shlex.quote(f'{name}={text}')}"


def metrics(asked: Asked) -> Shown:
    name = asked.run()
    found = curves.curves(asked.store, name, asked.get("step") or None, asked.get("name") or None)
    drawn = [
        {"place": each.place, "name": each.name, "points": len(each.points), "svg": curve(each.points)}
        for each in found
    ]
    return {"run": name, "curves": drawn}


PAGES: Final = (
    Page("/runs/{run}", "run.html", shown),
    Page("/runs/{run}/metrics", "metrics.html", metrics, ("step", "name")),
)
