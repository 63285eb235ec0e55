"""Evaluation of checked expression trees, the same on every engine: total, without side effects."""

from __future__ import annotations

from pipeglot_expression.values import (
    ABSENT,
    TYPE_CHECKING,
    Value,
    WireFault,
    canonical,
    convert,
    json_text,
    kind,
    with_article,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol, TypeAlias

    class Values(Protocol):
        """Where references get their values. `lookup` returns `ABSENT` for what is not there."""

        def lookup(self, ref: tuple[str, ...]) -> Value: ...

    Operation: TypeAlias = Callable[[list[Any], Values], Value]


_NUMBERS = ("int", "float")
COMBINATIONS = 10_000
"""Of a matrix: counted before they are made, as each is a run of the step."""


class AbsentValue(Exception):
    """An absent value was read where nothing guards it."""

    def __init__(self, ref: tuple[str, ...]) -> None:
        super().__init__(f"`{'.'.join(ref)}` is absent")
        self.ref = ref


class ExpressionFault(Exception):
    """The values do not allow what the expression says. The message names expressions and types, never values."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def evaluate(tree: list[Any], scope: Values) -> Value:
    """The tree's value. Raises `AbsentValue` or `ExpressionFault`, nothing else."""
    try:
        return _value(tree, scope)
    except RecursionError:
        raise ExpressionFault("the expression is nested too deep") from None


def evaluate_as(tree: list[Any], scope: Values, type: str) -> Value:
    """The tree's value as a declared type has it: what `any` deferred is decided here."""
    value = evaluate(tree, scope)
    try:
        return convert(value, type)
    except WireFault as fault:
        raise ExpressionFault(f"`{shown(tree)}` is not {with_article(type)}: {fault.message}") from None


def arguments(argv: Iterable[list[Any]], scope: Values) -> list[str]:
    """The exact command line: one argument per element, and one per element of the list in `args(…)`."""
    result: list[str] = []
    for tree in argv:
        if tree[0] == "args":
            result.extend(_texts(tree[1], scope))
        else:
            result.append(canonical(evaluate(tree, scope)))
    return result


def shown(tree: list[Any]) -> str:
    """The tree as a person would write it."""
    operation = tree[0]
    if operation == "lit":
        return json_text(tree[1])
    if operation == "ref":
        return ".".join(tree[1:])
    if operation == "get":
        key = tree[2]
        word = key[0] == "lit" and isinstance(key[1], str) and key[1].replace("-", "_").isidentifier()
        return _operand(tree[1]) + (f".{key[1]}" if word and key[1].isascii() else f"[{shown(key)}]")
    if operation == "text":
        return "".join(
            part.replace("${{", "$${{") if isinstance(part, str) else "${{ " + shown(part) + " }}" for part in tree[1:]
        )
    if operation in ("dict", "product"):
        return "{" + ", ".join(f"{json_text(key)}: {shown(part)}" for key, part in tree[1:]) + "}"
    if operation == "not":
        return f"not {_operand(tree[1])}"
    if operation in _OPERATORS:
        return f"{_operand(tree[1])} {operation} {_operand(tree[2])}"
    parts = tree[2:] if operation == "call" else tree[1:]
    inside = ", ".join(shown(part) for part in parts)
    return f"[{inside}]" if operation == "list" else f"{tree[1] if operation == 'call' else operation}({inside})"


def _operand(tree: list[Any]) -> str:
    return f"({shown(tree)})" if tree[0] in _OPERATORS or tree[0] == "not" else shown(tree)


def _value(tree: list[Any], scope: Values) -> Value:
    return _OPERATIONS[tree[0]](tree, scope)


def _lit(tree: list[Any], scope: Values) -> Value:
    value: Value = tree[1]
    return value


def _text(tree: list[Any], scope: Values) -> str:
    return "".join(part if isinstance(part, str) else canonical(_value(part, scope)) for part in tree[1:])


def _ref(tree: list[Any], scope: Values) -> Value:
    ref = tuple(tree[1:])
    value = scope.lookup(ref)
    if value is ABSENT:
        raise AbsentValue(ref)
    return _not_null(value, tree)


def _not_null(value: Value, tree: list[Any]) -> Value:
    if value is None:
        raise ExpressionFault(f"`{shown(tree)}` is null")
    return value


def _get(tree: list[Any], scope: Values) -> Value:
    value, key = _value(tree[1], scope), _value(tree[2], scope)
    if isinstance(value, list) and kind(key) == "int" and isinstance(key, int):
        if 0 <= key < len(value):
            return _not_null(value[key], tree)
        raise ExpressionFault(f"`{shown(tree)}` is not there: `{shown(tree[1])}` has {len(value)} elements, from 0")
    if isinstance(value, dict) and isinstance(key, str):
        if key in value:
            return _not_null(value[key], tree)
        raise ExpressionFault(f"`{shown(tree)}` is not there: `{shown(tree[1])}` has no such key")
    if isinstance(value, (list, dict)):
        wanted = "by an int" if isinstance(value, list) else "by a string"
        raise ExpressionFault(f"`{shown(tree[1])}` is a {kind(value)}, indexed {wanted}, not {with_article(kind(key))}")
    raise ExpressionFault(f"`{shown(tree[1])}` is {with_article(kind(value))}, which has no elements")


def _list(tree: list[Any], scope: Values) -> Value:
    return [_value(part, scope) for part in tree[1:]]


def _dict(tree: list[Any], scope: Values) -> Value:
    return {key: _value(part, scope) for key, part in tree[1:]}


def _product(tree: list[Any], scope: Values) -> Value:
    """Every combination of the lists, the first key slowest."""
    axes: dict[str, list[Any]] = {}
    for key, part in tree[1:]:
        value = _value(part, scope)
        if not isinstance(value, list):
            raise ExpressionFault(f"`{shown(part)}` is {with_article(kind(value))}, where a list is wanted")
        if None in value:
            raise ExpressionFault(f"`{shown(part)}` holds null, which is no value")
        axes[key] = value
    _check_count(axes)
    combinations: list[dict[str, Any]] = [{}]
    for key, values in axes.items():
        combinations = [{**each, key: value} for each in combinations for value in values]
    return combinations


def _check_count(axes: dict[str, list[Any]]) -> None:
    count = 1
    for values in axes.values():
        count *= len(values)
    if count > COMBINATIONS:
        raise ExpressionFault(f"the matrix has {count:,} combinations, and {COMBINATIONS:,} are the most")


def _bool(tree: list[Any], scope: Values, operator: str) -> bool:
    value = _value(tree, scope)
    if isinstance(value, bool):
        return value
    raise ExpressionFault(f"`{shown(tree)}` is {with_article(kind(value))}, where `{operator}` takes a bool")


def _not(tree: list[Any], scope: Values) -> Value:
    return not _bool(tree[1], scope, "not")


def _and(tree: list[Any], scope: Values) -> Value:
    return _bool(tree[1], scope, "and") and _bool(tree[2], scope, "and")


def _or(tree: list[Any], scope: Values) -> Value:
    return _bool(tree[1], scope, "or") or _bool(tree[2], scope, "or")


def _mixed(tree: list[Any], left: Value, right: Value) -> ExpressionFault:
    kinds = f"`{shown(tree[1])}` is {with_article(kind(left))} and `{shown(tree[2])}` {with_article(kind(right))}"
    return ExpressionFault(f"{kinds}, which `{tree[0]}` does not take")


def same(left: Value, right: Value) -> bool:
    """Equality of the language: 1 equals 1.0, `true` does not equal 1."""
    if kind(left) in _NUMBERS and kind(right) in _NUMBERS:
        return left == right
    if kind(left) != kind(right):
        return False
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(part, right[index]) for index, part in enumerate(left))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(part, right[key]) for key, part in left.items())
    return left == right


def _equal(tree: list[Any], scope: Values) -> Value:
    left, right = _value(tree[1], scope), _value(tree[2], scope)
    kinds = (kind(left), kind(right))
    if kinds[0] != kinds[1] and not (kinds[0] in _NUMBERS and kinds[1] in _NUMBERS):
        raise _mixed(tree, left, right)
    return same(left, right) is (tree[0] == "==")


def _order(tree: list[Any], scope: Values) -> Value:
    left: Any = _value(tree[1], scope)
    right: Any = _value(tree[2], scope)
    numbers = kind(left) in _NUMBERS and kind(right) in _NUMBERS
    if not numbers and not (isinstance(left, str) and isinstance(right, str)):
        raise _mixed(tree, left, right)
    less, equal = bool(left < right), bool(left == right)
    return {"<": less, "<=": less or equal, ">": not (less or equal), ">=": not less}[tree[0]]


def _in(tree: list[Any], scope: Values) -> Value:
    left, right = _value(tree[1], scope), _value(tree[2], scope)
    if isinstance(right, list):
        return any(same(left, part) for part in right)
    if isinstance(right, (dict, str)) and isinstance(left, str):
        return left in right
    raise _mixed(tree, left, right)


def _call(tree: list[Any], scope: Values) -> Value:
    return _FUNCTIONS[tree[1]](tree, scope)


def _first_of(tree: list[Any], scope: Values) -> Value:
    for part in tree[2:-1]:
        try:
            return _value(part, scope)
        except AbsentValue:
            continue
    return _value(tree[-1], scope)


def _length(tree: list[Any], scope: Values) -> Value:
    value = _value(tree[2], scope)
    if isinstance(value, (list, dict, str)):
        return len(value)
    raise ExpressionFault(f"`{shown(tree[2])}` is {with_article(kind(value))}, which has no length")


def _texts(tree: list[Any], scope: Values) -> list[str]:
    value = evaluate(tree, scope)
    if not isinstance(value, list):
        raise ExpressionFault(f"`{shown(tree)}` is {with_article(kind(value))}, where a list is wanted")
    if None in value:
        raise ExpressionFault(f"`{shown(tree)}` holds null, which has no text")
    return [canonical(part) for part in value]


def _join(tree: list[Any], scope: Values) -> Value:
    texts, separator = _texts(tree[2], scope), _value(tree[3], scope)
    if isinstance(separator, str):
        return separator.join(texts)
    raise ExpressionFault(f"`{shown(tree[3])}` is {with_article(kind(separator))}, where `join` takes a string")


def _json(tree: list[Any], scope: Values) -> Value:
    return json_text(_value(tree[2], scope))


def _args(tree: list[Any], scope: Values) -> Value:
    raise ExpressionFault(f"`{shown(tree)}` stands for several arguments, and here one value is wanted")


_FUNCTIONS: dict[str, Operation] = {
    "default": _first_of,
    "first_of": _first_of,
    "length": _length,
    "join": _join,
    "json": _json,
}
_OPERATORS: dict[str, Operation] = {
    "or": _or,
    "and": _and,
    "==": _equal,
    "!=": _equal,
    "<": _order,
    "<=": _order,
    ">": _order,
    ">=": _order,
    "in": _in,
}
_OPERATIONS: dict[str, Operation] = {
    **_OPERATORS,
    "lit": _lit,
    "text": _text,
    "ref": _ref,
    "get": _get,
    "list": _list,
    "dict": _dict,
    "product": _product,
    "not": _not,
    "call": _call,
    "args": _args,
}
