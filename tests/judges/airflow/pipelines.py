"""Pipelines, made by hand, that hold every form the Airflow target writes."""

from __future__ import annotations

from pipeglot.ir import (
    Command,
    FanOut,
    Origin,
    Output,
    Param,
    Pipeline,
    Read,
    ReadKind,
    Resources,
    Retry,
    RetryOn,
    RunIf,
    Step,
)

HERE = Origin("pipeline.yaml", ("steps",))
EVIL = '""" \' {{ ti }} {% raw %} \\ \n\r\u202e \U0001f600 [[ x ]] [% y %] $(id) ${{ z }}'


def step(name: str, **rest: object) -> Step:
    return Step(name, Command((["lit", "true"],)), HERE, **rest)  # type: ignore[arg-type]  # keywords of many types


def output(name: str, of: str, *, fan: bool = False) -> Read:
    return Read(f"steps.{of}.outputs.{name}", ReadKind.OUTPUT, "int", step=of, output=name, fan=fan)


def param(name: str) -> Read:
    return Read(f"params.{name}", ReadKind.PARAM, "string", param=name)


def words(of: str, *kinds: ReadKind) -> tuple[Read, ...]:
    return tuple(Read(f"steps.{of}.{kind.value}", kind, step=of) for kind in kinds)


def fan_out(*, literal: tuple[int, ...] | None = None, **rest: object) -> FanOut:
    items = ["lit", list(literal)] if literal is not None else ["ref", "steps", "a", "outputs", "n"]
    return FanOut(items, "int", HERE, literal, **rest)  # type: ignore[arg-type]  # keywords of many types


CHAIN = Pipeline(
    "chain",
    HERE,
    params=(Param("rows", "int", HERE, default=10, limits={"min": 1}, description="How many"),),
    steps=(
        step("extract", reads=(param("rows"),), outputs=(Output("raw", HERE, artifact="dataset", file="raw"),)),
        step("train", needs=("extract",), reads=(output("raw", "extract"),), timeout=3600.0, resources=Resources(HERE)),
    ),
    description="Two steps",
    labels={"team": "growth"},
)
FANNED = Pipeline(
    "fanned",
    HERE,
    params=(),
    steps=(
        step("a"),
        step("each", needs=("a",), fan_out=fan_out(max_parallel=4), needs_list_task=True, reads=(output("n", "a"),)),
        step("fixed", fan_out=fan_out(literal=(5, 6, 7), fail_fast=True)),
        step(
            "all",
            needs=("each", "fixed"),
            reads=(
                output("r", "each", fan=True),
                *words("each", ReadKind.STATE, ReadKind.ITEMS),
                *words("fixed", ReadKind.STATE),
            ),
        ),
    ),
    max_parallel=3,
)
MENDED = Pipeline(
    "mended",
    HERE,
    params=(),
    steps=(
        step("a", retry=Retry(3, HERE, 30.0, 2.0, 600.0)),
        step("b", retry=Retry(1, HERE, on=(RetryOn.TIMEOUT,)), timeout=0.5),
        step("c", needs=("a",), run_if=RunIf.FAILURE, reads=words("a", ReadKind.STATE, ReadKind.ENGINE)),
        step(
            "d",
            needs=("a", "b"),
            run_if=RunIf.ALWAYS,
            fan_out=fan_out(),
            needs_list_task=True,
            reads=(*words("b", ReadKind.ENGINE), output("n", "a")),
        ),
    ),
    on_exit=(
        step(
            "bye",
            on_exit=True,
            reads=(Read("run.status", ReadKind.RUN), Read("run.failed_steps", ReadKind.RUN, "list[string]")),
        ),
        step("verdict", on_exit=True, timeout=60.0),
    ),
    fail_fast=True,
    deadline=7200.0,
)
HOSTILE = Pipeline(
    "0-hostile",
    HERE,
    params=(
        Param("items", "string", HERE, default=EVIL, description=EVIL, limits={"pattern": "[\"'{}]*", "enum": [EVIL]}),
        Param("keys", "list[string]", HERE, default=[EVIL], sensitive=True),
        Param("settings", "dict", HERE, default={EVIL: [1, 1.5, True, {"a": EVIL}]}),
        Param("required", "float", HERE, limits={"min": 0.5, "max": 1}),
    ),
    steps=(
        step("class", reads=(param("items"), param("keys"))),
        step("json", needs=("class",)),
        step("wire-x", needs=("class", "json"), reads=(param("settings"), output("for", "class"))),
        step("outer.inner", needs=("wire-x",)),
        step("outer_inner", fan_out=fan_out(literal=())),
        step("_verdict_", needs=("outer.inner",)),
    ),
    description=EVIL,
    labels={"evil": EVIL, "long": "x" * 200},
    settings={"airflow": {"url": 'http://127.0.0.1:8080/"', "pool": 'p"ool', "python": EVIL, "code": '/srv/"code'}},
    artifacts="file:///srv/art%20'ifacts",
)
ALL = (CHAIN, FANNED, MENDED, HOSTILE)
