"""Where in a program a value stands, and whether it can."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Rule(enum.Enum):
    """`FREE`: any value; `INT`: ints alone; `NEVER`: no value."""

    FREE = "free"
    INT = "int"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Place:
    """`quotes` are added around the variable; `reason` completes "a value cannot stand …"."""

    rule: Rule = Rule.FREE
    quotes: bool = False
    reason: str = ""
    hint: str | None = None


def _int(reason: str) -> Place:
    return Place(Rule.INT, reason=f"{reason}: only an int can stand there")


def _never(reason: str, hint: str | None = None) -> Place:
    return Place(Rule.NEVER, reason=reason, hint=hint)


_FIRST = "give it a variable of its own first: `x=${{ … }}`"

UNQUOTED = Place(quotes=True)
QUOTED = Place()
ARITHMETIC = _int("the shell evaluates text inside `$(( ))`, `(( ))` and `$[ ]`")
SUBSCRIPT = _int("the shell evaluates text inside the `[ ]` of an array")
LET = _int("`let` evaluates its arguments")
INTEGER = _int("a variable declared with `-i` evaluates what it is given")
COMPARED = _int("`[[ ]]` evaluates what `-eq` and its like compare")
SINGLE = _never("single quotes keep a variable from being read", "use double quotes")
HERE_DOCUMENT = _never(
    "a here-document whose delimiter is quoted keeps variables from being read", "write the delimiter without quotes"
)
DELIMITER = _never("the delimiter of a here-document is plain text")
EXPANSION = _never("`${ }` takes it for a part of its own pattern, offset or name", _FIRST)
ESCAPED = _never("the backslash before it would escape the variable's own quotes or `$`", "remove the backslash")
BACKTICKS = _never("backticks with a backslash inside read their text twice", "write `$( )` in place of the backticks")
NAMED = _never("it would name a variable, and the shell evaluates such names")
UNSURE = _never("shells differ on how the quotes and here-documents before it are read")
OPEN = _never("a quote or bracket before it is never closed")
IN_STRING = _never(
    "it stands in a string literal of Python, where it would be program text",
    'end the literal before it: `"a" + str(${{ … }})`',
)
IN_NAME = _never("it touches a name, a number or a string of the program", "put blanks around it")
NOT_PYTHON = _never("the script cannot be read as Python up to here")
IN_COMMENT = Place()
