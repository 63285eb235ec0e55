"""in-toto: a statement for each artifact that an attempt made, with the provenance of SLSA 1.0.

Forms: in-toto Statement v1 and `https://slsa.dev/provenance/v1`; digests as in-toto's DigestSet calls them.
Nothing is signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeglot import __version__
from pipeglot_records.answering.rows import Row
from pipeglot_records.exports.protocol import Plan
from pipeglot_records.exports.reading import Reading
from pipeglot_records.exports.recorded import Attempt, Fields, Recorded
from pipeglot_records.exports.way import Way
from pipeglot_records.model.json_values import mapping

ADDRESS: Final = ""
TOKEN: Final = ""
TO_FILES: Final = True
STATEMENT: Final = "https://in-toto.io/Statement/v1"
PROVENANCE: Final = "https://slsa.dev/provenance/v1"
STEP: Final = "urn:pipeglot:step:v1"
"""What was built: `externalParameters` are the pipeline's params, `internalParameters` the step's command."""
DONE: Final = ("succeeded", "cached")


def plan(run: Recorded, under: str | None) -> Plan:
    """`under` names who ran it, where that is not the target."""
    reading = Reading(run)
    made = [
        _statement(run, attempt, name, entry, reading, under)
        for attempt in run.attempts()
        if attempt.fields.get("state") in DONE
        for name, entry in attempt.values("outputs")
        if mapping(entry.get("digest"))
    ]
    return Plan(tuple(made), (*run.lost(), *_lost(run)))


def send(documents: tuple[Row, ...], way: Way) -> Iterator[str]:
    """There is no server of in-toto: whoever signs statements takes them from a file."""
    yield from ()


def _lost(run: Recorded) -> Iterator[str]:
    if run.curves:
        yield f"the points of {len(run.curves)} series of metrics"
    others = sum(attempt.fields.get("state") not in DONE for attempt in run.attempts())
    if others:
        yield f"{others} attempts that did not succeed: what they left is no artifact of the run"


def _statement(run: Recorded, attempt: Attempt, name: str, entry: Fields, reading: Reading, under: str | None) -> Row:
    place = attempt.name.replace(attempt.step, f"{attempt.step}.{name}", 1)
    subject: Row = {"name": f"{run.pipeline}/{place}", "digest": dict(mapping(entry.get("digest")))}
    told = {key: run.run.get(key) for key in ("target", "profile", "definition") if run.run.get(key) is not None}
    definition: Row = {
        "buildType": STEP,
        "externalParameters": {"pipeline": run.pipeline, "params": dict(run.params())},
        "internalParameters": {**told, "step": attempt.step, "item": attempt.item, "argv": attempt.fields.get("argv")},
        "resolvedDependencies": [{**each} for each in _dependencies(run, attempt, reading)],
    }
    details: Row = {
        "builder": {
            "id": f"urn:pipeglot:{under or run.run.get('target') or 'unknown'}",
            "version": {"pipeglot": __version__},
        },
        "metadata": {
            "invocationId": f"{run.id}/{attempt.id}",
            "startedOn": attempt.fields.get("started"),
            "finishedOn": attempt.fields.get("ended"),
        },
    }
    return {
        "_type": STATEMENT,
        "subject": [subject],
        "predicateType": PROVENANCE,
        "predicate": {"buildDefinition": definition, "runDetails": details},
    }


def _dependencies(run: Recorded, attempt: Attempt, reading: Reading) -> Iterator[Row]:
    """What it read, each once, and the commit of its code. Of what has no digest of its own the name is told."""
    seen = dict.fromkeys(reading.of(attempt))
    for each in seen:
        found: Row = {"name": each.name}
        if each.uri is not None:
            found["uri"] = each.uri
        if each.digest is not None:
            pairs = (part.partition(":") for part in each.digest.split(" "))
            found["digest"] = {kind: value for kind, _, value in pairs}
        yield found
    commit = run.commit()
    if commit:
        yield {"name": "code", "digest": {"gitCommit": commit}}
