"""Targets that others install: loaded, and looked over before anybody relies on them."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.installed import distribution, entries
from pipeglot_backends.protocol import Backend, EmittedFile, Limit
from pipeglot_backends.remote.protocol import Collected, Handle, Progress
from pipeglot_expression.values import shortened

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

BROKEN, FAILED = "PG431", "PG432"
"""A target that cannot be used; and one that can, and fell over."""
TELL = "run again with PIPEGLOT_TRACEBACK=1 and tell its authors what it prints"


def load(name: str, found: Sequence[EntryPoint]) -> Backend:
    """What one of them installs as a target. Raises `SpecRejected` where that is none, or is installed twice."""
    if len(found) > 1:
        who = " and ".join(f"`{distribution(each)}`" for each in found)
        raise _broken(f"the target `{name}` is installed by {who}: it is not clear which is meant")
    (entry,) = found
    module = _loaded(entry.load, _called(entry), entry.module)
    faults = (*_missing(module, _MEMBERS), *_odd(module, name))
    if faults:
        raise _broken(f"{_called(entry)} cannot be used: `{entry.value}` {', and '.join(faults)}")
    return cast(Backend, _watched(entry, module))


def part(name: str, module: str, members: Iterable[str]) -> object:
    """A module of its remote half. Raises `SpecRejected` where that cannot be loaded, or lacks one of `members`."""
    entry = next(each for each in entries() if each.name == name)
    found = _loaded(lambda: importlib.import_module(module), f"the remote half of {_called(entry)}", module)
    for fault in _missing(found, members):
        raise _broken(f"the remote half of {_called(entry)} cannot be used: `{module}` {fault}")
    return _watched(entry, found)


def blamed(fault: BaseException) -> Diagnostic | None:
    """Of a fault that nobody expected: that a target of others raised it, where one had a hand in it."""
    seen = [(str(frame.f_globals.get("__name__")), line) for frame, line in traceback.walk_tb(fault.__traceback__)]
    for entry in entries():
        places = [(module, line) for module, line in seen if _is_of(entry, module)]
        if places:
            module, line = places[-1]
            text = f"{_called(entry)} failed: {_said(fault)} (line {line} of `{module}`)"
            return Diagnostic(FAILED, text, hint=TELL)
    return None


def _is_of(entry: EntryPoint, module: str) -> bool:
    loaded = sys.modules.get(entry.module)
    packages = (entry.module, getattr(loaded, "REMOTE", None)) if loaded else ()
    return any(package and f"{module}.".startswith(f"{package}.") for package in packages)


def _called(entry: EntryPoint) -> str:
    return f"the target `{entry.name}` of `{distribution(entry)}`"


def _loaded(load: Callable[[], object], called: str, module: str) -> object:
    try:
        return load()
    except (Exception, SystemExit) as fault:
        hint = f"`python -c 'import {module}'` shows where"
        raise _broken(f"{called} cannot be loaded: {_said(fault)}", hint) from fault


def _watched(entry: EntryPoint, module: object) -> SimpleNamespace:
    """All that the module has. What some functions return is looked at, before it astonishes us elsewhere."""
    there = {name: getattr(module, name) for name in dir(module) if not name.startswith("__")}
    return SimpleNamespace(**there | {name: _answering(entry, name, there[name]) for name in _ANSWERS if name in there})


def _answering(entry: EntryPoint, name: str, function: Callable[..., object]) -> Callable[..., object]:
    wanted, is_so = _ANSWERS[name]

    def call(*given: object, **named: object) -> object:
        found = function(*given, **named)
        if not is_so(found):
            text = f"{_called(entry)} failed: its `{name}` returned {shortened(repr(found))}, and it returns {wanted}"
            raise SpecRejected((Diagnostic(FAILED, text),))
        return found

    return call


def _said(fault: BaseException) -> str:
    return " ".join(f"{type(fault).__name__}: {fault}".split())


def _broken(message: str, hint: str | None = None) -> SpecRejected:
    return SpecRejected((Diagnostic(BROKEN, message, hint=hint),))


def _missing(module: object, members: Iterable[str]) -> Iterator[str]:
    lacking = [f"`{member}`" for member in members if not hasattr(module, member)]
    if lacking:
        yield f"has no {', '.join(lacking)}"


def _odd(module: object, name: str) -> Iterator[str]:
    """Members that are there, and are not what they have to be."""
    there = {member: getattr(module, member) for member in _MEMBERS if hasattr(module, member)}
    for member, value in there.items():
        wanted, is_so = _MEMBERS[member]
        if not is_so(value):
            yield f"says `{member} = {value!r}`, and it is {wanted}"
    if there.get("NAME") != name and isinstance(there.get("NAME"), str):
        yield f"calls itself `{there['NAME']}`, and is installed as `{name}`"


def _texts(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(each, str) for each in cast("tuple[object, ...]", value))


def _limits(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(each, Limit) for each in cast("tuple[object, ...]", value))


def _files(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(each, EmittedFile) for each in cast("tuple[object, ...]", value))


_TEXTS = ("a tuple of texts", _texts)
_LIMITS = ("a tuple of `Limit`", _limits)
_FUNCTION = ("a function", callable)
_MEMBERS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "NAME": ("a text", lambda value: isinstance(value, str)),
    "VERSIONS": ("a tuple of texts, of one at least", lambda value: _texts(value) and len(value) > 0),
    "RUN": _TEXTS,
    "OPERATORS": _TEXTS,
    "SCHEDULES": ("`True` or `False`", lambda value: isinstance(value, bool)),
    "REMOTE": ("the name of a package, or None", lambda value: value is None or isinstance(value, str)),
    "CANNOT": _LIMITS,
    "EMULATES": _LIMITS,
    "check_settings": _FUNCTION,
    "emit": _FUNCTION,
    "tasks": _FUNCTION,
    "delivery": _FUNCTION,
}
"""Of each member of `Backend`: what it is, and whether a value is that."""
_ANSWERS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "emit": ("a tuple of `EmittedFile`", _files),
    "delivery": ("a text", lambda value: isinstance(value, str)),
    "submit": ("a `Handle`", lambda value: isinstance(value, Handle)),
    "status": ("a `Progress`", lambda value: isinstance(value, Progress)),
    "collect": ("a `Collected`", lambda value: isinstance(value, Collected)),
}
"""Of some functions, of either half: what they return."""
