"""Kubeflow's own definition of its API, read out of the client that it generates, and requests held against it."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import kfp_server_api

CALL = re.compile(r"call_api\(\s*'([^']+)', '(\w+)'")
QUERY = re.compile(r"query_params\.append\(\('(\w+)'")
BODY = re.compile(r"body_params = local_var_params\['(\w+)'\]")
FILES = re.compile(r"local_var_files\['(\w+)'\]")
ANSWER = re.compile(r"response_type='(\w+)'")
PLAIN: dict[str, type | tuple[type, ...]] = {"str": str, "int": int, "bool": bool, "float": (int, float)}


@dataclass(frozen=True)
class Operation:
    """`pattern` matches the paths of the call; `body` and `answer` are names of models."""

    name: str
    method: str
    pattern: re.Pattern[str]
    query: frozenset[str]
    body: str | None
    files: tuple[str, ...]
    answer: str


def operations() -> tuple[Operation, ...]:
    apis = [each for name, each in vars(kfp_server_api).items() if name.endswith("ServiceApi")]
    return tuple(
        _operation(name.removesuffix("_with_http_info"), inspect.getsource(method), method.__doc__ or "")
        for api in apis
        for name, method in vars(api).items()
        if name.endswith("_with_http_info")
    )


def _operation(name: str, source: str, documented: str) -> Operation:
    path, method = CALL.findall(source)[0]
    body = BODY.findall(source)
    model = re.findall(rf":type {body[0]}: (\w+)", documented)[0] if body else None
    pattern = re.compile(
        "/".join("[^/:]+".join(map(re.escape, re.split(r"\{\w+\}", part))) for part in path.split("/"))
    )
    answer = ANSWER.findall(source)[0]
    return Operation(
        name, method, pattern, frozenset(QUERY.findall(source)), model, tuple(FILES.findall(source)), answer
    )


OPERATIONS = operations()


def operation(method: str, target: str) -> Operation | None:
    path = urlsplit(target).path
    found = [each for each in OPERATIONS if each.method == method and each.pattern.fullmatch(path)]
    return min(found, key=lambda each: each.pattern.pattern.count("[^/:]+")) if found else None


def faults(asked: Operation, target: str, body: Any) -> list[str]:
    """What the definition does not know of a request; `body` is its JSON, or None."""
    query = dict(parse_qsl(urlsplit(target).query))
    found = [f"{asked.name}: no parameter {name}" for name in query if name not in asked.query]
    if asked.body is None:
        return found + ([f"{asked.name}: takes no body"] if body is not None else [])
    return found + misfits(body, asked.body, asked.name)


def misfits(value: Any, model: str, where: str) -> list[str]:
    """What keeps a value from being of that model, or of a type as models write it."""
    if listed := re.fullmatch(r"list\[(.+)\]", model):
        if not isinstance(value, list):
            return [f"{where}: {value!r} is no list"]
        return [fault for at, each in enumerate(value) for fault in misfits(each, listed[1], f"{where}[{at}]")]
    if mapped := re.fullmatch(r"dict\(str, (.+)\)", model):
        if not isinstance(value, dict):
            return [f"{where}: {value!r} is no object"]
        return [fault for name, each in value.items() for fault in misfits(each, mapped[1], f"{where}.{name}")]
    if model == "object":
        return []
    if model == "datetime":
        return _moment(value, where)
    if model in PLAIN:
        fits = isinstance(value, PLAIN[model]) and (model == "bool" or not isinstance(value, bool))
        return [] if fits else [f"{where}: {value!r} is no {model}"]
    return _of_class(value, getattr(kfp_server_api, model), where)


def _moment(value: Any, where: str) -> list[str]:
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (ValueError, AttributeError):
        return [f"{where}: {value!r} is no moment"]
    return [] if moment.tzinfo else [f"{where}: {value!r} says no zone, and RFC 3339 wants one"]


def _of_class(value: Any, model: Any, where: str) -> list[str]:
    if hasattr(model, "allowable_values"):
        return [] if value in model.allowable_values else [f"{where}: {value!r} is none of {model.allowable_values}"]
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is no {model.__name__}"]
    types = {model.attribute_map[name]: each for name, each in model.openapi_types.items()}
    unknown = [f"{where}: {model.__name__} has no {name}" for name in value if name not in types]
    return unknown + [
        fault
        for name, each in value.items()
        if name in types
        for fault in misfits(each, types[name], f"{where}.{name}")
    ]
