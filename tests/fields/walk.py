"""Every field of the language, by its path in the models, and two values of each that no target may confuse."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from typing_extensions import NotRequired, is_typeddict

from pipeglot.spec.schema import models

Path = tuple[str, ...]
SAME = ("on_exit", "defaults", "kubernetes")
"""What holds a step's fields too: the same code reads them."""


def fields() -> list[str]:
    """As `steps.*.retry.limit`; those that a step shares with `defaults` and `on_exit` once."""
    found = dict.fromkeys(".".join(path) for path in _walk(models.Document, (), ()))
    return [path for path in found if "." not in path or path.split(".")[0] not in SAME]


def _walk(kind: Any, path: Path, around: tuple[Any, ...]) -> Iterator[Path]:
    kind = _bare(kind)
    if is_typeddict(kind):
        for name, hint in get_type_hints(kind, include_extras=True).items() if kind not in around else ():
            yield (*path, name)
            yield from _walk(hint, (*path, name), (*around, kind))
    elif get_origin(kind) is dict:
        yield from _walk(get_args(kind)[1], (*path, "*"), around)
    elif get_origin(kind) is list:
        yield from _walk(get_args(kind)[0], (*path, "[]"), around)
    elif get_origin(kind) in (Union, types.UnionType):
        for part in get_args(kind):
            yield from _walk(part, path, around)


def _bare(kind: Any) -> Any:
    while get_origin(kind) in (Annotated, NotRequired):
        kind = kind.__origin__ if get_origin(kind) is Annotated else get_args(kind)[0]
    return kind


def laid_over(base: Any, patch: Any) -> Any:
    """A patch of JSON: null takes away."""
    if not isinstance(base, Mapping) or not isinstance(patch, Mapping):
        return patch
    merged = {**base, **{key: laid_over(base.get(key), part) for key, part in patch.items()}}
    return {key: part for key, part in merged.items() if part is not None}
