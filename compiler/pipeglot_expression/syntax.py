"""From text to expression trees: the grammar of `${{ … }}` and of the text around it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pipeglot_expression.contexts import (
    CONTEXTS,
    FIELDS,
    FUNCTIONS,
    NAMED,
    STEP_PARTS,
    incomplete,
    unknown_function,
    unknown_name,
    unknown_part,
    wrong_count,
)
from pipeglot_expression.tokens import SyntaxFault, Token, tokens
from pipeglot_expression.trees import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

MAX_DEPTH = 64
LONGEST = 10_000
"""Letters of one expression."""
KEPT = 10_000
SHORT = 200
"""Texts that are kept with their trees: how many, and of how many letters."""


class Spans(NamedTuple):
    """Where a tree was written, in offsets of the scalar. `parts` are those of its subtrees, by index in the tree."""

    start: int
    end: int
    parts: dict[int, Spans]
    depth: int = 1

    def at(self, path: tuple[int, ...]) -> tuple[int, int]:
        """The place of the subtree that the indices lead to, or of the smallest one known around it."""
        found = self
        for index in path:
            if index not in found.parts:
                break
            found = found.parts[index]
        return found.start, found.end


Node: TypeAlias = "tuple[Tree, Spans]"


class Part(NamedTuple):
    """A piece of a scalar: literal text with its escapes undone, or the inside of one `${{ … }}`.

    `start` and `end` hold the whole piece as written, `${{` and `}}` included.
    """

    text: str
    start: int
    end: int
    is_expression: bool


_OPENING = re.compile(r"\$?\$\{\{")
_CLOSING = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\}\}|['"]""", re.DOTALL)


def split(text: str) -> tuple[Part, ...]:
    """The literal parts and the expressions of a scalar, in order. `$${{` is a literal `${{`."""
    return tuple(_parts(text)) or (Part("", 0, len(text), is_expression=False),)


def _parts(text: str) -> Iterator[Part]:
    """Raises at the expression that does not end, after all that stands before it."""
    literal, begun, position = "", 0, 0
    match = _OPENING.search(text)
    while match:
        literal += text[position : match.start()]
        position = match.end()
        if match.group() == "$${{":
            literal += "${{"
        else:
            end = _closing(text, match.start(), position)
            if literal:
                yield Part(literal, begun, match.start(), is_expression=False)
            yield Part(text[position : end - 2], match.start(), end, is_expression=True)
            literal, begun, position = "", end, end
        match = _OPENING.search(text, position)
    literal += text[position:]
    if literal:
        yield Part(literal, begun, len(text), is_expression=False)


def _closing(text: str, start: int, inside: int) -> int:
    """The offset behind the `}}` that closes an expression; one inside a string does not."""
    for match in _CLOSING.finditer(text, inside):
        if match.group() == "}}":
            return match.end()
        if match.group() in "'\"" and "}}" in text[match.end() :]:
            raise SyntaxFault("this quote has no second one", match.start(), match.end())
    raise SyntaxFault("`${{` is not closed by `}}`", start, inside)


def template(text: str, whole: bool = True) -> Node:
    """The tree of a scalar: `["lit", text]`, an expression's own tree, or `["text", …]`.

    One expression with nothing but blanks around it keeps its type, unless `whole` is false.
    """
    if "${{" not in text:
        return ["lit", text], Spans(0, len(text), {})
    return _known(text, whole) if len(text) <= SHORT else _template(text, whole)


@lru_cache(KEPT)
def _known(text: str, whole: bool) -> Node:
    """The same text comes often, in one pipeline and in an editor at every keystroke; nobody changes a tree."""
    return _template(text, whole)


def _template(text: str, whole: bool) -> Node:
    parts = split(text)
    expressions = [part for part in parts if part.is_expression]
    if not expressions:
        return ["lit", parts[0].text], Spans(0, len(text), {})
    if whole and len(expressions) == 1 and not any(part.text.strip() for part in parts if not part.is_expression):
        return _inside(text, expressions[0])
    tree: Tree = ["text"]
    spans: dict[int, Spans] = {}
    for part in parts:
        if part.is_expression:
            subtree, spans[len(tree)] = _inside(text, part)
            tree.append(subtree)
        else:
            tree.append(part.text)
    return tree, Spans(0, len(text), spans)


def faults(text: str) -> tuple[SyntaxFault, ...]:
    """All that is wrong with the expressions of a scalar, in order."""
    found: list[SyntaxFault | None] = []
    try:
        for part in _parts(text):
            found.append(_fault(text, part) if part.is_expression else None)
    except SyntaxFault as fault:
        found.append(fault)
    return tuple(filter(None, found))


def _fault(text: str, part: Part) -> SyntaxFault | None:
    try:
        _inside(text, part)
    except SyntaxFault as fault:
        return fault
    return None


def _inside(text: str, part: Part) -> Node:
    if not part.text.strip():
        raise SyntaxFault("the expression is empty", part.start, part.end)
    if len(part.text) > LONGEST:
        said = f"the expression has {len(part.text):,} letters, and {LONGEST:,} are the most"
        raise SyntaxFault(said, part.start, part.start + 3)
    return parse(text, part.start + 3, part.end - 2)


def parse(text: str, start: int = 0, end: int | None = None) -> Node:
    """The tree of one expression, without its `${{` and `}}`. Raises `SyntaxFault`."""
    parser = _Parser(text, tokens(text, start, len(text) if end is None else end))
    node = parser.disjunction()
    parser.finished()
    return node


_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in")
_WORDS = ("and", "or", "not", "in")
_CONSTANTS = {"true": True, "false": False}


class _Parser:
    def __init__(self, text: str, found: list[Token]) -> None:
        self.text = text
        self.tokens = found
        self.position = 0
        self.nesting = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.token
        self.position += 1
        return token

    def is_word(self, *words: str) -> bool:
        return self.token.kind == "name" and self.token.text in words

    def wanted(self, what: str) -> SyntaxFault:
        token = self.token
        if token.kind == "end":
            return SyntaxFault(f"the expression ends where {what} is wanted", max(token.start - 1, 0), token.end)
        return token.fault(f"`{token.text}` stands where {what} is wanted")

    def expect(self, kind: str, what: str) -> Token:
        if self.token.kind != kind:
            raise self.wanted(what)
        return self.take()

    def node(self, tree: Tree, start: int, parts: dict[int, Spans] | None = None) -> Node:
        """A tree that ends with the token taken last."""
        known = parts or {}
        depth = 1 + max((part.depth for part in known.values()), default=0)
        end = self.tokens[self.position - 1].end
        if depth > MAX_DEPTH:
            raise SyntaxFault(f"the expression is nested more than {MAX_DEPTH} deep", start, end)
        return tree, Spans(start, end, known, depth)

    def finished(self) -> None:
        token = self.token
        if token.kind == "end":
            return
        if token.kind == "literal" and token.text.startswith("-"):
            raise token.fault("there is no arithmetic in expressions")
        if token.kind == "(":
            raise token.fault(f"what stands before `(` is no function: there are {', '.join(FUNCTIONS)}")
        if token.kind == "name" and token.text not in (*_WORDS, *_CONSTANTS, *CONTEXTS, *FUNCTIONS):
            message, hint = unknown_name(token.text)
            raise token.fault(message, hint)
        raise token.fault(f"`{token.text}` follows a complete expression")

    def disjunction(self) -> Node:
        return self.chain("or", self.conjunction)

    def conjunction(self) -> Node:
        return self.chain("and", self.negation)

    def chain(self, operator: str, operand: Callable[[], Node]) -> Node:
        nodes: list[Node] = [operand()]
        while self.is_word(operator):
            self.take()
            nodes.append(operand())
        return self.balanced(operator, nodes)

    def balanced(self, operator: str, nodes: list[Node]) -> Node:
        """As flat as it can be, so that a long chain is not a deep one; the order of evaluation stays."""
        if len(nodes) == 1:
            return nodes[0]
        middle = (len(nodes) + 1) // 2
        return self.joined(operator, self.balanced(operator, nodes[:middle]), self.balanced(operator, nodes[middle:]))

    def joined(self, operator: str, left: Node, right: Node) -> Node:
        tree, spans = self.node([operator, left[0], right[0]], left[1].start, {1: left[1], 2: right[1]})
        return tree, spans._replace(end=right[1].end)

    def negation(self) -> Node:
        if not self.is_word("not"):
            return self.comparison()
        start = self.take().start
        tree, spans = self.nested(self.negation)
        return self.node(["not", tree], start, {1: spans})

    def nested(self, inner: Callable[[], Node]) -> Node:
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise self.token.fault(f"the expression is nested more than {MAX_DEPTH} deep")
        node = inner()
        self.nesting -= 1
        return node

    def comparison(self) -> Node:
        left = self.indexed()
        operator = self.comparing(left)
        if operator is None:
            return left
        if self.is_word("not"):
            raise self.token.fault(f"`not` cannot follow `{operator}`", "put `not …` in parentheses")
        node = self.joined(operator, left, self.indexed())
        middle = self.tokens[self.position - 1]
        again = self.token
        if self.comparing(node) is not None:
            first = self.text[node[1].start : node[1].end]
            second = f"{self.text[node[1].parts[2].start : middle.end]} {again.text} …"
            raise again.fault("comparisons do not chain: one is complete here", f"write `{first} and {second}`")
        return node

    def comparing(self, left: Node) -> str | None:
        token = self.token
        if token.kind in _COMPARISONS or self.is_word("in"):
            self.take()
            return token.text
        if self.is_word("not") and self.tokens[self.position + 1].text == "in":
            words = self.text[left[1].start : left[1].end]
            raise token.fault("`not` stands before the whole comparison", f"write `not {words} in …`")
        return None

    def indexed(self) -> Node:
        node = self.primary()
        while True:
            if self.token.kind == ".":
                key = self.key(node)
                inner = ["lit", key.text], Spans(key.start, key.end, {})
            elif self.token.kind == "[":
                self.take()
                inner = self.nested(self.disjunction)
                self.expect("]", "`]`")
            else:
                return node
            node = self.node(["get", node[0], inner[0]], node[1].start, {1: node[1], 2: inner[1]})

    def key(self, node: Node) -> Token:
        self.take()
        if self.token.kind == "literal":
            base = self.text[node[1].start : node[1].end]
            raise self.token.fault("a name is wanted after `.`", f"write `{base}[{self.token.text}]`")
        return self.expect("name", "a name")

    def primary(self) -> Node:
        token = self.token
        if token.kind == "literal":
            self.take()
            return self.node(["lit", token.value], token.start)
        if token.kind == "(":
            self.take()
            tree, spans = self.nested(self.disjunction)
            self.expect(")", "`)`")
            return tree, spans._replace(start=token.start, end=self.tokens[self.position - 1].end)
        if token.kind == "[":
            self.take()
            items = self.items("]")
            return self.node(["list", *(tree for tree, _ in items)], token.start, _numbered(items, 1))
        if token.kind != "name" or token.text in _WORDS:
            raise self.wanted("a value")
        self.take()
        if self.token.kind == "(":
            return self.call(token)
        if token.text in _CONSTANTS:
            return self.node(["lit", _CONSTANTS[token.text]], token.start)
        if token.text in CONTEXTS:
            return self.reference(token)
        message, hint = unknown_name(token.text)
        raise token.fault(message, hint)

    def items(self, closing: str) -> list[Node]:
        found: list[Node] = []
        if self.token.kind != closing:
            found.append(self.nested(self.disjunction))
            while self.token.kind == ",":
                self.take()
                found.append(self.nested(self.disjunction))
        self.expect(closing, f"`,` or `{closing}`" if found else f"a value or `{closing}`")
        return found

    def call(self, function: Token) -> Node:
        name = function.text
        if name not in FUNCTIONS:
            message, hint = unknown_function(name)
            raise function.fault(message, hint)
        self.take()
        items = self.items(")")
        wrong = wrong_count(name, len(items))
        if wrong is not None:
            raise SyntaxFault(wrong, function.start, self.tokens[self.position - 1].end)
        head: Tree = ["args"] if name == "args" else ["call", name]
        return self.node([*head, *(tree for tree, _ in items)], function.start, _numbered(items, len(head)))

    def reference(self, root: Token) -> Node:
        read = [root.text]
        if root.text in NAMED:
            read.append(self.segment(root, read).text)
        elif root.text in FIELDS:
            self.part(root, read, FIELDS[root.text])
        elif root.text == "steps":
            read.append(self.segment(root, read).text)
            self.part(root, read, STEP_PARTS)
            if read[-1] == "outputs":
                read.append(self.segment(root, read).text)
        return self.node(["ref", *read], root.start)

    def part(self, root: Token, read: list[str], parts: tuple[str, ...]) -> None:
        token = self.segment(root, read)
        if token.text not in parts:
            message, hint = unknown_part(tuple(read), token.text)
            raise token.fault(message, hint)
        read.append(token.text)

    def segment(self, root: Token, read: list[str]) -> Token:
        """The next name of a reference: `.name`, or `["name"]` for those who like it."""
        if self.token.kind == ".":
            self.take()
            return self.expect("name", "a name")
        following = self.tokens[self.position : self.position + 3]
        if [token.kind for token in following] == ["[", "literal", "]"] and isinstance(following[1].value, str):
            self.position += 3
            return following[1]._replace(text=following[1].value)
        end = self.tokens[self.position - 1].end
        raise SyntaxFault(incomplete(tuple(read)), root.start, end)


def _numbered(items: list[Node], first: int) -> dict[int, Spans]:
    return {first + index: spans for index, (_, spans) in enumerate(items)}
