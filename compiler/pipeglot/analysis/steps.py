"""From a draft to a step of the IR, once all that it reads is known."""

from __future__ import annotations

from typing import cast

from pipeglot.analysis.drafts import NOTHING_AROUND, Around, Draft
from pipeglot.analysis.expressions.declarations import Declarations
from pipeglot.analysis.expressions.inference import Inference
from pipeglot.analysis.expressions.scope import StepScope, Where
from pipeglot.analysis.expressions.sourced import SourcedTree, as_expression
from pipeglot.analysis.externals.inputs import external
from pipeglot.analysis.fan_out import fan_out, lowered, per_item, reads_beside, text_of
from pipeglot.analysis.fields.cache import cache
from pipeglot.analysis.fields.outputs import declared_type
from pipeglot.analysis.fields.patches import patches
from pipeglot.analysis.fields.pods import pod
from pipeglot.analysis.fields.quantities import code, duration, resources, retry
from pipeglot.analysis.fields.scripts import variables
from pipeglot.ir import (
    Body,
    Cache,
    Call,
    Command,
    FanOut,
    Input,
    Json,
    Notebook,
    Notify,
    Outside,
    RunIf,
    Script,
    Step,
    Tree,
)
from pipeglot_expression.check import Absence
from pipeglot_expression.evaluate import shown
from pipeglot_expression.types import ARTIFACT, BOOL, UNKNOWN, Type, fits, list_of, parse_type
from pipeglot_expression.values import with_article


def step(draft: Draft, declarations: Declarations, needs: tuple[str, ...], around: Around = NOTHING_AROUND) -> Step:
    """The finished step. Sets `can_skip` of its declaration for those that read it."""
    spec, collector = draft.spec, draft.collector
    scope = StepScope(declarations, draft.declaration, draft.run_if)
    scope.inputs = dict.fromkeys(draft.inputs, (UNKNOWN, Absence.NEVER))
    inference = Inference(scope, collector)
    fan = fan_out(draft, inference, collector)
    inputs = tuple(_input(draft, name, inference) for name in draft.inputs)
    if fan is not None:
        fan.items = lowered(fan.items, {item.name: item.value for item in inputs})
    when = _when(draft, inference)
    values: dict[str, Tree] = {item.name: item.value for item in inputs}
    body = _body(draft, inference)
    env: dict[str, Tree | Outside] = {}
    for name, value in draft.env.items():
        if not isinstance(value, Outside):
            inference.type(value, Where.ENV)
        env[name] = value if isinstance(value, Outside) else lowered(value.tree)
    kept = _cache(draft, inference)
    when_tree = lowered(when, values) if when is not None else None
    within = draft.declaration.within
    aligned = tuple(id for id in needs if draft.declaration.is_beside(id))
    when_each = when_tree is not None and _decided_each(when_tree, fan, within)
    decided = around.guard is not None or (when_tree is not None and not when_each)
    allowed = spec.get("allow_failure", False)
    draft.declaration.can_skip = inference.can_skip or draft.run_if is RunIf.FAILURE or decided or allowed
    by_itself = when_tree is not None or draft.run_if is RunIf.FAILURE or allowed or around.partial
    gapped = inference.can_skip and any(declarations.steps[id].gaps for id in aligned)
    draft.declaration.gaps = bool(within) and (by_itself or gapped)
    strict = tuple(id for id in needs if draft.run_if is RunIf.SUCCESS or id in around.awaited)
    return Step(
        draft.id,
        body,
        collector.origin(*draft.path),
        image=spec.get("image"),
        workdir=spec.get("workdir"),
        env=env,
        inputs=inputs,
        outputs=tuple(draft.declaration.outputs.values()),
        needs=needs,
        after=tuple(id for id in needs if id in around.free or (id in aligned and not (fan and fan.fail_fast))),
        around=tuple(id for id in needs if id in around.awaited) if draft.run_if is not RunIf.SUCCESS else (),
        aligned=aligned,
        held_each=tuple(id for id in strict if id in aligned and id not in around.free),
        guard=around.guard,
        guard_each=lowered(around.guard_each) if around.guard_each else None,
        when=when_tree,
        when_each=when_each,
        run_if=draft.run_if,
        allow_failure=allowed,
        fan_out=fan,
        retry=retry(spec["retry"], (*draft.path, "retry"), collector) if "retry" in spec else None,
        timeout=duration(spec["timeout"], (*draft.path, "timeout"), collector) if "timeout" in spec else None,
        resources=resources(spec["resources"], (*draft.path, "resources"), collector) if "resources" in spec else None,
        pod=pod(spec["kubernetes"], (*draft.path, "kubernetes"), collector) if "kubernetes" in spec else None,
        patches=patches(spec.get("targets", {}), (*draft.path, "targets"), collector),
        code=code(spec["code"], (*draft.path, "code"), collector) if "code" in spec else None,
        cache=kept,
        on_exit=draft.declaration.in_exit,
    )


def _cache(draft: Draft, inference: Inference) -> Cache | None:
    kept = cache(draft.spec, draft.path, draft.declaration, draft.trees(), draft.key, inference)
    if kept is not None and kept.key is not None:
        kept.key = lowered(kept.key)
    return kept


def _decided_each(when: Tree, fan: FanOut | None, within: str) -> bool:
    return fan is not None and (per_item(when) or (bool(within) and reads_beside(when, within)))


def _input(draft: Draft, name: str, inference: Inference) -> Input:
    tree = draft.inputs[name]
    path = (*draft.path, "inputs", name)
    found, absence = inference.infer(tree, Where.INPUTS)
    entry = draft.spec.get("inputs", {})[name]
    outside = None
    if isinstance(entry, dict) and "uri" in entry:
        outside, found = external(name, cast("dict[str, Json]", entry), found, tree, path, inference)
    elif isinstance(entry, dict):
        found = _declared(name, cast("dict[str, Json]", entry), found, tree, path, inference)
    inference.scope.inputs[name] = (found, Absence.SKIP if absence is Absence.SKIP else Absence.NEVER)
    return Input(name, text_of(found), lowered(tree.tree), draft.collector.origin(*path), outside)


def _declared(
    name: str, entry: dict[str, Json], found: Type, tree: SourcedTree, path: tuple[str | int, ...], inference: Inference
) -> Type:
    """The type that an input declares, which the type of its value has to fit."""
    collector = inference.collector
    if "type" in entry:
        wanted = parse_type(declared_type(entry, path, collector))
    elif "artifact" in entry:
        wanted = list_of(ARTIFACT) if found == list_of(ARTIFACT) else ARTIFACT
        _check_kind(name, str(entry["artifact"]), tree.tree, path, inference)
    else:
        return found
    if not fits(found, wanted):
        is_one = with_article(str(found))
        message = f"input `{name}` is {with_article(str(wanted))}, and `{inference.told(tree)}` is {is_one}"
        collector.report("PG307", message, (*path, "value"))
    return wanted


def _check_kind(name: str, kind: str, tree: Tree, path: tuple[str | int, ...], inference: Inference) -> None:
    """A folder is no file; the other kinds are labels."""
    if tree[0] != "ref" or tree[1] != "steps" or tree[3] != "outputs":
        return
    source = inference.scope.declarations.steps.get(str(tree[2]))
    output = source.outputs.get(str(tree[4])) if source else None
    if output is not None and {kind, output.artifact} == {"file", "directory"}:
        message = f"input `{name}` is a {kind}, and `{shown(tree)}` is a {output.artifact}"
        evidence = ((output.origin, f"`{output.name}` is declared here"),)
        inference.collector.report("PG307", message, (*path, "artifact"), evidence=evidence)


def _when(draft: Draft, inference: Inference) -> Tree | None:
    if draft.when is None:
        return None
    if draft.when.is_literal and not draft.when.faulty and not draft.when.replaced:
        message = "`when` is an expression that is true or false, and here is a plain text"
        inference.collector.report("PG307", message, (*draft.path, "when"), hint=as_expression(draft.when.tree[1]))
        return None
    inference.wanted(draft.when, Where.WHEN, BOOL, "`when`")
    return draft.when.tree


def _body(draft: Draft, inference: Inference) -> Body:
    if draft.script is not None:
        types = [inference.type(value, Where.RUN) for value in draft.script.values]
        trees = [lowered(value.tree) for value in draft.script.values]
        script = draft.script
        return Script(script.shell, script.text, variables(script, types, trees, inference.collector))
    if "python" in draft.spec:
        return Call(draft.spec["python"])
    if "notebook" in draft.spec:
        return Notebook(draft.spec["notebook"])
    if "notify" in draft.spec:
        (message,) = draft.argv
        inference.type(message, Where.RUN)
        return Notify(lowered(message.tree), str(cast("dict[str, Json]", draft.spec)["notify"]))
    for tree in draft.argv:
        inference.type(tree, Where.RUN, whole_argument=True)
    return Command(tuple(lowered(tree.tree) for tree in draft.argv))
