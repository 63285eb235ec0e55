"""Models as people read them, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeglot.ir import Json
from pipeglot_records.model.json_values import mapping, read
from pipeglot_records.registry.gate import Figure
from pipeglot_records.registry.history import Act
from pipeglot_records.registry.models import Model, Version
from pipeglot_records.show.columns import aligned
from pipeglot_records.show.formatting import VALUE, digest_text, instant, moment, shortened, size

HEAD = ("MODEL", "VERSIONS", "NEWEST", "ALIASES", "DESCRIPTION")
OF_VERSION = ("VERSION", "ALIASES", "STAGE", "WHEN", "WHO", "FROM", "RUN", "DIGEST", "SIZE")
SHORT = 13
"""Letters of a run's id that tell it from others by eye."""


def sentence(act: Act) -> str:
    """What happened, in one line: `churn: v7 is champion (ann)`."""
    return shortened(f"{act.model}: {_did(act)} ({act.who})", 300)


def act_json(act: Act) -> dict[str, Json]:
    return {
        "model": act.model,
        "act": act.kind,
        "version": act.version,
        "name": act.name,
        "value": act.value,
        "run": act.origin.run if act.origin else None,
        "who": act.who,
        "time": instant(act.time),
        "seq": act.seq,
    }


def listed(found: Sequence[Model]) -> str:
    if not found:
        return "no models\n"
    rows = [
        (each.name, str(len(each.versions)), _age(each), _aliases(each), _first(each.description)) for each in found
    ]
    return _page([HEAD, *rows], right=frozenset({1}))


def shown(model: Model) -> str:
    """A model with all its versions, the newest first."""
    lines = [model.name]
    lines += [f"  {shortened(line, 100)}" for line in model.description.splitlines()]
    lines += [f"  {name}: {shortened(value, VALUE)}" for name, value in sorted(model.tags.items())]
    rows = [_row(model, version) for version in reversed(model.versions)]
    return "\n".join([*lines, ""]) + "\n" + _page([OF_VERSION, *rows], right=frozenset({8}))


def version_shown(model: Model, version: Version, commit: str | None) -> str:
    """One version, and where it comes from."""
    origin = version.origin
    said = {
        "aliases": ", ".join(_of(model, version)),
        "stage": version.stage or "",
        "registered": f"{moment(version.time)} by {version.who}",
        "artifact": _artifact(version),
        "pipeline": origin.pipeline,
        "run": origin.run,
        "commit": commit or "",
        "digest": " ".join(f"{kind}:{value}" for kind, value in mapping(read(origin.digest)).items()),
        "size": size(origin.size) if origin.size is not None else "",
        **{f"tag {name}": value for name, value in sorted(version.tags.items())},
    }
    rows = [(f"  {name}", shortened(value, 100)) for name, value in said.items() if value]
    lines = [f"  {shortened(line, 100)}" for line in version.description.splitlines()]
    return "\n".join([f"{model.name}@{version.number}", *lines, *aligned(rows)]) + "\n"


def history(model: Model) -> str:
    rows = [(moment(act.time), act.who, _did(act)) for act in reversed(model.acts)]
    return _page([("WHEN", "WHO", "WHAT"), *rows])


def gate(found: Sequence[Figure]) -> str:
    """A line for each condition: whether it holds, and what the run has."""
    rows = [("holds" if each.holds else "fails", each.condition, _values(each.values)) for each in found]
    return _page(rows)


def as_json(model: Model) -> dict[str, Json]:
    return {
        "name": model.name,
        "description": model.description,
        "tags": dict(model.tags),
        "aliases": dict(model.aliases),
        "versions": [version_json(model, version) for version in model.versions],
    }


def version_json(model: Model, version: Version) -> dict[str, Json]:
    origin = version.origin
    return {
        "model": model.name,
        "version": version.number,
        "aliases": list(_of(model, version)),
        "stage": version.stage,
        "description": version.description,
        "tags": dict(version.tags),
        "registered": instant(version.time),
        "who": version.who,
        "artifact": _artifact(version),
        "pipeline": origin.pipeline,
        "run": origin.run,
        "digest": dict(mapping(read(origin.digest))),
        "size": origin.size,
    }


def figure_json(found: Figure) -> dict[str, Json]:
    return {"condition": found.condition, "holds": found.holds, "values": dict(found.values)}


def _did(act: Act) -> str:
    version = f"v{act.version}" if act.version else act.model
    match act.kind:
        case "registered":
            origin = act.origin
            return (
                f"{version} is {origin.artifact} of {origin.pipeline}, run {origin.run[:SHORT]}" if origin else version
            )
        case "alias":
            back = f", {act.value}" if act.value else ""
            return f"{version} is {act.name}{back}" if act.version else f"nothing is {act.name} any more"
        case "stage":
            return f"{version} is in the stage {act.value}" if act.value else f"{version} is in no stage"
        case "description":
            return f"{version} is described: {_first(act.value or '')}"
        case "tag":
            return (
                f"{version} has the tag {act.name}={_first(act.value)}"
                if act.value
                else f"{version} lost the tag {act.name}"
            )


def _row(model: Model, version: Version) -> tuple[str, ...]:
    origin = version.origin
    return (
        f"v{version.number}",
        ", ".join(_of(model, version)),
        version.stage or "",
        moment(version.time),
        version.who,
        f"{origin.pipeline}/{_artifact(version)}",
        origin.run[:SHORT],
        digest_text(read(origin.digest)),
        size(origin.size) if origin.size is not None else "",
    )


def _artifact(version: Version) -> str:
    origin = version.origin
    return origin.artifact if origin.item is None else f"{origin.artifact}[{origin.item}]"


def _of(model: Model, version: Version) -> Iterator[str]:
    return (alias for alias, number in sorted(model.aliases.items()) if number == version.number)


def _aliases(model: Model) -> str:
    return ", ".join(f"{alias}=v{number}" for alias, number in sorted(model.aliases.items()))


def _age(model: Model) -> str:
    return moment(model.versions[-1].time)


def _first(text: str) -> str:
    return shortened(text.strip().partition("\n")[0], VALUE)


def _values(values: Mapping[str, Json]) -> str:
    return ", ".join(f"{name} is {_plain(value)}" for name, value in values.items())


def _plain(value: Json) -> str:
    if value is None:
        return "not there"
    return f"{value:g}" if isinstance(value, float) else shortened(str(value), VALUE)


def _page(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> str:
    return "\n".join(aligned([[shortened(cell, 120) for cell in row] for row in rows], right=right)) + "\n"
