"""What is wrong with a target's map of settings in a profile, in words that all targets share."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.ir import Json


def not_texts(target: str, given: Mapping[str, Json], known: Collection[str]) -> list[Diagnostic]:
    """Of a target all of whose settings are text: names that it has not, and values that are something else."""
    return [
        *(unknown(target, name, sorted(known)) for name in given if name not in known),
        *(
            Diagnostic("PG430", f"`{target}.{name}` is text, and `{value}` is none")
            for name, value in given.items()
            if name in known and not isinstance(value, str)
        ),
    ]


def unknown(target: str, name: str, known: Collection[str]) -> Diagnostic:
    near = nearest(name, known)
    hint = f"did you mean `{near}`?" if near else f"known are {', '.join(known)}"
    return Diagnostic("PG430", f"`{target}` has no setting `{name}`", hint=hint)
