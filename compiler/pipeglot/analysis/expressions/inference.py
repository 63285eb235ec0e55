"""Types and absences of the trees of one step, with what is wrong about them said where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.expressions.scope import StepScope, Where
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.diagnostics.origins import Place
from pipeglot.diagnostics.suggestions import Meant
from pipeglot_expression.check import Absence, FaultKind, Inferred, TypeFault, infer, mismatch, type_of
from pipeglot_expression.evaluate import shown
from pipeglot_expression.types import ANY, UNKNOWN, Type
from pipeglot_expression.values import with_article

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
CODES = {FaultKind.NAME: "PG203", FaultKind.TYPE: "PG307", FaultKind.PLACE: "PG316"}


@dataclass(slots=True)
class Inference:
    """Infers tree by tree; `can_skip` becomes true once a tree of the step can be absent through a skip."""

    scope: StepScope
    collector: Collector
    can_skip: bool = False

    def type(self, tree: SourcedTree, where: Where, whole_argument: bool = False) -> Type:
        return self.infer(tree, where, whole_argument)[0]

    def infer(self, tree: SourcedTree, where: Where, whole_argument: bool = False) -> tuple[Type, Absence]:
        if tree.faulty:
            return UNKNOWN, Absence.NEVER
        if tree.is_literal:
            return type_of(tree.tree[1]), Absence.NEVER
        self.scope.where = where
        found = infer(tree.tree, self.scope, whole_argument=whole_argument)
        for fault in found.faults:
            self._fault(tree, fault)
        if found.faults:
            return UNKNOWN, Absence.NEVER
        self._absence(tree, found)
        return found.type, found.absence

    def told(self, tree: SourcedTree) -> str:
        """An expression as text, a number or a bool as its author spelled it."""
        value = tree.tree[1] if tree.is_literal and tree.spans is None else None
        return self.collector.written(tree.path, value) if isinstance(value, int | float) else shown(tree.tree)

    def wanted(self, tree: SourcedTree, where: Where, wanted: Type, what: str) -> Type:
        """The type of a tree that has to fit another."""
        found = self.type(tree, where)
        if mismatch(found, wanted, tree.tree):
            path, offset = tree.place(())
            message = f"{what} is {with_article(str(wanted))}, and `{self.told(tree)}` is {with_article(str(found))}"
            self.collector.report("PG307", message, path, offset=offset)
            return UNKNOWN
        return found

    def element(self, tree: SourcedTree, where: Where, what: str) -> Type:
        """The type of the elements of what has to be a list."""
        found = self.type(tree, where)
        if found in (ANY, UNKNOWN) or tree.faulty:
            return found
        if found.item is None:
            path, offset = tree.place(())
            message = f"{what} a list, and `{self.told(tree)}` is {with_article(str(found))}"
            self.collector.report("PG307", message, path, offset=offset)
            return UNKNOWN
        return found.item

    def _fault(self, tree: SourcedTree, fault: TypeFault) -> None:
        path, offset = tree.place(fault.path)
        evidence, meant = self._declared(tree, fault), self._likely(tree, fault)
        self.collector.report(
            CODES[fault.kind], fault.message, path, hint=fault.hint, offset=offset, evidence=evidence, meant=meant
        )

    def _likely(self, tree: SourcedTree, fault: TypeFault) -> Meant | None:
        """The name that was meant, to be looked for among very many."""
        ref = tree.reference(fault.path)
        if fault.likely is None or not ref:
            return None
        at = 1 if ref[0] == "steps" and ref[1] not in self.scope.declarations.steps else len(ref) - 1
        form = ".".join((*ref[:at], "{}", *ref[at + 1 :]))
        # a name that no expression can hold was refused where it stands
        return Meant(fault.likely, lambda: filter(_NAME.fullmatch, self.scope.names(ref)), f"did you mean `{form}`?")

    def _declared(self, tree: SourcedTree, fault: TypeFault) -> tuple[tuple[Place, str], ...]:
        """The outputs that a step has, beside the reading of one that it has not."""
        ref = tree.reference(fault.path)
        if fault.kind is not FaultKind.NAME or ref[:1] != ("steps",) or len(ref) < 4:
            return ()
        source = self.scope.declarations.steps.get(ref[1])
        if source is None or not source.outputs or source.in_exit or ref[3] in source.outputs:
            return ()
        return ((self.collector.origin("steps", source.id, "outputs"), f"`{source.id}` has these"),)

    def _absence(self, tree: SourcedTree, found: Inferred) -> None:
        if found.absence is Absence.SKIP:
            self.can_skip = True
        if found.absence is not Absence.FAILURE:
            return
        path, offset = tree.place(found.cause)
        ref = next((read.ref for read in found.reads if read.path == found.cause), ())
        self.collector.report("PG308", self._why_absent(ref), path, hint=self._mend(ref), offset=offset)

    def _why_absent(self, ref: tuple[str, ...]) -> str:
        text = ".".join(ref)
        if ref[0] == "run":
            return f"`{text}` is there in scheduled runs only, and nothing stands for it in the others"
        if ref[0] == "inputs":
            return f"`{text}` can be absent, and nothing stands for it then"
        source = self.scope.declarations.steps[ref[1]]
        if ref[2] == "outputs" and source.outputs[ref[3]].optional:
            return f"`{text}` is optional, and nothing stands for it where it was not written"
        if self.scope.step.in_exit:
            return f"`{text}` is absent where `{ref[1]}` did not succeed, and `on_exit` runs then too"
        run_if = self.scope.run_if.value
        return (
            f"`{text}` is absent where `{ref[1]}` failed, and `{self.scope.step.id}` runs then too (`run_if: {run_if}`)"
        )

    def _mend(self, ref: tuple[str, ...]) -> str | None:
        if not ref or ref[2:3] == ("indices",):
            return None
        return f"write `default({'.'.join(ref)}, …)` with the value that stands for it"
