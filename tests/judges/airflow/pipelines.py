"""Pipelines, made by hand, that hold every form the Airflow target writes."""

from __future__ import annotations

from dataclasses import replace

from pipeglot.ir import (
    Command,
    FanOut,
    Gpu,
    Origin,
    Output,
    Param,
    Pipeline,
    Read,
    ReadKind,
    Records,
    Resources,
    Retry,
    RetryOn,
    RunIf,
    Schedule,
    Secret,
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
    labels={"evil": EVIL, "long": "x" * 95},
    settings={"airflow": {"url": 'http://127.0.0.1:8080/"', "pool": 'p"ool', "python": EVIL, "code": '/srv/"code'}},
    artifacts="file:///srv/art%20'ifacts",
)
ALL = (CHAIN, FANNED, MENDED, HOSTILE)
HEAVY = Pipeline(
    "heavy",
    HERE,
    params=(Param("token", "string", HERE, sensitive=True),),
    steps=(
        step(
            "fit",
            image="ghcr.io/acme/fit:1.4",
            workdir="/srv/code",
            env={"TOKEN": Secret("acme-api", "to.ken")},
            reads=(param("token"),),
            resources=Resources(HERE, "1500m", "16Gi", "64K", "1G", Gpu(2)),
            fan_out=fan_out(literal=(1, 2)),
            outputs=(Output("model", HERE, artifact="model", file="model"),),
        ),
        step("light", image="ghcr.io/acme/light:{{ 1 }}", resources=Resources(HERE, cpu="0.5")),
    ),
    artifacts="file:///srv/artifacts",
)
SCHEDULED = replace(
    CHAIN,
    name="scheduled",
    schedule=Schedule(
        "0,30 6 * * 1,2,3,4,5",
        "Europe/Berlin",
        HERE,
        "2026-11-01T12:00:00+00:00",
        "2027-01-01T00:00:00+00:00",
        True,
        max_active=2,
    ),
)
NIGHTLY = replace(CHAIN, name="nightly", schedule=Schedule("15 3 1,15 * *", "UTC", HERE))
IN_IMAGE = "ghcr.io/acme/churn:1.4"


def in_containers(pipeline: Pipeline, operator: str) -> Pipeline:
    """The same pipeline with another operator: with images, and without what is for Bash operators only."""
    given = {name: value for name, value in pipeline.settings.get("airflow", {}).items() if name not in ("code",)}

    def own(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(replace(each, image=each.image or IN_IMAGE) for each in steps)

    return replace(
        pipeline,
        steps=own(pipeline.steps),
        on_exit=own(pipeline.on_exit),
        settings={"airflow": {**given, "operator": operator}},
    )


TYPED = Resources(HERE, "1500m", "16Gi", shm="1G", gpu=Gpu(1, "nvidia-l4"))
TYPED_GPU = (replace(HEAVY.steps[0], resources=TYPED), HEAVY.steps[1])
CLAIMED = replace(
    HEAVY,
    name="claimed",
    steps=TYPED_GPU,
    records=Records(sink="file:///srv/artifacts/records", fail=True),
    settings={
        "airflow": {"claim": "churn", "gpu_label": "acme/gpu", "namespace": "ml", "service_account": "trainer"},
    },
)
BROUGHT = replace(in_containers(FANNED, "docker"), name="brought", python="python:3.12-slim")
"""Its images need no Python: that of another one is brought."""
SHARED = replace(
    CLAIMED, name="shared", records=Records(sink="/srv/records"), settings={"airflow": {"gpu_label": "gpu"}}
)
