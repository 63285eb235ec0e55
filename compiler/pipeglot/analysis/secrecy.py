"""What is sensitive stands in no file: neither the value, nor one to choose from, nor a password in an address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.expressions.declarations import Declarations
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.ir import Json
from pipeglot.spec.merging import Path

SECRET = "name a secret where a step needs it: `env: {{{}: {{secret: NAME, key: KEY}}}}`"
VALUES = ("default", "enum")
PASSWORD = re.compile(r"\A[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s]*:[^/?#\s]*@")
USER = re.compile(r"(?<=://)[^/?#\s]*@")
ADDRESSED = ("records", "profiles", "targets")


def check_param(name: str, entry: Mapping[str, Json], path: Path, collector: Collector) -> bool:
    """Whether nothing of a sensitive param's value is in the file."""
    found = [field for field in VALUES if entry.get("sensitive") and field in entry]
    for field in found:
        message = f"`{name}` is sensitive, and its `{field}` would stand in this file and in those made of it"
        collector.report(
            "PG327", message, (*path, field), hint=f"take it out: give it by `-p`, or {SECRET}".format(name.upper())
        )
    return not found


def check_output(name: str, entry: Mapping[str, Json], path: Path, collector: Collector) -> None:
    if entry.get("sensitive") and "default" in entry:
        message = f"output `{name}` is sensitive, and its `default` would stand in this file and in those made of it"
        hint = "write `optional: true` instead, and let readers say what stands in its place"
        collector.report("PG327", message, (*path, "default"), hint=hint)


def check_given(name: str, tree: SourcedTree, declarations: Declarations, collector: Collector) -> None:
    """A sensitive param of a pipeline that is used is given what is sensitive: else nobody would know to hide it."""
    if tree.faulty or any(_is_sensitive(ref, declarations) for ref, _ in tree.references()):
        return
    path, offset = tree.place(())
    message = f"`{name}` is sensitive there, and what it is given here is not: it would be shown"
    collector.report(
        "PG327", message, path, offset=offset, hint="give it a param or an output that is `sensitive: true`"
    )


def _is_sensitive(ref: tuple[str, ...], declarations: Declarations) -> bool:
    if ref[0] == "params":
        return ref[1] in declarations.params and declarations.params[ref[1]].sensitive
    if ref[0] == "steps" and ref[2] == "outputs":
        source = declarations.steps.get(ref[1])
        return source is not None and ref[3] in source.outputs and source.outputs[ref[3]].sensitive
    # of an item or an input it is known when the step runs
    return ref[0] in ("item", "inputs")


def check_addresses(collector: Collector) -> None:
    """An address that holds a password is one that everybody who reads the file can use."""
    for part in ADDRESSED:
        for path, text in _texts(collector.merged.data.get(part), (part,)):
            if part != "profiles" or path[2:3] not in (("params",), ("defaults",), ("steps",), ("targets",)):
                check_address(text, path, collector)


def check_address(text: str, path: Path, collector: Collector) -> None:
    if PASSWORD.match(text):
        message = "this address holds a password, which would stand in files, in records and in messages"
        bare = USER.sub("", text)
        collector.report("PG329", message, path, hint=f"write `{bare}`: credentials come from the environment")


def _texts(value: Json, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, (*path, str(key)))
