"""Runs the language's schema over plain data: the generated one where it fits, else the models themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pydantic_core
from pydantic_core import SchemaValidator, ValidationError

from pipeglot.diagnostics.sources import Json
from pipeglot.spec.schema.generated import core_schema

if TYPE_CHECKING:
    from typing import TypeAlias

Location: TypeAlias = "tuple[str | int, ...]"


class Fault(NamedTuple):
    """A mistake as pydantic-core tells it: `location` holds tags where the schema chose between shapes."""

    kind: str
    location: Location
    found: Json
    context: dict[str, Any]


def faults(data: dict[str, Json]) -> tuple[Fault, ...]:
    try:
        validator().validate_python(data)
    except ValidationError as error:
        return tuple(
            Fault(each["type"], each["loc"], each["input"], each.get("ctx", {}))
            for each in error.errors(include_url=False)
        )
    return ()


def validator() -> SchemaValidator:
    """Of this pydantic-core's own version the class-free schema: the models cost more than all the rest."""
    if pydantic_core.__version__ == core_schema.PYDANTIC_CORE:
        return SchemaValidator(core_schema.SCHEMA, core_schema.CONFIG)
    return from_models()


def from_models() -> SchemaValidator:
    from pydantic import TypeAdapter

    from pipeglot.spec.schema.models import File

    adapter: TypeAdapter[Any] = TypeAdapter(File)
    found = adapter.validator
    assert isinstance(found, SchemaValidator)
    return found
