"""Runs the language's schema over plain data: the generated one where it fits, else the models themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pydantic_core
from pydantic_core import SchemaValidator, ValidationError

from pipeglot.diagnostics.sources import Json
from pipeglot.spec.merging import Merged
from pipeglot.spec.naming import path_of
from pipeglot.spec.schema.generated import core_schema
from pipeglot.spec.schema.pods import content as pod_content
from pipeglot.spec.spelled import spelled

if TYPE_CHECKING:
    from typing import TypeAlias

Location: TypeAlias = "tuple[str | int, ...]"
FIELDS, OF = pod_content.FIELDS, pod_content.OF
BESIDE = 20
"""So many unknown fields of one map are told one by one."""
_NOTHING: dict[str, Any] = {}
OTHERS = "others"
"""In the context of an unknown field: how many others stand beside it, where these are more."""


class Fault(NamedTuple):
    """A mistake as pydantic-core tells it: `location` holds tags where the schema chose between shapes."""

    kind: str
    location: Location
    found: Json
    context: dict[str, Any]


def faults(merged: Merged) -> tuple[Fault, ...]:
    in_pods = [Fault(*each) for each in pod_content.faults(merged.data, partial(_written, merged))]
    try:
        validator().validate_python(merged.data)
    except ValidationError as error:
        return tuple(_few([*_told(error), *in_pods]))
    return tuple(_few(in_pods))


def _told(error: ValidationError) -> Iterator[Fault]:
    """Each is let go when it was taken: of a hostile file there are very many."""
    errors = error.errors(include_url=False)[::-1]
    while errors:
        each = errors.pop()
        yield Fault(each["type"], each["loc"], each["input"], each.get("ctx", _NOTHING))


def _written(merged: Merged, location: Location, number: Json) -> str:
    return spelled(merged, path_of(location), number)


def _few(found: list[Fault]) -> Iterator[Fault]:
    """All but the very many unknown fields of one map, of which the first has the number."""
    unknown = Counter(each.location[:-1] for each in found if each.kind == "extra_forbidden")
    counts: Counter[Location] = Counter()
    for each in found:
        owner = each.location[:-1]
        if each.kind != "extra_forbidden" or unknown[owner] <= BESIDE:
            yield each
            continue
        counts[owner] += 1
        if counts[owner] <= BESIDE:
            yield each._replace(context={**each.context, OTHERS: unknown[owner] - 1})


@cache
def validator() -> SchemaValidator:
    """Of this pydantic-core's own version the class-free schema: the models cost more than all the rest."""
    if pydantic_core.__version__ == core_schema.PYDANTIC_CORE:
        return SchemaValidator(core_schema.SCHEMA, core_schema.CONFIG)
    return from_models()


def from_models() -> SchemaValidator:
    from pydantic import TypeAdapter

    from pipeglot.spec.schema.file_models import File

    adapter: TypeAdapter[Any] = TypeAdapter(File)
    found = adapter.validator
    assert isinstance(found, SchemaValidator)
    return found
