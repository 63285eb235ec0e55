"""Tasks, their edges and what flows along them: every reference resolves, and both ends are of one type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.judges.kubeflow.scopes import COMPLETED, ROOT, Scope, artifact, inputs, outputs, producer_of, scopes, uses
from tests.judges.kubeflow.values import condition_faults, fits, texts, unresolved

KEY = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
LONGEST_KEY = 128
ANY_ARTIFACT = "system.Artifact"
SELECTOR = re.compile(r'parseJson\(string_value\)(\["[^"]+"\])+')


def faults(spec: Mapping[str, Any]) -> Iterator[str]:
    found = list(scopes(spec))
    if not found or found[0].place != ROOT:
        yield "root is no DAG"
    for scope in found:
        yield from _scope(scope)
    yield from _recursion(found)
    used = set(uses(spec))
    for name in spec["components"]:
        if not used & {(name, True), (name, False)}:
            yield f"{name} is a component of no task"
        if used >= {(name, True), (name, False)}:
            yield f"{name} is iterated over by one task, and not by another"


def _scope(scope: Scope) -> Iterator[str]:
    for name, task in scope.tasks.items():
        place = f"{scope.place}/{name}"
        if not KEY.fullmatch(name) or len(name) > LONGEST_KEY:
            yield f"{place}: is no name of a task"
        component = scope.components.get(task["componentRef"]["name"])
        if component is None:
            yield f"{place}: there is no component {task['componentRef']['name']!r}"
            continue
        every = (
            _edges(scope, name), _given(scope, name), _parameters(scope, name), _artifacts(scope, name),
            _iterator(scope, name), _trigger(scope, name),
        )  # fmt: skip
        for each in every:
            yield from (f"{place}: {fault}" for fault in each)
    yield from (f"{scope.place}: {fault}" for fault in _cycle(scope))
    yield from (f"{scope.place}: {fault}" for fault in _selected(scope))


def _edges(scope: Scope, task: str) -> Iterator[str]:
    named = scope.tasks[task].get("dependentTasks", [])
    for each in named:
        if each not in scope.tasks:
            yield f"depends on {each!r}, which is not there"
        if named.count(each) > 1:
            yield f"depends twice on {each!r}"
    before = scope.before(task)
    for producer in sorted(scope.sources(task)):
        if producer not in scope.tasks:
            yield f"reads from the task {producer!r}, which is not there"
        elif producer not in before:
            yield f"reads from {producer!r} and does not wait for it"


def _cycle(scope: Scope) -> Iterator[str]:
    for name in scope.tasks:
        if name in scope.before(name):
            yield f"{name} waits for itself"


def _given(scope: Scope, task: str) -> Iterator[str]:
    """Inputs that are missing, and those that nobody asked for."""
    spec, component = scope.tasks[task], scope.of(task)
    item = spec.get("parameterIterator", {}).get("itemInput")
    for kind in ("parameters", "artifacts"):
        wanted, given = inputs(component, kind), spec.get("inputs", {}).get(kind, {})
        inside = "\n".join(text for part in given.values() for text in texts(part.get("runtimeValue")))
        for name in given:
            if name not in wanted and f"['{name}']" not in inside:
                yield f"gives the input {name!r}, which nobody asks for"
        for name, each in wanted.items():
            optional = each.get("isOptional") or "defaultValue" in each or (kind == "parameters" and name == item)
            if name not in given and not optional:
                yield f"does not give the input {name!r}"


def _parameters(scope: Scope, task: str) -> Iterator[str]:
    given = scope.tasks[task].get("inputs", {}).get("parameters", {})
    wanted = inputs(scope.of(task), "parameters")
    for name, part in given.items():
        kind = wanted.get(name, {}).get("parameterType")
        if "runtimeValue" in part:
            yield from _constant(part["runtimeValue"]["constant"], kind, name, given)
            continue
        found = _type(scope, part)
        if found is None:
            yield f"{name}: reads {_shown(part)}, which is not there"
        elif (selector := part.get("parameterExpressionSelector")) is not None:
            if found != "STRUCT" or not SELECTOR.fullmatch(selector):
                yield f"{name}: {selector!r} selects nothing from {found}"
        elif kind is not None and found != kind and not _untyped(part, found):
            yield f"{name}: is {kind}, and gets {found}"


def _constant(value: Any, kind: str | None, name: str, given: Mapping[str, Any]) -> Iterator[str]:
    if kind is not None and not fits(value, kind):
        yield f"{name}: {value!r:.60} is no {kind}"
    beside = {"inputDefinitions": {"parameters": given}}
    for text in texts(value):
        yield from (f"{name}: {fault}" for fault in unresolved(text, beside))


def _type(scope: Scope, part: Mapping[str, Any]) -> str | None:
    """Of what a task is given, None when it is not there."""
    if not part:
        return None
    if "componentInputParameter" in part:
        return _text(inputs(scope.component, "parameters").get(part["componentInputParameter"]))
    if "taskFinalStatus" in part:
        return "TASK_FINAL_STATUS" if part["taskFinalStatus"]["producerTask"] in scope.tasks else None
    source = part["taskOutputParameter"]
    if source["producerTask"] not in scope.tasks:
        return None
    return _text(outputs(scope.of(source["producerTask"]), "parameters").get(source["outputParameterKey"]))


def _text(definition: Mapping[str, Any] | None) -> str | None:
    return None if definition is None else str(definition["parameterType"])


def _untyped(part: Mapping[str, Any], found: str) -> bool:
    """Whether it is an item of a list whose elements have no type: Kubeflow's own compiler then writes STRING."""
    return found == "STRING" and part.get("componentInputParameter", "").endswith("-loop-item")


def _artifacts(scope: Scope, task: str) -> Iterator[str]:
    wanted = inputs(scope.of(task), "artifacts")
    for name, part in scope.tasks[task].get("inputs", {}).get("artifacts", {}).items():
        found = _artifact(scope, part)
        if found is None:
            yield f"{name}: reads {_shown(part)}, which is not there"
        elif name in wanted:
            yield from (f"{name}: {fault}" for fault in _unlike(artifact(wanted[name]), found))


def _artifact(scope: Scope, part: Mapping[str, Any]) -> tuple[str, bool] | None:
    if "componentInputArtifact" in part:
        definition = inputs(scope.component, "artifacts").get(part["componentInputArtifact"])
    else:
        source = part["taskOutputArtifact"]
        if source["producerTask"] not in scope.tasks:
            return None
        definition = outputs(scope.of(source["producerTask"]), "artifacts").get(source["outputArtifactKey"])
    return None if definition is None else artifact(definition)


def _unlike(wanted: tuple[str, bool], found: tuple[str, bool]) -> Iterator[str]:
    if wanted[1] != found[1]:
        yield f"{'a list' if wanted[1] else 'one artifact'} is wanted, and {'a list' if found[1] else 'one'} comes"
    if wanted[0] != found[0] and ANY_ARTIFACT not in (wanted[0], found[0]):
        yield f"is {wanted[0]}, and gets {found[0]}"


def _shown(part: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in part.items() if key != "parameterExpressionSelector"})


def _iterator(scope: Scope, task: str) -> Iterator[str]:  # noqa: C901  # checks, one after the other
    spec, component = scope.tasks[task], scope.of(task)
    if "artifactIterator" in spec:
        yield "iterates over artifacts, which no backend can"
    if "parameterIterator" not in spec:
        if "iteratorPolicy" in spec:
            yield "has a policy of an iterator, and none"
        return
    if "dag" not in component:
        yield "iterates over a component that is no DAG"
    wanted, iterator = inputs(component, "parameters"), spec["parameterIterator"]
    item = wanted.get(iterator["itemInput"])
    if item is None:
        yield f"its item goes to {iterator['itemInput']!r}, which is not there"
        return
    if iterator["itemInput"] in spec.get("inputs", {}).get("parameters", {}):
        yield f"gives {iterator['itemInput']!r} a value, and its items too"
    if "raw" in iterator["items"]:
        yield from _raw(iterator["items"]["raw"], item["parameterType"])
        return
    name = iterator["items"]["inputParameter"]
    if name not in wanted or name not in spec.get("inputs", {}).get("parameters", {}):
        yield f"iterates over the input {name!r}, which is not given"
    elif wanted[name]["parameterType"] != "LIST":
        yield f"iterates over {name!r}, which is no list"


def _raw(text: str, kind: str) -> Iterator[str]:
    try:
        listed = json.loads(text)
    except ValueError:
        listed = None
    if not isinstance(listed, list):
        yield f"iterates over {text!r:.60}, which is no list"
        return
    for each in listed:
        if not fits(each, kind):
            yield f"iterates over {each!r:.60}, which is no {kind}"


def _trigger(scope: Scope, task: str) -> Iterator[str]:  # noqa: C901  # checks, one after the other
    spec = scope.tasks[task]
    policy = spec.get("triggerPolicy", {})
    given = spec.get("inputs", {}).get("parameters", {})
    if "condition" in policy:
        yield from condition_faults(policy["condition"], given)
    completed = policy.get("strategy") == COMPLETED
    if completed and not spec.get("dependentTasks"):
        yield "runs at the end of others, and depends on none"
    if completed and len(hooked := {*spec.get("dependentTasks", ()), *scope.sources(task)}) > 1:
        # argocompiler/dag.go, `addImplicitDependencies` and `taskToExitTemplate`
        yield f"runs at the end of each of {', '.join(sorted(hooked))}"
    for name, each in inputs(scope.of(task), "parameters").items():
        if each["parameterType"] != "TASK_FINAL_STATUS":
            continue
        part = given.get(name, {})
        if _type(scope, part) != "TASK_FINAL_STATUS":
            yield f"{name}: nothing tells the status"
        if "taskFinalStatus" not in part:
            continue
        if not completed:
            yield f"{name}: wants the status of a task that may have failed, and does not run then"
    if completed:
        yield from _read_in_vain(scope, task)


def _read_in_vain(scope: Scope, task: str) -> Iterator[str]:
    """Outputs that may not be there when a task runs that also runs after a failure."""
    for kind in ("parameters", "artifacts"):
        wanted = inputs(scope.of(task), kind)
        for name, part in scope.tasks[task].get("inputs", {}).get(kind, {}).items():
            if "taskFinalStatus" not in part and producer_of(part) and not wanted.get(name, {}).get("isOptional"):
                yield f"{name}: runs after a failure too, and then there is no {_shown(part)}"


def _selected(scope: Scope) -> Iterator[str]:
    """The outputs of a DAG: each comes from a task inside, and has its type."""
    offered = scope.component["dag"].get("outputs", {})
    for kind in ("parameters", "artifacts"):
        declared, selected = outputs(scope.component, kind), offered.get(kind, {})
        yield from (f"the output {name!r} comes from nowhere" for name in declared if name not in selected)
        yield from (f"the output {name!r} is not declared" for name in selected if name not in declared)
        for name in declared:
            if name in selected:
                yield from _selection(scope, kind, declared[name], selected[name], f"the output {name!r}")


def _selection(scope: Scope, kind: str, declared: Any, selected: Any, what: str) -> Iterator[str]:
    one = selected.get("valueFromParameter")
    several = selected.get("valueFromOneof", {}).get("parameterSelectors", ())
    for selector in selected.get("artifactSelectors") or ([one] if one else several):
        producer = selector["producerSubtask"]
        key = selector["outputArtifactKey" if kind == "artifacts" else "outputParameterKey"]
        found = outputs(scope.of(producer), kind).get(key) if producer in scope.tasks else None
        if found is None:
            yield f"{what}: {producer} has no {key!r}"
        elif kind == "artifacts":
            title, listed = artifact(found)
            yield from (f"{what}: {fault}" for fault in _unlike(artifact(declared), (title, listed or scope.iterated)))
        elif declared["parameterType"] != (wanted := "LIST" if scope.iterated else found["parameterType"]):
            yield f"{what}: is {declared['parameterType']}, and gets {wanted}"


def _recursion(found: list[Scope]) -> Iterator[str]:
    uses = {scope.place: {task["componentRef"]["name"] for task in scope.tasks.values()} for scope in found}
    for place in uses:
        seen: set[str] = set()
        ahead = list(uses[place])
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead += uses.get(name, ())
        if place in seen:
            yield f"{place} is a part of itself"
