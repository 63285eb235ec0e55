"""What is done to models: each change is one transaction, and says who did it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeglot_records.model.json_values import write
from pipeglot_records.queries.contents import Content, Named
from pipeglot_records.registry.history import LONGEST, Change, Origin, RegistryFault, acts, add, checked
from pipeglot_records.registry.models import Model, Version, fold, meant, model_in
from pipeglot_records.store.database import Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a version is to be called, besides its number; None leaves a thing as it is."""

    aliases: Sequence[str] = ()
    stage: str | None = None
    description: str | None = None
    tags: Mapping[str, str] | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.aliases or self.tags) and self.stage is None and self.description is None

    def changes(self, model: Model, version: Version) -> list[Change]:
        """Only what is not so already."""
        number = version.number
        found = [Change("alias", number, alias) for alias in self.aliases if model.aliases.get(alias) != number]
        if self.stage is not None and self.stage != version.stage:
            found.append(Change("stage", number, value=self.stage))
        if self.description is not None and self.description != version.description:
            found.append(Change("description", number, value=self.description))
        tags = (self.tags or {}).items()
        return [
            *found,
            *(Change("tag", number, name, value) for name, value in tags if version.tags.get(name, "") != value),
        ]

    def check(self) -> None:
        for alias in self.aliases:
            checked("an alias", alias)
            if alias.removeprefix("v").isdecimal():
                raise RegistryFault(f"`{alias}` is a number of a version, and no alias can be one")
        if self.stage is not None:
            checked("a stage", self.stage)
        for name, value in (self.tags or {}).items():
            checked("a tag", name)
            _short("a tag", value)
        _short("a description", self.description or "")


@dataclass(frozen=True, slots=True)
class Registered:
    """`is_new` is false where the model had this content before."""

    model: Model
    version: Version
    is_new: bool


def register(store: Store, name: str, content: Content, named: Named, wanted: Wanted, who: str) -> Registered:
    """A content becomes a version of the model, once. Raises `RegistryFault`."""
    checked("a model", name)
    wanted.check()
    digest = write(dict(sorted(content.digest.items())))
    origin = Origin(digest, content.run, content.pipeline, named.source, named.item, content.size)
    with store.writing() as connection:
        before = fold(name, acts(connection, name))
        known = before.of_content(digest)
        if known is None:
            add(connection, name, [Change("registered", len(before.versions) + 1, origin=origin)], who)
        now = model_in(connection, name)
        version = known or now.versions[-1]
        add(connection, name, wanted.changes(now, version), who)
        after = model_in(connection, name)
    return Registered(after, after.versions[version.number - 1], known is None)


def change(store: Store, name: str, which: str | None, wanted: Wanted, who: str) -> tuple[Model, Version]:
    """Aliases, stage, description and tags of a version that is there. Raises `RegistryFault`."""
    wanted.check()
    with store.writing() as connection:
        before = model_in(connection, name)
        version = meant(before, which)
        add(connection, name, wanted.changes(before, version), who)
        after = model_in(connection, name)
    return after, after.versions[version.number - 1]


def describe(store: Store, name: str, description: str, who: str) -> Model:
    """The model itself. Raises `RegistryFault`."""
    _short("a description", description)
    with store.writing() as connection:
        model_in(connection, name)
        add(connection, name, [Change("description", value=description)], who)
        return model_in(connection, name)


def withdraw(store: Store, name: str, alias: str, who: str) -> Model:
    """The alias means nothing from now on. Raises `RegistryFault`."""
    with store.writing() as connection:
        _held(model_in(connection, name), alias)
        add(connection, name, [Change("alias", None, alias)], who)
        return model_in(connection, name)


def roll_back(store: Store, name: str, alias: str, who: str) -> tuple[Model, Version]:
    """The alias means again what it meant before. Raises `RegistryFault`."""
    with store.writing() as connection:
        found = model_in(connection, name)
        held = _held(found, alias)
        earlier = found.before(alias)
        if earlier is None:
            raise RegistryFault(f"`{name}@{alias}` was never another version than {held}")
        add(connection, name, [Change("alias", earlier, alias, "rolled back")], who)
        after = model_in(connection, name)
    return after, after.versions[earlier - 1]


def _held(found: Model, alias: str) -> int:
    if alias not in found.aliases:
        known = ", ".join(f"`{each}`" for each in sorted(found.aliases)) or "none"
        raise RegistryFault(f"the model `{found.name}` has no alias `{alias[:200]}`; it has {known}")
    return found.aliases[alias]


def _short(what: str, value: str) -> None:
    if len(value) > LONGEST:
        raise RegistryFault(f"{what} has at most {LONGEST:,} letters, and this one {len(value):,}")
