"""The graph of a pipeline: as SVG, and for those who draw: Mermaid, which forges show in a page, and Graphviz."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pipeglot.ir import Pipeline, RunIf, Step
from pipeglot.rendering.svg import Edge, Node, svg


@dataclass(frozen=True, slots=True)
class _Language:
    """How a graph begins and ends, a node (name, text, whether it is a fan-out), an edge (from, to, text), a box."""

    head: str
    foot: str
    node: Callable[[str, str, bool], str]
    edge: Callable[[str, str, str], str]
    box: Callable[[str, str], str]
    box_end: str


def drawn(pipeline: Pipeline, form: str) -> str:
    """Each step as a node, in boxes the steps of a group and those of `on_exit`; edges bear the outputs they carry."""
    if form == SVG:
        return _picture(pipeline)
    language = FORMS[form]
    names = {step.id: f"s{number}" for number, step in enumerate((*pipeline.steps, *pipeline.on_exit))}
    lines = [language.head, *_level(language, pipeline.steps, names, "", "  ")]
    lines += [f"  {line}" for step in pipeline.steps for line in _edges(language, step, names)]
    if pipeline.on_exit:
        lines += ["  " + language.box("exit", "on exit")]
        lines += [f"    {_node(language, step, names)}" for step in pipeline.on_exit]
        lines += [f"  {language.box_end}"]
    return "\n".join([*lines, *([language.foot] if language.foot else [])]) + "\n"


def _picture(pipeline: Pipeline) -> str:
    """Steps by their whole ids, in the place of boxes; those of `on_exit` are round."""
    steps = (*pipeline.steps, *pipeline.on_exit)
    numbers = {step.id: number for number, step in enumerate(steps)}
    ends = {step.id for step in pipeline.on_exit}
    nodes = [Node(_told(one, one.id), one.id in ends, one.fan_out is not None, one.id in ends) for one in steps]
    carried = ((step, _carried(step)) for step in steps)
    drawn = [(need, step.id, ", ".join(outputs.get(need, ()))) for step, outputs in carried for need in step.needs]
    return svg(nodes, [Edge(numbers[need], numbers[name], text, not text) for need, name, text in drawn])


def _level(
    language: _Language, steps: tuple[Step, ...], names: Mapping[str, str], inside: str, indent: str
) -> Iterator[str]:
    """The steps right inside a group, and the groups in it as boxes, in the order in which they were written."""
    boxes = set[str]()
    for step in steps:
        rest = step.id.removeprefix(inside)
        name, dot, _ = rest.partition(".")
        if not dot:
            yield indent + _node(language, step, names)
        elif name not in boxes:
            boxes.add(name)
            group = f"{inside}{name}."
            within = tuple(other for other in steps if other.id.startswith(group))
            yield indent + language.box("g" + names[within[0].id] + str(len(group)), name)
            yield from _level(language, within, names, group, f"{indent}  ")
            yield indent + language.box_end


def _node(language: _Language, step: Step, names: Mapping[str, str]) -> str:
    text = _told(step, step.id.rpartition(".")[2])
    return language.node(names[step.id], text, step.fan_out is not None)


def _told(step: Step, name: str) -> str:
    words = [name]
    words += ["× each" if step.fan_out else "", "if" if step.when is not None else ""]
    words += [step.run_if.value if step.run_if is not RunIf.SUCCESS else ""]
    return " · ".join(part for part in words if part)


def _edges(language: _Language, step: Step, names: Mapping[str, str]) -> Iterator[str]:
    carried = _carried(step)
    for need in step.needs:
        yield language.edge(names[need], names[step.id], ", ".join(carried.get(need, ())))


def _carried(step: Step) -> Mapping[str, Mapping[str, None]]:
    """By the step that made them, the outputs that this one reads."""
    carried: dict[str, dict[str, None]] = {}
    for read in step.reads:
        if read.step and read.output:
            carried.setdefault(read.step, {})[read.output] = None
    return carried


def _mermaid_node(name: str, text: str, is_fan: bool) -> str:
    return f'{name}[["{_escaped(text)}"]]' if is_fan else f'{name}["{_escaped(text)}"]'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _dot_edge(one: str, other: str, text: str) -> str:
    return f'{one} -> {other} [label="{text}"];' if text else f"{one} -> {other} [style=dashed];"


SVG: Final = "svg"
FORMS: Final[Mapping[str, _Language]] = {
    "mermaid": _Language(
        "flowchart TD",
        "",
        _mermaid_node,
        lambda one, other, text: f"{one} -->|{text}| {other}" if text else f"{one} -.-> {other}",
        lambda name, text: f'subgraph {name}["{_escaped(text)}"]',
        "end",
    ),
    "dot": _Language(
        "digraph pipeline {",
        "}",
        lambda name, text, is_fan: f'{name} [label="{text}", shape=box{", peripheries=2" if is_fan else ""}];',
        _dot_edge,
        lambda name, text: f'subgraph cluster_{name} {{ label="{text}";',
        "}",
    ),
}
