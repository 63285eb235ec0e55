"""Events of a file, made again by OpenLineage's own classes: each facet by the class of its schema, to the same JSON.

Runs in an environment of its own. Prints how many events and standard facets there were.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

event_v2: Any = importlib.import_module("openlineage.client.event_v2")
generated: Any = importlib.import_module("openlineage.client.generated")
base: Any = importlib.import_module("openlineage.client.generated.base")
serde: Any = importlib.import_module("openlineage.client.serde").Serde


def classes() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(generated.__path__):
        for kind in vars(importlib.import_module(f"openlineage.client.generated.{module.name}")).values():
            if isinstance(kind, type) and issubclass(kind, base.BaseFacet):
                each: Any = kind
                found[each._get_schema()] = each
    return found


KNOWN = classes()
SEEN: list[str] = []


def made(kind: Any, fields: dict[str, Any]) -> Any:
    """By the fields of the class, which refuses those that it has not."""
    plain = {name: value for name, value in fields.items() if name not in ("_producer", "_schemaURL")}
    found = kind(**plain)
    found._producer = fields["_producer"]
    return found


def facets(of: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, facet in of.items():
        kind = KNOWN.get(facet["_schemaURL"])
        assert kind or name.startswith("pipeglot_"), f"{name}: there is no class for {facet['_schemaURL']}"
        if kind:
            SEEN.append(name)
            found[name] = made(kind, facet)
            assert json.loads(serde.to_json(found[name])) == facet, name
    return found


def judge(event: dict[str, Any]) -> None:
    run, job = event["run"], event["job"]
    again = event_v2.RunEvent(
        eventType=event_v2.RunState[event["eventType"]],
        eventTime=event["eventTime"],
        producer=event["producer"],
        run=event_v2.Run(run["runId"], facets(run["facets"])),
        job=event_v2.Job(job["namespace"], job["name"], facets(job["facets"])),
        inputs=[
            base.InputDataset(each["namespace"], each["name"], facets=facets(each["facets"]))
            for each in event["inputs"]
        ],
        outputs=[
            base.OutputDataset(
                each["namespace"],
                each["name"],
                facets=facets(each["facets"]),
                outputFacets=facets(each["outputFacets"]),
            )
            for each in event["outputs"]
        ],
    )
    assert {field.name for field in again.__attrs_attrs__} == {*event}, "fields of an event"
    assert again.schemaURL == event["schemaURL"]


if __name__ == "__main__":
    lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
    for line in lines:
        judge(json.loads(line))
    print(json.dumps({"events": len(lines), "facets": sorted(set(SEEN))}))
