"""A run that does less than all: what is taken from an earlier one, what is run again, and what nobody asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.ir import Json
from pipeglot_backends.local.taken import Selection, Taken
from pipeglot_expression.runtime.contract import KEPT, SKIPPED
from pipeglot_records.reuse.earlier import Earlier
from pipeglot_records.reuse.taking import Untaken

REFUSED = "PG580"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: `again` and what follows it, `only` one step, and nothing that comes after `until`."""

    resume: str | None = None
    again: str | None = None
    only: str | None = None
    until: str | None = None

    @property
    def takes(self) -> bool:
        """Whether something is to be taken from an earlier run."""
        return bool(self.resume or self.again or self.only)


ALL = Asked()


@dataclass(frozen=True, slots=True)
class Chosen:
    """`told` is what a person has to know of it."""

    selection: Selection = field(default_factory=Selection)
    notes: tuple[str, ...] = ()


def choose(asked: Asked, order: Mapping[str, tuple[str, ...]], earlier: Earlier | None) -> Chosen:
    """`order` has the steps of the pipeline, but those of `on_exit`, with what each needs. Raises `SpecRejected`."""
    if asked.only and (asked.again or asked.until):
        other = "--from" if asked.again else "--until"
        raise refused(f"`--only` runs one step and `{other}` more than one", "leave one of them away")
    within = _above(named(asked.only or asked.until, order), order) if asked.only or asked.until else set(order)
    start = named(asked.only or asked.again, order) if asked.only or asked.again else None
    if start is not None and not start <= within:
        raise refused(f"`{asked.until}` does not wait for `{asked.again}`: there is nothing between them")
    again = None if start is None else (start if asked.only else _below(start, order) & within)
    choice = _Choice(order, within, again, earlier)
    choice.settle()
    left_out = (set(order) - within) | choice.left_out
    words: dict[str, Json] = {"run": earlier.past.run} if earlier else {}
    words |= {
        name: word for name, word in (("from", asked.again), ("only", asked.only), ("until", asked.until)) if word
    }
    return Chosen(Selection(choice.taken, frozenset(left_out), asked=words), tuple(choice.said()))


@dataclass(slots=True)
class _Choice:
    order: Mapping[str, tuple[str, ...]]
    within: set[str]
    again: set[str] | None
    """What is to run whatever the earlier run left; None: what that left no success of."""
    earlier: Earlier | None
    taken: dict[tuple[str, int | None], Taken] = field(default_factory=dict[tuple[str, "int | None"], Taken])
    left_out: set[str] = field(default_factory=set[str])
    refusals: list[Diagnostic] = field(default_factory=list[Diagnostic])
    refused: set[str] = field(default_factory=set[str])
    untaken: dict[str, str] = field(default_factory=dict[str, str])

    def settle(self) -> None:
        wanted = _above(self.again, self.order) if self.again is not None else set[str]()
        for step in self.order:
            if step not in self.within or (self.again is not None and step in self.again) or self.earlier is None:
                continue
            fault = self._take(step, self.earlier)
            if fault is None:
                continue
            if self.again is None:
                self.untaken[step] = fault
            elif step in wanted:
                self._refuse(step, fault)
            else:
                self.left_out |= _below({step}, self.order) - self.again
        if self.earlier is None and self.again is not None and wanted - self.again:
            some = ", ".join(f"`{step}`" for step in self.order if step in wanted - self.again)
            raise refused(f"there is no earlier run to take {some} from", "`pipeglot run` runs all of it once")
        if self.refusals:
            raise SpecRejected(self.refusals)
        self.taken = {place: one for place, one in self.taken.items() if place[0] not in self.left_out}

    def _take(self, step: str, earlier: Earlier) -> str | None:
        """Takes what holds of a step. Returns why not all of it does."""
        fault, run = earlier.validity.fault(step), earlier.past.picture.steps.get(step)
        aside = earlier.definition.steps[step].aligned
        broken = next((need for need in self.order[step] if need in self.untaken and need not in aside), None)
        if run is None or broken is not None:
            return fault or f"`{broken}`, which it needs, runs again"
        if run.items is not None:
            return self._take_items(step, earlier) or fault
        try:
            if fault is None and run.state in KEPT:
                self.taken[step, None] = earlier.taken(step, None)
        except Untaken as why:
            return str(why)
        return fault

    def _take_items(self, step: str, earlier: Earlier) -> str | None:
        """One by one: what does not hold is run again."""
        said: str | None = None
        for index, item in enumerate(earlier.past.picture.steps[step].items or ()):
            beside = earlier.definition.steps[step].aligned
            fault = earlier.validity.item_fault(step, index)
            if any(need in self.untaken and (need, index) not in self.taken for need in beside):
                fault = fault or "what it needs runs again"
            if fault is None and item.state != SKIPPED:
                try:
                    self.taken[step, index] = earlier.taken(step, index)
                except Untaken as why:
                    fault = str(why)
            said = said or fault
        return said

    def _refuse(self, step: str, fault: str) -> None:
        """Once: what needs it cannot be taken either."""
        if self.refused & _above({step}, self.order):
            return
        self.refused.add(step)
        run = self.earlier.past.run if self.earlier else ""
        message = f"`{step}` cannot be taken from the run `{run}`: {fault}"
        self.refusals.append(Diagnostic(REFUSED, message, hint=f"`--from {step}` runs it again, and what follows it"))

    def _names(self) -> Iterator[str]:
        """What is taken: of a fan-out how many of its items."""
        for step in self.order:
            items = [index for taken, index in self.taken if taken == step]
            if items:
                yield step if items == [None] else f"{step} ({len(items)} items)"

    def said(self) -> Iterator[str]:
        if self.earlier is None:
            return
        some = ", ".join(self._names()) or "nothing"
        yield f"from run {self.earlier.past.run}: {some}"
        yield from self.earlier.notes
        for step, fault in self.untaken.items():
            run = self.earlier.past.picture.steps.get(step)
            # that it had not succeeded is what one asked for
            if run is not None and run.state in KEPT:
                yield f"  {step} runs again: {fault}"


def named(name: str | None, order: Iterable[str]) -> set[str]:
    """A step, or all those of a group."""
    known = list(order)
    found = {step for step in known if step == name or step.startswith(f"{name}.")}
    if not found:
        near = nearest(str(name), known)
        listed = ", ".join(f"`{step}`" for step in known)
        raise refused(
            f"the pipeline has no step `{name}`; it has {listed}", f"did you mean `{near}`?" if near else None
        )
    return found


def refused(message: str, hint: str | None = None) -> SpecRejected:
    return SpecRejected([Diagnostic(REFUSED, message, hint=hint)])


def _above(steps: set[str], order: Mapping[str, tuple[str, ...]]) -> set[str]:
    """With all that they need."""
    found = set(steps)
    waiting = list(steps)
    while waiting:
        for need in order[waiting.pop()]:
            if need not in found:
                found.add(need)
                waiting.append(need)
    return found


def _below(steps: set[str], order: Mapping[str, tuple[str, ...]]) -> set[str]:
    """With all that needs them; `order` has each step after all that it needs."""
    found = set(steps)
    for step, needs in order.items():
        if found.intersection(needs):
            found.add(step)
    return found
