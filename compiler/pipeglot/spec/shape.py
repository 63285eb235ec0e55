"""Runs the language's schema over plain data: the generated one where it fits, else the models themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pydantic_core
from pydantic_core import SchemaValidator, ValidationError

from pipeglot.diagnostics.sources import Json
from pipeglot.spec.merging import Merged
from pipeglot.spec.naming import path_of
from pipeglot.spec.schema import pod_content
from pipeglot.spec.schema.generated import core_schema
from pipeglot.spec.spelled import spelled

if TYPE_CHECKING:
    from typing import TypeAlias

Location: TypeAlias = "tuple[str | int, ...]"
FIELDS, OF = pod_content.FIELDS, pod_content.OF
BESIDE = 20
"""So many unknown fields of one map are told one by one."""
OTHERS = "others"
"""In the context of an unknown field: how many others stand beside it, where these are more."""


class Fault(NamedTuple):
    """A mistake as pydantic-core tells it: `location` holds tags where the schema chose between shapes."""

    kind: str
    location: Location
    found: Json
    context: dict[str, Any]


def faults(merged: Merged) -> tuple[Fault, ...]:
    in_pods = (Fault(*each) for each in pod_content.faults(merged.data, partial(_written, merged)))
    try:
        validator().validate_python(merged.data)
    except ValidationError as error:
        return (*_few(error.errors(include_url=False)), *in_pods)
    return tuple(in_pods)


def _written(merged: Merged, location: Location, number: Json) -> str:
    return spelled(merged, path_of(location), number)


def _few(errors: list[Any]) -> Iterator[Fault]:
    """All but the very many unknown fields of one map, of which the first has the number."""
    unknown = Counter(each["loc"][:-1] for each in errors if each["type"] == "extra_forbidden")
    told: Counter[Location] = Counter()
    for each in errors:
        context = each.get("ctx", {})
        if each["type"] == "extra_forbidden":
            owner = each["loc"][:-1]
            told[owner] += 1
            if told[owner] > BESIDE:
                continue
            context = {OTHERS: unknown[owner] - 1} if unknown[owner] > BESIDE else {}
        yield Fault(each["type"], each["loc"], each["input"], context)


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
