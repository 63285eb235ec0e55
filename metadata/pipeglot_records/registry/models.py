"""Models as they are: versions by content, and which of them each alias means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sql

from pipeglot.diagnostics.suggestions import nearest
from pipeglot_records.registry.history import Act, Origin, RegistryFault, acts
from pipeglot_records.store.database import Store


@dataclass(frozen=True, slots=True)
class Version:
    """One content. `number` counts from 1; `time`, when it came, is in nanoseconds since 1970."""

    number: int
    origin: Origin
    who: str
    time: int
    stage: str | None = None
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Model:
    """`versions` in their order; `acts` are all that was done to it, the oldest first."""

    name: str
    versions: tuple[Version, ...] = ()
    aliases: Mapping[str, int] = field(default_factory=dict[str, int])
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    acts: tuple[Act, ...] = ()

    def of_content(self, digest: str) -> Version | None:
        return next((each for each in self.versions if each.origin.digest == digest), None)

    def before(self, alias: str) -> int | None:
        """The version that the alias meant before it meant the one that it means."""
        held = [act.version for act in self.acts if (act.kind, act.name) == ("alias", alias)]
        return next((each for each in reversed(held) if each not in (None, self.aliases.get(alias))), None)


def models(store: Store) -> list[Model]:
    """All of them, by name."""
    with store.reading() as connection:
        return all_in(connection)


def all_in(connection: sql.Connection) -> list[Model]:
    found = sorted(acts(connection), key=attrgetter("model", "seq"))
    return [fold(name, each) for name, each in groupby(found, key=attrgetter("model"))]


def model(store: Store, name: str) -> Model:
    """Raises `RegistryFault`."""
    with store.reading() as connection:
        return model_in(connection, name)


def model_in(connection: sql.Connection, name: str) -> Model:
    found = acts(connection, name)
    if not found:
        near = nearest(name, [each.name for each in all_in(connection)])
        hint = f"did you mean `{near}`?" if near else "pipeglot models"
        raise RegistryFault(f"the registry has no model `{name[:200]}`", hint)
    return fold(name, found)


def parted(text: str) -> tuple[str, str | None]:
    """`churn@7` and `churn@champion`: the model, and which version of it."""
    name, mark, which = text.partition("@")
    return name, which if mark else None


def meant(found: Model, which: str | None) -> Version:
    """A number, an alias, or the newest where nothing is said. Raises `RegistryFault`."""
    if which is None:
        return found.versions[-1]
    number = found.aliases.get(which) or (int(which.removeprefix("v")) if which.removeprefix("v").isdecimal() else 0)
    if 0 < number <= len(found.versions):
        return found.versions[number - 1]
    known = ", ".join(f"`{each}`" for each in sorted(found.aliases))
    has = f"{len(found.versions)} versions and " + (f"the aliases {known}" if known else "no alias")
    raise RegistryFault(
        f"the model `{found.name}` has no `@{which[:200]}`; it has {has}", f"pipeglot models show {found.name}"
    )


def fold(name: str, done: Iterable[Act]) -> Model:
    found = Model(name)
    for act in done:
        found = replace(_FOLDS[act.kind](found, act), acts=(*found.acts, act))
    return found


def _registered(found: Model, act: Act) -> Model:
    assert act.origin is not None
    return replace(found, versions=(*found.versions, Version(len(found.versions) + 1, act.origin, act.who, act.time)))


def _alias(found: Model, act: Act) -> Model:
    rest = {name: number for name, number in found.aliases.items() if name != act.name}
    return replace(found, aliases={**rest, str(act.name): act.version} if act.version else rest)


def _stage(found: Model, act: Act) -> Model:
    return _changed(found, act, stage=act.value)


def _description(found: Model, act: Act) -> Model:
    return _changed(found, act, description=act.value or "")


def _tag(found: Model, act: Act) -> Model:
    bearer = found.versions[act.version - 1] if act.version else found
    rest = {name: value for name, value in bearer.tags.items() if name != act.name}
    return _changed(found, act, tags={**rest, str(act.name): act.value} if act.value else rest)


def _changed(found: Model, act: Act, **fields: object) -> Model:
    """Of the version that the act names, else of the model itself."""
    if act.version is None:
        return replace(found, **fields)  # type: ignore[arg-type]  # by the fields' names
    before = found.versions
    version = replace(before[act.version - 1], **fields)  # type: ignore[arg-type]  # by the fields' names
    return replace(found, versions=(*before[: act.version - 1], version, *before[act.version :]))


_FOLDS = {"registered": _registered, "alias": _alias, "stage": _stage, "description": _description, "tag": _tag}
