"""What an expression will be before it is evaluated: its type, whether it can be absent, and its mistakes."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from pipeglot_expression.comparison import COMPARED
from pipeglot_expression.evaluate import shown
from pipeglot_expression.spelling import nearest
from pipeglot_expression.types import (
    ANY,
    BOOL,
    DICT,
    FLOAT,
    INT,
    LIST,
    STRING,
    UNKNOWN,
    Type,
    common,
    fits,
    holds_artifacts,
    list_of,
)
from pipeglot_expression.values import kind, with_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Protocol, TypeAlias

    from pipeglot_expression.trees import Path, Tree
    from pipeglot_expression.values import Value

    class Scope(Protocol):
        """What can be read where an expression stands."""

        def resolve(self, ref: tuple[str, ...]) -> Reading | Unreadable: ...


class Absence(enum.IntEnum):
    """What can make a value absent: nothing, a skip alone, or a failure or an optional output that was not written."""

    NEVER = 0
    SKIP = 1
    FAILURE = 2


@dataclass(frozen=True)
class Reading:
    """What a reference gives. An output with a `default:` is never absent; its scope says so here."""

    type: Type
    absence: Absence = Absence.NEVER


FEW = 100
"""Names among which the nearest is looked for at once."""


@dataclass(frozen=True)
class Unreadable:
    """Why a reference gives nothing here. The hint names the nearest of `candidates` to the reference's last name.

    `likely`: a name for which the caller looks for a hint once it is shown, as there may be very many.
    """

    message: str
    candidates: tuple[str, ...] = ()
    hint: str | None = None
    likely: str | None = None


class FaultKind(enum.Enum):
    """`NAME`: nothing of that name to read; `TYPE`: types that do not fit; `PLACE`: `args(…)` where it cannot stand."""

    NAME = "name"
    TYPE = "type"
    PLACE = "place"


@dataclass(frozen=True)
class TypeFault:
    """A mistake, as a value. `path` leads to the subtree, `Spans.at(path)` to its place."""

    kind: FaultKind
    message: str
    path: Path
    hint: str | None = None
    likely: str | None = None


@dataclass(frozen=True)
class Read:
    """A reference as it stands in the tree. `guarded`: in `default` or `first_of`, or behind `and` or `or`."""

    ref: tuple[str, ...]
    path: Path
    absence: Absence
    guarded: bool


@dataclass(frozen=True)
class Inferred:
    """What is known of an expression. `cause` leads to the reference that makes it absent, where one can."""

    type: Type
    absence: Absence
    cause: Path
    faults: tuple[TypeFault, ...]
    reads: tuple[Read, ...]


def infer(tree: Tree, scope: Scope, *, whole_argument: bool = False) -> Inferred:
    """The type and absence of a tree. `whole_argument` says that `args(…)` may stand at its top."""
    checker = _Checker(scope)
    found = checker.arguments(tree) if whole_argument and tree[0] == "args" else checker.infer(tree, ())
    return Inferred(found.type, found.absence, found.cause, tuple(checker.faults), tuple(checker.reads))


def mismatch(found: Type, wanted: Type, tree: Tree) -> str | None:
    """What to say where a value of one type stands and another is wanted; None where it fits."""
    if fits(found, wanted):
        return None
    return f"`{shown(tree)}` is {with_article(str(found))}, where {with_article(str(wanted))} is wanted"


@dataclass(frozen=True)
class _Found:
    type: Type
    absence: Absence = Absence.NEVER
    cause: Path = ()


_NOTHING = _Found(UNKNOWN)


def _worst(found: Iterable[_Found]) -> _Found:
    return max(found, key=lambda one: one.absence, default=_NOTHING)


class _Checker:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.faults: list[TypeFault] = []
        self.reads: list[Read] = []
        self.guards = 0

    def infer(self, tree: Tree, path: Path) -> _Found:
        return _RULES[tree[0]](self, tree, path)

    def arguments(self, tree: Tree) -> _Found:
        found = self.infer(tree[1], (1,))
        self.want(found.type, (LIST,), tree[1], (1,), "`args` takes a list")
        return found

    def fault(self, message: str, path: Path, kind: FaultKind = FaultKind.TYPE, hint: str | None = None) -> None:
        self.faults.append(TypeFault(kind, message, path, hint))

    def guarded(self, tree: Tree, path: Path) -> _Found:
        self.guards += 1
        found = self.infer(tree, path)
        self.guards -= 1
        return found

    def want(self, found: Type, wanted: tuple[Type, ...], tree: Tree, path: Path, rule: str) -> bool:
        """Whether the type is one of those wanted; lists are taken whatever they hold."""
        if found in (ANY, UNKNOWN) or found in wanted or (found.item is not None and LIST in wanted):
            return True
        self.fault(f"`{shown(tree)}` is {with_article(str(found))}, and {rule}", path)
        return False

    def literal(self, tree: Tree, path: Path) -> _Found:
        return _Found(type_of(tree[1]))

    def text(self, tree: Tree, path: Path) -> _Found:
        found = [
            self.infer(part, (*path, index)) for index, part in enumerate(tree) if index and not isinstance(part, str)
        ]
        worst = _worst(found)
        return _Found(STRING, worst.absence, worst.cause)

    def reference(self, tree: Tree, path: Path) -> _Found:
        ref = tuple(tree[1:])
        reading = self.scope.resolve(ref)
        if isinstance(reading, Unreadable):
            few = 0 < len(reading.candidates) <= FEW
            meant = nearest(ref[-1], reading.candidates) if few else None
            hint = reading.hint or (f"did you mean `{'.'.join((*ref[:-1], meant))}`?" if meant else None)
            likely = reading.likely or (ref[-1] if len(reading.candidates) > FEW else None)
            self.faults.append(TypeFault(FaultKind.NAME, reading.message, path, hint, likely))
            return _NOTHING
        self.reads.append(Read(ref, path, reading.absence, guarded=self.guards > 0))
        return _Found(reading.type, reading.absence, path)

    def index(self, tree: Tree, path: Path) -> _Found:
        base, key = self.infer(tree[1], (*path, 1)), self.infer(tree[2], (*path, 2))
        worst = _worst((base, key))
        return _Found(self.element(base.type, key.type, tree, path), worst.absence, worst.cause)

    def element(self, base: Type, key: Type, tree: Tree, path: Path) -> Type:
        name = shown(tree[1])
        if base.item is None and base not in (DICT, ANY, UNKNOWN):
            self.fault(f"`{name}` is {with_article(str(base))}, which has no elements", path)
            return UNKNOWN
        wanted = INT if base.item is not None else STRING if base == DICT else None
        if wanted is not None and key not in (wanted, ANY, UNKNOWN):
            rule = f"is {with_article(str(base))}, which is indexed by {with_article(str(wanted))}"
            self.fault(f"`{name}` {rule}, and `{shown(tree[2])}` is {with_article(str(key))}", (*path, 2))
        elif wanted is None and key not in (INT, STRING, ANY, UNKNOWN):
            self.fault(f"`{shown(tree[2])}` is {with_article(str(key))}, and no index", (*path, 2))
        elif tree[2][0] == "lit" and key == INT and tree[2][1] < 0:
            self.fault(f"`{shown(tree[2])}` is no index: they count from 0", (*path, 2))
        return base.item or (UNKNOWN if base == UNKNOWN else ANY)

    def elements(self, tree: Tree, path: Path) -> _Found:
        found = [self.infer(part, (*path, index)) for index, part in enumerate(tree) if index]
        worst = _worst(found)
        return _Found(list_of(self.item_type(found, path)), worst.absence, worst.cause)

    def item_type(self, found: list[_Found], path: Path) -> Type:
        if not found:
            return ANY
        item = found[0].type
        for index, other in enumerate(found[1:], 2):
            mixed = common(item, other.type)
            if mixed is None and (holds_artifacts(item) or holds_artifacts(other.type)):
                self.fault("a list holds artifacts or values, and here both", (*path, index))
            item = mixed or ANY
        return item

    def entries(self, tree: Tree, path: Path) -> _Found:
        found: list[_Found] = []
        for index in range(1, len(tree)):
            key, part = tree[index]
            found.append(self.infer(part, (*path, index, 1)))
            if holds_artifacts(found[-1].type):
                self.fault(f"`{shown(part)}` is an artifact, and a dict holds values only: `{key}`", (*path, index, 1))
        worst = _worst(found)
        return _Found(DICT, worst.absence, worst.cause)

    def logic(self, tree: Tree, path: Path) -> _Found:
        found = [self.infer(tree[1], (*path, 1))]
        if len(tree) > 2:
            found.append(self.guarded(tree[2], (*path, 2)))
        for index, one in enumerate(found, 1):
            self.want(one.type, (BOOL,), tree[index], (*path, index), f"`{tree[0]}` takes a bool")
        worst = _worst(found)
        return _Found(BOOL, worst.absence, worst.cause)

    def comparison(self, tree: Tree, path: Path) -> _Found:
        left, right = self.infer(tree[1], (*path, 1)), self.infer(tree[2], (*path, 2))
        said = COMPARED[tree[0]](left.type, right.type)
        if said is not None:
            left_is = f"`{shown(tree[1])}` is {with_article(str(left.type))}"
            right_is = f"`{shown(tree[2])}` {with_article(str(right.type))}"
            self.fault(f"{left_is} and {right_is}: `{tree[0]}` {said}", path)
        worst = _worst((left, right))
        return _Found(BOOL, worst.absence, worst.cause)

    def call(self, tree: Tree, path: Path) -> _Found:
        return _CALLS[tree[1]](self, tree, path)

    def first_of(self, tree: Tree, path: Path) -> _Found:
        """Absent only when all arguments are, so as seldom as the one that is absent least."""
        found = [self.guarded(tree[index], (*path, index)) for index in range(2, len(tree))]
        type = found[0].type
        for index, other in enumerate(found[1:], 3):
            mixed = common(type, other.type)
            if mixed is None:
                kinds = f"{with_article(str(type))} and {with_article(str(other.type))}"
                self.fault(f"`{tree[1]}` chooses between {kinds}, which do not mix", (*path, index))
            type = mixed or UNKNOWN
        least = min(reversed(found), key=lambda one: one.absence)
        return _Found(type, least.absence, least.cause)

    def measured(self, tree: Tree, path: Path) -> _Found:
        found = self.infer(tree[2], (*path, 2))
        self.want(found.type, (LIST, DICT, STRING), tree[2], (*path, 2), "`length` takes a list, a dict or a string")
        return _Found(INT, found.absence, found.cause)

    def join(self, tree: Tree, path: Path) -> _Found:
        found = [self.infer(tree[index], (*path, index)) for index in (2, 3)]
        self.want(found[0].type, (LIST,), tree[2], (*path, 2), "`join` takes a list")
        self.want(found[1].type, (STRING,), tree[3], (*path, 3), "`join` takes a string between the elements")
        worst = _worst(found)
        return _Found(STRING, worst.absence, worst.cause)

    def written(self, tree: Tree, path: Path) -> _Found:
        found = self.infer(tree[2], (*path, 2))
        return _Found(STRING, found.absence, found.cause)

    def misplaced(self, tree: Tree, path: Path) -> _Found:
        self.infer(tree[1], (*path, 1))
        message = "`args(…)` stands for several arguments, so it can only be a whole element of a `run` list"
        self.fault(message, path, FaultKind.PLACE)
        return _NOTHING


def type_of(value: Value) -> Type:
    """The type of a literal. A list whose elements do not mix is a plain `list`."""
    if isinstance(value, list):
        return list_of(reduce(_either, [type_of(part) for part in value] or [ANY]))
    return _TYPES.get(kind(value), ANY)


def _either(left: Type, right: Type) -> Type:
    return common(left, right) or ANY


_TYPES = {"bool": BOOL, "int": INT, "float": FLOAT, "string": STRING, "dict": DICT}
if TYPE_CHECKING:
    Rule: TypeAlias = Callable[[_Checker, Tree, Path], _Found]
_RULES: dict[str, Rule] = {
    "lit": _Checker.literal,
    "text": _Checker.text,
    "ref": _Checker.reference,
    "get": _Checker.index,
    "list": _Checker.elements,
    "dict": _Checker.entries,
    "not": _Checker.logic,
    "and": _Checker.logic,
    "or": _Checker.logic,
    "call": _Checker.call,
    "args": _Checker.misplaced,
    **dict.fromkeys(COMPARED, _Checker.comparison),
}
_CALLS: dict[str, Rule] = {
    "default": _Checker.first_of,
    "first_of": _Checker.first_of,
    "length": _Checker.measured,
    "join": _Checker.join,
    "json": _Checker.written,
}
