"""Vertex AI's own definition of its REST API, read out of Google's client, and requests held against it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from google.cloud import aiplatform_v1
from google.cloud.aiplatform_v1.services.pipeline_service.transports import rest_base as of_pipelines
from google.cloud.aiplatform_v1.services.schedule_service.transports import rest_base as of_schedules
from google.protobuf import json_format

BASES = (of_pipelines._BasePipelineServiceRestTransport, of_schedules._BaseScheduleServiceRestTransport)
PATH = re.compile(r"\{([\w.]+)=([^}]+)\}")
SYSTEM = {"$alt"}
"""Parameters that every call of Google's takes."""


@dataclass(frozen=True)
class Operation:
    """`request` is the message that path, query and body together make."""

    name: str
    method: str
    pattern: re.Pattern[str]
    body: str | None
    request: Any


def operations() -> tuple[Operation, ...]:
    return tuple(
        _operation(name.removeprefix("_Base"), option)
        for base in BASES
        for name, inner in inspect.getmembers(base, inspect.isclass)
        if hasattr(aiplatform_v1, f"{name.removeprefix('_Base')}Request")
        for option in inner._get_http_options()  # type: ignore[attr-defined]
    )


def _operation(name: str, option: Mapping[str, str]) -> Operation:
    literal, *rest = PATH.split(option["uri"])
    pattern = re.escape(literal)
    for field, wanted, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        place = re.escape(wanted).replace(r"\*", "[^/:]+")
        pattern += f"(?P<{field.replace('.', '__')}>{place}){re.escape(after)}"
    request = getattr(aiplatform_v1, f"{name}Request")
    return Operation(name, option["method"].upper(), re.compile(pattern), option.get("body"), request)


OPERATIONS = operations()


def operation(method: str, target: str) -> tuple[Operation, dict[str, str]] | None:
    """The call, and what its path says."""
    path = urlsplit(target).path
    for each in OPERATIONS:
        found = each.pattern.fullmatch(path)
        if each.method == method and found:
            return each, found.groupdict()
    return None


def faults(asked: Operation, target: str, body: Any) -> list[str]:
    """What the definition does not know of a request; `body` is its JSON, or None."""
    query = {name for name, _ in parse_qsl(urlsplit(target).query)} - SYSTEM
    fields = asked.request.pb().DESCRIPTOR.fields
    known = {field.json_name: field.message_type for field in fields}
    found = [f"{asked.name}: no parameter {name}" for name in sorted(query - set(known))]
    if asked.body is None:
        return found + ([f"{asked.name}: takes no body"] if body is not None else [])
    kind = asked.request if asked.body == "*" else getattr(aiplatform_v1, _message(fields, asked.body))
    return found + misfits(body, kind, asked.name)


def misfits(value: Any, kind: Any, where: str) -> list[str]:
    """What keeps a JSON value from being that message."""
    try:
        json_format.ParseDict(value, kind.pb()())
    except (json_format.ParseError, TypeError, AttributeError) as fault:
        return [f"{where}: {' '.join(str(fault).split())}"]
    return []


def _message(fields: Any, name: str) -> str:
    (field,) = (field for field in fields if field.name == name)
    return str(field.message_type.name)
