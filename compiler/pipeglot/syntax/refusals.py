"""Names what the language refuses in a text that YAML itself may allow, with its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.origins import Span
from pipeglot.syntax.errors.table import syntax_fault
from pipeglot.syntax.loader import DEPTH, EXPANSION, MERGE, TOO_DEEP
from pipeglot.syntax.nodes import Kind, Node, Tree, compose
from pipeglot.syntax.quoting import quoted
from pipeglot.syntax.scalars import OutOfRange, resolve
from pipeglot.syntax.spellings import begin

_WORDS: Final[dict[type[object], str]] = {bool: "a bool", int: "a number", float: "a number", type(None): "null"}
_SHOWN: Final = 40
ENOUGH: Final = 1000
"""Refusals after which nobody looks on."""
FEW: Final = 5
"""A key that stands more often in one mapping is told once, with its number."""
TAGS: Final = 100
_TAG: Final = re.compile(r"^%TAG[^\n]*", re.MULTILINE)
_WORD_OF_FLOAT: Final = re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE)


def refusals(text: str, name: str) -> list[Diagnostic]:
    """Everything that is refused, in the order of the file. Empty when `construct` takes the text."""
    tags = list(islice(_TAG.finditer(text), TAGS + 1))
    if len(tags) > TAGS:  # each is compared with all before it
        message = f"more than {TAGS} directives ask for tags, and no type is given by one"
        return [Diagnostic("PG126", message, Span(name, *tags[0].span()), "the first one")]
    tree = compose(text)
    found = list(islice(_Inspection(text, name).document(tree), ENOUGH))
    if tree.fault is None or len(found) == ENOUGH:
        return found
    return _without_echoes(found, syntax_fault(tree, text, name), text)


def _without_echoes(found: list[Diagnostic], fault: Diagnostic, text: str) -> list[Diagnostic]:
    """What stands where the text stops to be YAML is one mistake: told by the parser's fault if that covers it."""
    end = fault.origin
    assert isinstance(end, Span)
    apart = [each for each in found if not (isinstance(each.origin, Span) and _overlap(each.origin, end))]
    line = text.rfind("\n", 0, end.start) + 1
    cause = any(isinstance(each.origin, Span) and each.origin.end > line for each in apart)
    too_deep = any(each.code == "PG115" for each in apart)
    return apart if cause or too_deep else [*apart, fault]


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


class _Inspection:
    """One walk over the tree of a text; counts what aliases stand for."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._expanded = 0
        self._measured: dict[Node, tuple[int, int]] = {}

    def document(self, tree: Tree) -> Iterator[Diagnostic]:
        if tree.tagged or tree.version not in (None, (1, 2)):
            yield self._directive()
        root = tree.root
        if root is None:
            if tree.fault is None:
                yield Diagnostic("PG107", f"`{self._name}` is empty, and a pipeline has at least a name and a step")
            return
        is_text = root.kind in (Kind.SCALAR, Kind.ALIAS)  # in quotes it is no pipeline either
        yield from (replace(each, hint=None) if is_text else each for each in self._node(root))
        if tree.fault is None:
            yield from self._whole(root, tree.second)

    def _whole(self, root: Node, second: int | None) -> Iterator[Diagnostic]:
        if root.kind is Kind.SCALAR and not root.value and not root.style:
            yield Diagnostic("PG107", f"`{self._name}` is empty, and a pipeline has at least a name and a step")
        elif root.kind is not Kind.MAPPING:
            what = "a list" if root.kind is Kind.SEQUENCE else "a single value"
            message = f"the file is {what}, and a pipeline is a mapping: `apiVersion`, `kind`, `metadata`, `steps`"
            yield self._at("PG108", message, self._line(root.start), "not a `key: value`")
        if second is not None:
            yield self._at(
                "PG106",
                "a second document begins, and a file holds one pipeline",
                self._line(second),
                "begins here",
                hint="put each pipeline in a file of its own",
            )

    def _node(self, node: Node) -> Iterator[Diagnostic]:
        if node.tag:
            yield self._tag(node)
        elif node.kind is Kind.ALIAS:
            yield from self._alias(node)
        elif node.kind is Kind.SCALAR:
            yield from self._scalar(node)
        elif node.depth == DEPTH + 1:
            yield self._at("PG115", TOO_DEEP, (node.start, node.start + 1), f"level {DEPTH + 1}")
        elif node.kind is Kind.MAPPING:
            yield from self._mapping(node)
        else:
            for part in node.parts:
                yield from self._node(part)

    def _mapping(self, node: Node) -> Iterator[Diagnostic]:
        first: dict[str, Node] = {}
        reported: set[str] = set()
        names = Counter((part.target or part).value for part in node.parts[::2])
        for i, part in enumerate(node.parts):
            if i % 2:
                yield from self._node(part)
                continue
            faults = list(self._key(part, names))
            yield from faults
            key = part.target.value if part.target else part.value
            if not faults and key in first and key not in reported:
                yield self._duplicate(part, first[key], key, names[key])
                reported |= {key} if names[key] > FEW else set()
            first.setdefault(key, part)

    def _key(self, key: Node, names: Counter[str]) -> Iterator[Diagnostic]:
        if key.tag or (key.kind is Kind.ALIAS and (key.target is None or key.target.kind is Kind.SCALAR)):
            yield from self._node(key)
            target = key.target
            if target and not target.style and (what := _kind_of(target.value)):
                yield self._untextual_key(key, target.value, what, names)
            return
        if key.kind is not Kind.SCALAR:
            yield self._collection_key(key)
        elif not key.style and key.value == MERGE:
            yield self._at(
                "PG105",
                "`<<` merges mappings in YAML 1.1 and is a plain key in 1.2, so it is refused: "
                "what steps share stands under `defaults`, or in a component",
                self._span(key),
                "merge key",
            )
        elif not key.style and (what := _kind_of(key.value)):
            yield self._untextual_key(key, key.value, what, names)
        else:
            yield from self._scalar(key)

    def _untextual_key(self, key: Node, value: str, what: str, names: Counter[str]) -> Diagnostic:
        if not value:
            return self._missing_key(key.end)
        message = f"the key `{_short(value)}` is {what}, and keys are text"
        hint = _write_hint(value) if names[value] == 1 else None  # as a text it would stand there twice
        return self._at("PG109", message, self._span(key), what, hint=hint)

    def _missing_key(self, at: int) -> Diagnostic:
        if self._text[at : at + 1] == ":":
            return self._at("PG109", "a key is missing before `:`", (at, at + 1), "no key")
        mark = max(self._text.rfind("?", 0, at), 0)
        return self._at("PG109", "a key is missing after `?`", (mark, mark + 1), "marks a key to YAML")

    def _collection_key(self, key: Node) -> Diagnostic:
        what = {Kind.MAPPING: "a mapping", Kind.SEQUENCE: "a list"}.get(key.kind, "an alias of a collection")
        span = self._first_line(key.start, key.end)
        text = self._text
        close = text.find("}}", key.start)
        if key.kind is Kind.MAPPING and text[key.start - 1 : key.start + 1] == "{{" and close > 0:
            inner = " ".join(text[key.start + 1 : close].split())
            message = "`{{ }}` is a mapping inside a mapping to YAML, and expressions are written `${{ }}`"
            span = key.start - 1, close + 2
            return self._at("PG103", message, span, "not an expression", hint=f"write {quoted('${{ ' + inner + ' }}')}")
        return self._at("PG109", f"a key is {what}, and keys are text", span, what)

    def _duplicate(self, key: Node, first: Node, name: str, count: int) -> Diagnostic:
        label = f"`{_short(name)}` is set here"
        times = "twice" if count <= FEW else f"{count:,} times"
        return Diagnostic(
            "PG101",
            f"the key `{_short(name)}` stands {times} in one mapping",
            Span(self._name, *self._span(key)),
            "and again here",
            evidence=((Span(self._name, *self._span(first)), label),),
        )

    def _scalar(self, node: Node) -> Iterator[Diagnostic]:
        if not node.style:
            try:
                resolve(node.value)
            except OutOfRange as fault:
                yield self._out_of_range(node, fault.is_int)
        elif "\0" in node.value or any("\ud800" <= letter <= "\udfff" for letter in node.value):
            message = "a text holds the NUL character, which no argument or variable can carry"
            if "\0" not in node.value:
                message = "an escape stands for half a character, which is none alone"
            yield self._at("PG114", message, self._first_line(*self._span(node)), "holds such an escape")

    def _out_of_range(self, node: Node, is_int: bool) -> Diagnostic:
        shown = _short(node.value)
        if is_int:
            message = f"`{shown}` has more than 64 bits, and no int has"
            return self._at("PG128", message, self._span(node), "too large for an int", hint=_quote_hint(node.value))
        message = f"`{shown}` is no finite number, and no float is NaN or infinite"
        hint = None if _WORD_OF_FLOAT.fullmatch(node.value) else _quote_hint(node.value)
        return self._at("PG127", message, self._span(node), "not finite", hint=hint)

    def _tag(self, node: Node) -> Diagnostic:
        start = self._text.find("!", node.start)
        end = start
        while end < len(self._text) and not self._text[end].isspace():
            end += 1
        shown = _short(self._text[start:end])
        message = f"`{shown}` is a tag, and types are never given by tags"
        hint = "take it out, or quote the whole text if `!` is part of it"
        return self._at("PG104", message, (start, end), "a tag to YAML", hint=hint)

    def _alias(self, node: Node) -> Iterator[Diagnostic]:
        shown = f"*{_short(node.value)}"
        span = (node.start, node.end)
        if node.target is None:
            message = f"`{shown}` repeats what `&{_short(node.value)}` marks, and nothing before it is marked so"
            yield self._at(
                "PG118", message, span, "marked nowhere above", hint=f"quote it if it is text: {quoted(shown)}"
            )
        elif node.circular:
            label = "which is repeated in itself"
            yield Diagnostic(
                "PG119",
                f"`{shown}` stands inside the collection that it repeats, which would never end",
                Span(self._name, *span),
                "would repeat what holds it",
                evidence=((Span(self._name, node.target.start, node.target.start + 1 + len(node.value)), label),),
            )
        else:
            yield from self._expansion(node, node.target, span)

    def _expansion(self, node: Node, target: Node, span: tuple[int, int]) -> Iterator[Diagnostic]:
        size, height = self._measure(target)
        before, self._expanded = self._expanded, self._expanded + size
        if before <= EXPANSION < self._expanded:
            message = f"aliases stand for more than {EXPANSION:,} nodes in all"
            yield self._at("PG117", message, span, f"this one for {size:,}")
        if node.depth - 1 + height > DEPTH:
            message = f"collections stand more than {DEPTH} deep inside each other"
            yield self._at("PG115", message, span, f"{height} levels more, by an alias")

    def _measure(self, node: Node) -> tuple[int, int]:
        """Nodes and levels of a node, what aliases stand for included."""
        if node.kind is Kind.ALIAS:
            return self._measure(node.target) if node.target and not node.circular else (1, 0)
        if node.kind is Kind.SCALAR:
            return 1, 0
        if node not in self._measured:
            parts = [self._measure(part) for part in node.parts]
            self._measured[node] = 1 + sum(s for s, _ in parts), 1 + max((h for _, h in parts), default=0)
        return self._measured[node]

    def _directive(self) -> Diagnostic:
        start = next(i for i, line in _lines(self._text) if line.startswith(("%YAML", "%TAG")))
        message = "a directive asks for another YAML than 1.2, or for tags"
        return self._at("PG126", message, self._line(start), "a directive", hint="take this line out")

    def _at(self, code: str, message: str, span: tuple[int, int], label: str, hint: str | None = None) -> Diagnostic:
        return Diagnostic(code, message, Span(self._name, *span), label, hint=hint)

    def _span(self, node: Node) -> tuple[int, int]:
        return begin(self._text, node), node.end

    def _line(self, start: int) -> tuple[int, int]:
        return self._first_line(start, len(self._text))

    def _first_line(self, start: int, end: int) -> tuple[int, int]:
        stop = self._text.find("\n", start, end)
        line = self._text[start : end if stop < 0 else stop].rstrip()
        return start, start + max(1, len(line))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _kind_of(text: str) -> str | None:
    """What a plain scalar is that is not text."""
    try:
        value = resolve(text)
    except OutOfRange:
        return "a number"
    return _WORDS.get(type(value))


def _write_hint(text: str) -> str | None:
    return f"write {quoted(text)}" if len(text) <= _SHOWN else None


def _quote_hint(text: str) -> str | None:
    return f"quote it if it is text: {quoted(text)}" if len(text) <= _SHOWN else None


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
