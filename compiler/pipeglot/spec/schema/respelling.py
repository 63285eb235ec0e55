"""Values that are short, or that other tools spell otherwise, as the language spells them: `retry: 3`, `5 minutes`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from pipeglot.diagnostics.sources import Json
from pipeglot.spec import foreign
from pipeglot.spec.schema import patterns
from pipeglot_expression.values import kind

_NUMBER = re.compile(r"\s*([0-9]+)\s*([A-Za-z]+)\s*")
_TIMES: Final = {
    **dict.fromkeys(("ms", "msec", "millisecond"), "ms"),
    **dict.fromkeys(("s", "sec", "second"), "s"),
    **dict.fromkeys(("m", "min", "minute"), "m"),
    **dict.fromkeys(("h", "hr", "hour"), "h"),
    **dict.fromkeys(("d", "day"), "d"),
}


def respelt(text: str, pattern: str) -> str | None:
    """What was meant, if that fits the pattern."""
    make = _BY_PATTERN.get(pattern)
    better = make(text) if make else None
    return better if better is not None and better != text and re.match(pattern, better) else None


def _duration(text: str) -> str | None:
    found = _NUMBER.fullmatch(text)
    unit = _TIMES.get(_singular(found[2].lower())) if found else None
    return f"{found[1]}{unit}" if found and unit else None


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 2 and word.endswith("s") and word != "ms" else word


def _function(text: str) -> str | None:
    module, _, function = text.strip().rpartition(".")
    return f"{module}:{function}" if module else None


def _digest(text: str) -> str:
    plain = text.strip().lower()
    return plain if ":" in plain else f"sha256:{plain}"


_BY_PATTERN: Final = {
    patterns.DURATION: _duration,
    patterns.SIZE: foreign.size,
    patterns.FUNCTION: _function,
    patterns.DIGEST: _digest,
}


def long_form(name: str, value: Json) -> str | None:
    """How a short form of a field, or of a declaration, is written out in full."""
    make = _LONG_FORMS.get(name)
    form = make(value) if make and value is not None else None
    return form if form is None or name in _UNNAMED else f"{name}: {form}"


def flow(value: Json) -> str:
    """A value in YAML's flow style; `…` for one that is long, or holds what is not to be seen."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > _LONGEST or not text.isprintable():
        return "…"
    word = isinstance(value, str) and re.fullmatch(r"[^\W\d][\w-]*", value) and value.lower() not in _NO_TEXT
    return str(value) if word else text


def _wrapped(key: str, *kinds: str) -> Callable[[Json], str | None]:
    return lambda value: f"{{{key}: {flow(value)}}}" if kind(value) in kinds else None


def _param(value: Json) -> str | None:
    name = kind(value)
    if isinstance(value, str) and value in _TYPES:
        return f"{{type: {value}}}"
    return f"{{type: {name}, default: {flow(value)}}}" if name != "dict" else None


def _output(word: str) -> str | None:
    """A kind of artifact, or a type of ours or of another tool."""
    type = word if word in _TYPES else foreign.value(word, list(_TYPES))
    artifact = foreign.output(word)
    return artifact if artifact.startswith("{artifact:") else f"{{type: {type}}}" if type else None


_LONGEST: Final = 60
_NO_TEXT: Final = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
_TYPES: Final = ("string", "int", "float", "bool", "list", "dict")
_LONG_FORMS: Final[Mapping[str, Callable[[Json], str | None]]] = {
    "retry": _wrapped("limit", "int"),
    "foreach": _wrapped("items", "list", "string"),
    "needs": lambda value: f"[{flow(value)}]" if isinstance(value, str) else None,
    "gpu": _wrapped("count", "int"),
    "records": _wrapped("sink", "string"),
    "param": _param,
    "output": lambda value: _output(value) if isinstance(value, str) else None,
    "on": lambda value: f"[{flow(value)}]" if isinstance(value, str) else None,
    "capture": lambda value: f"[{flow(value)}]" if isinstance(value, str) else None,
    "steps": lambda value: "{ID: {…}, …}" if isinstance(value, list) else None,
    "on_exit": lambda value: "{ID: {…}, …}" if isinstance(value, list) else None,
    "params": lambda value: "{NAME: {type: …}, …}" if isinstance(value, list) else None,
    "inputs": lambda value: "{NAME: …}" if isinstance(value, list) else None,
    "outputs": lambda value: "{NAME: {type: …}, …}" if isinstance(value, list) else None,
    "env": lambda value: "{NAME: text, …}" if isinstance(value, list) else None,
    "profiles": lambda value: "{NAME: {…}, …}" if isinstance(value, list) else None,
}
_UNNAMED = frozenset(("param", "output"))
