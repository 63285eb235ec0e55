"""What is declared: types of params and outputs, fan-outs, and what can be absent. All that references can lead to."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeglot.ir import Output, Param
from pipeglot_expression.types import ARTIFACT, Type, list_of, parse_type


@dataclass(slots=True)
class StepDeclaration:
    """`can_skip` is known once the steps that it reads are; `in_exit` says that the step belongs to `on_exit`.

    `unknown`: its shape is wrong, which was reported, so nothing more is said of those who read it.
    """

    id: str
    outputs: dict[str, Output]
    fan: bool
    in_exit: bool = False
    can_skip: bool = False
    unknown: bool = False


@dataclass(slots=True)
class Declarations:
    params: dict[str, Param] = field(default_factory=dict[str, Param])
    steps: dict[str, StepDeclaration] = field(default_factory=dict[str, StepDeclaration])
    unknown_params: frozenset[str] = frozenset()


def element_type(output: Output) -> Type:
    """The type of an output as one run of its step leaves it."""
    return ARTIFACT if output.type is None else parse_type(output.type)


def reading_type(output: Output, fan: bool) -> Type:
    """The type that readers see: of a fan-out the list of its items' outputs."""
    return list_of(element_type(output)) if fan else element_type(output)
