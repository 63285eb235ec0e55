"""What each step needs from outside: the slots of `docs/internals/runtime.md`, section 4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pipeglot.diagnostics import Diagnostic
from pipeglot.ir import Command, Notify, Outside, Pipeline, Read, ReadKind, RunIf, Script, Step, Tree
from pipeglot_expression.trees import parts

_GUARDING = frozenset(("and", "or"))
_GUARDS = frozenset(("default", "first_of"))


def reads_listed(pipeline: Pipeline) -> tuple[Pipeline, tuple[Diagnostic, ...]]:
    """`reads`, `requires` and `needs_list_task` of every step say what its trees say."""
    params = {param.name: param.type for param in pipeline.params}
    listed = _Listing(pipeline, params)
    return (
        replace(
            pipeline,
            steps=tuple(listed.step(step) for step in pipeline.steps),
            on_exit=tuple(listed.step(step) for step in pipeline.on_exit),
        ),
        (),
    )


def trees(step: Step) -> Iterator[Tree]:
    """Every tree of a step, in the order in which they are decided."""
    yield from (tree for tree in (step.guard, step.guard_each, step.when) if tree is not None)
    if step.fan_out is not None:
        yield step.fan_out.items
    yield from (item.value for item in step.inputs)
    yield from (value for value in step.env.values() if not isinstance(value, Outside))
    if step.cache is not None and step.cache.key is not None:
        yield step.cache.key
    if isinstance(step.body, Command):
        yield from step.body.argv
    elif isinstance(step.body, Script):
        yield from step.body.variables.values()
    elif isinstance(step.body, Notify):
        yield step.body.message


def guarded(tree: Tree, inside: bool = False) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Every reference, and whether something stands for it when it is absent."""
    operation = tree[0]
    if operation == "ref":
        yield tuple(str(part) for part in tree[1:]), inside
        return
    calls = operation == "call" and tree[1] in _GUARDS
    for path, part in parts(tree):
        yield from guarded(part, inside or calls or (operation in _GUARDING and path[0] > 1))


class _Listing:
    """Looks references up in the pipeline."""

    def __init__(self, pipeline: Pipeline, params: Mapping[str, str]) -> None:
        self.pipeline = pipeline
        self.params = params

    def step(self, step: Step) -> Step:
        found: dict[str, Read] = {}
        requires: dict[tuple[str, ...], None] = {}
        for tree in trees(step):
            if tree[0] == "lit":
                continue
            for ref, safe in guarded(tree):
                for read in self._reads(ref):
                    found.setdefault(read.slot, read)
                if ref[0] == "steps" and ref[2] == "outputs" and not safe:
                    requires[ref] = None
        for read in self._of_needs(step, found):
            found.setdefault(read.slot, read)
        required = tuple(ref for ref in requires if ref[1] not in step.aligned)
        return replace(
            step,
            reads=tuple(found.values()),
            requires=required,
            requires_each=tuple(ref for ref in requires if ref[1] in step.aligned),
            needs_list_task=_needs_list(step, required),
        )

    def _reads(self, ref: tuple[str, ...]) -> Iterator[Read]:
        if ref[0] == "params":
            yield Read(f"params.{ref[1]}", ReadKind.PARAM, self.params[ref[1]], param=ref[1])
        elif ref[0] == "run" and ref[1] in ("status", "failed_steps"):
            type = "string" if ref[1] == "status" else "list[string]"
            yield Read(f"run.{ref[1]}", ReadKind.RUN, type)
        elif ref[0] == "steps":
            yield from self._of_step(ref)

    def _of_step(self, ref: tuple[str, ...]) -> Iterator[Read]:
        source = self.pipeline.by_id[ref[1]]
        fan = source.fan_out is not None
        if ref[2] == "outputs":
            output = source.output(ref[3])
            yield Read(
                f"steps.{source.id}.outputs.{output.name}",
                ReadKind.OUTPUT,
                output.type or "artifact",
                step=source.id,
                output=output.name,
                file=output.file,
                fan=fan,
                default=output.default,
            )
        asked = source.allow_failure or ref[2] == "status"
        if fan or asked:
            yield _state(source)
        if fan:
            yield _items(source)
        if asked:
            yield _engine(source)

    def _of_needs(self, step: Step, found: Mapping[str, Read]) -> Iterator[Read]:
        """Words of other steps that are not read, and decide all the same whether this one runs."""
        if step.on_exit:
            yield from self._of_exit(step, found)
        else:
            for id in step.after if step.run_if is RunIf.SUCCESS else step.needs:
                yield _state(self.pipeline.by_id[id])
                yield _engine(self.pipeline.by_id[id])
            for id in step.aligned:
                yield _state(self.pipeline.by_id[id])
                yield _items(self.pipeline.by_id[id])
                yield _engine(self.pipeline.by_id[id])

    def _of_exit(self, step: Step, found: Mapping[str, Read]) -> Iterator[Read]:
        for id in step.needs:
            yield _state(self.pipeline.by_id[id])
            yield _engine(self.pipeline.by_id[id])
        if "run.failed_steps" in found:
            yield from (_engine(source) for source in self.pipeline.steps)
            return
        for read in tuple(found.values()):
            if read.step is not None and read.kind is ReadKind.OUTPUT:
                yield _engine(self.pipeline.by_id[read.step])


def _state(source: Step) -> Read:
    return _word("state", ReadKind.STATE, source)


def _items(source: Step) -> Read:
    return Read(f"steps.{source.id}.items", ReadKind.ITEMS, "list", step=source.id, fan=True)


def _engine(source: Step) -> Read:
    return _word("engine", ReadKind.ENGINE, source)


def _word(name: str, kind: ReadKind, source: Step) -> Read:
    fan, allowed = source.fan_out is not None, source.allow_failure
    return Read(f"steps.{source.id}.{name}", kind, step=source.id, fan=fan, allowed=allowed)


def _needs_list(step: Step, requires: tuple[tuple[str, ...], ...]) -> bool:
    """Whether something is to be decided once for the whole fan-out, at run time."""
    fan = step.fan_out
    if fan is None:
        return False
    once = step.guard is not None or (step.when is not None and not step.when_each)
    return fan.literal is None or once or bool(requires) or step.run_if is not RunIf.SUCCESS
