"""The process of a `python:` body: calls the function and writes down what it returns."""

from __future__ import annotations

import json
import sys

from pipeglot_sidecar.artifacts.decoding import is_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Unreturnable(Exception):
    """What a function returned and cannot be handed on."""


def call(path: str) -> int:
    """Reads what to call from a file. An exception of the function prints its traceback, as anywhere in Python."""
    from importlib import import_module
    from os import getcwd

    with open(path, "rb") as file:
        request = json.loads(file.read())
    sys.path[0] = getcwd()
    sys.argv = [request["function"]]
    module, _, name = request["function"].partition(":")
    try:
        function = import_module(module)
        for part in name.split("."):
            function = getattr(function, part)
        returned = function(**_arguments(request))  # type: ignore[operator]  # only its caller knows that it is one
    except Exception:
        _print_traceback()
        return 1
    try:
        _write_returned(returned, request["values"])
    except Unreturnable as fault:
        sys.stderr.write(f"pipeglot: `{request['function']}` {fault}\n")
        return 1
    return 0


def _arguments(request: dict[str, Any]) -> dict[str, Any]:
    from pathlib import Path

    given = {name: _unpacked_value(*value) for name, value in request["inputs"].items()}
    given.update((name, Path(path)) for name, path in request["artifacts"].items())
    return given


def _unpacked_value(kind: str, content: Any) -> Any:
    if kind == "artifact":
        from pathlib import Path

        return Path(content)
    if kind == "list":
        return [_unpacked_value(*part) for part in content]
    if kind == "dict":
        return {key: _unpacked_value(*part) for key, part in content.items()}
    return content


def _print_traceback() -> None:
    """Without the lines of this file, which are not where the mistake is."""
    import traceback

    kind, fault, trace = sys.exc_info()
    while trace is not None and trace.tb_frame.f_code.co_filename == call.__code__.co_filename:
        trace = trace.tb_next
    traceback.print_exception(kind, fault, trace)


def _write_returned(returned: Any, values: dict[str, list[str]]) -> None:
    """One output is what was returned, several are a dict by name. None, or a name left out, is not written."""
    if not values:
        return
    named = dict.fromkeys(values, returned) if len(values) == 1 else returned
    if not is_object(named):
        raise Unreturnable(
            f"returned {_kind(returned)}, and it has several outputs: they are returned as a dict by name"
        )
    unknown = [str(name) for name in named if name not in values]
    if unknown:
        raise Unreturnable(f"returned `{unknown[0]}`, which is not among its outputs that are values")
    for name, value in named.items():
        if value is not None:
            path, type = values[name]
            with open(path, "wb") as file:
                file.write(_text_of(name, value, type).encode("utf-8", "surrogateescape") + b"\n")


def _text_of(name: str, value: Any, type: str) -> str:
    if type == "string":
        if isinstance(value, str):
            return value
        raise Unreturnable(f"returned {_kind(value)} for `{name}`, which is a string")
    try:
        return json.dumps(value, default=_plain_of)
    except (TypeError, ValueError) as fault:
        raise Unreturnable(f"returned {_kind(value)} for `{name}`, which cannot be written as JSON: {fault}") from None


def _plain_of(value: Any) -> Any:
    """Numbers and arrays of numpy and its like know how to become Python's own."""
    for name in ("item", "tolist"):
        convert = getattr(value, name, None)
        if callable(convert) and (name == "tolist" or getattr(value, "ndim", 0) == 0):
            return convert()
    raise TypeError(f"{_kind(value)} is no value")


def _kind(value: Any) -> str:
    return f"a {type(value).__name__}"
