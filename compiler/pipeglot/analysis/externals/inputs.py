"""Inputs whose data comes from outside: their addresses, as far as these are known, and what pins them."""

from __future__ import annotations

from pipeglot.analysis.expressions.inference import Inference
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.analysis.secrecy import check_address
from pipeglot.ir import External, Json, Tree
from pipeglot_expression.runtime.addresses import (
    ALIASES,
    FOLDER,
    is_pattern,
    scheme_of,
    unfit_address,
    unfit_scheme,
)
from pipeglot_expression.types import ARTIFACT, STRING, Type, fits
from pipeglot_expression.values import shortened, with_article


def external(
    name: str, entry: dict[str, Json], found: Type, tree: SourcedTree, path: tuple[str | int, ...], inference: Inference
) -> tuple[External, Type]:
    """An input whose data comes from outside, and what its readers have: a path, or the address as it is."""
    kind, mode = str(entry["artifact"]), str(entry.get("mode", "fetch"))
    if not fits(found, STRING):
        place, offset = tree.place(())
        message = (
            f"input `{name}` has an address, which is text, and `{inference.told(tree)}` is {with_article(str(found))}"
        )
        inference.collector.report("PG307", message, place, offset=offset)
    written = _written(tree.tree)
    _check_pin(entry, written or "", path, inference)
    if written is not None:
        _check_address(name, written, kind, tree, inference)
    digest = entry.get("digest")
    outside = External(kind, mode == "reference", str(digest) if digest else None)
    return outside, STRING if outside.is_reference else ARTIFACT


def _written(tree: Tree) -> str | None:
    """What stands at the beginning of an address, whatever comes behind; None where an expression does."""
    first = tree[1] if len(tree) > 1 else None
    return first if tree[0] in ("lit", "text") and isinstance(first, str) else None


def _check_pin(entry: dict[str, Json], written: str, path: tuple[str | int, ...], inference: Inference) -> None:
    """A digest is that of one file, which somebody has to read."""
    held = {
        "`mode: reference` has nobody read it": entry.get("mode") == "reference",
        "a pattern names many": is_pattern(written),
        f"`artifact: {FOLDER}` is a folder": entry["artifact"] == FOLDER or written.endswith("/"),
    }
    for reason, holds in held.items():
        if "digest" in entry and holds:
            message = f"`digest` is that of one file, and {reason}: nothing could be held against it"
            inference.collector.report("PG348", message, (*path, "digest"), key=True)
            return


def _check_address(name: str, written: str, kind: str, tree: SourcedTree, inference: Inference) -> None:
    check_address(written, tree.path, inference.collector)
    scheme = scheme_of(written)
    fault = unfit_address(written, kind) if tree.is_literal else unfit_scheme(scheme)
    if fault and "the name of a user" not in fault:
        better = ALIASES.get(scheme, "") + written[len(scheme) :]
        mended = f"write `{better}`" if tree.is_literal else f"begin it with `{ALIASES.get(scheme)}://`"
        hint = mended if scheme in ALIASES else None
        message = f"input `{name}` has the address `{shortened(written)}`, and {fault}"
        inference.collector.report("PG350", message, tree.path, hint=hint)
