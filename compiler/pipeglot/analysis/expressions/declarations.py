"""What is declared: types of params and outputs, fan-outs, and what can be absent. All that references can lead to."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeglot.ir import FanOut, Output, Param
from pipeglot_expression.types import ARTIFACT, Type, list_of, parse_type


@dataclass(slots=True)
class StepDeclaration:
    """`can_skip` is known once the steps that it reads are; `in_exit` says that the step belongs to `on_exit`.

    `unknown`: its shape is wrong, which was reported, so nothing more is said of those who read it.
    `within` is the fanned-out group that it stands in: steps of one such group read each other item by item. `gaps`:
    some item of the group may go without it, so its lists do not have one element for each.
    """

    id: str
    outputs: dict[str, Output]
    fan: bool
    in_exit: bool = False
    can_skip: bool = False
    unknown: bool = False
    within: str = ""
    gaps: bool = False

    def is_beside(self, id: str) -> bool:
        """Whether what stands there is in the same item of a fanned-out group."""
        return bool(self.within) and id.startswith(f"{self.within}.")


@dataclass(slots=True)
class Declarations:
    params: dict[str, Param] = field(default_factory=dict[str, Param])
    steps: dict[str, StepDeclaration] = field(default_factory=dict[str, StepDeclaration])
    unknown_params: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fanned:
    """The fan-out of a group, which is that of every step inside: `axes` are the types of a matrix."""

    fan: FanOut
    item: Type | None
    axes: dict[str, Type] | None


def element_type(output: Output) -> Type:
    """The type of an output as one run of its step leaves it."""
    return ARTIFACT if output.type is None else parse_type(output.type)


def reading_type(output: Output, fan: bool) -> Type:
    """The type that readers see: of a fan-out the list of its items' outputs."""
    return list_of(element_type(output)) if fan else element_type(output)
