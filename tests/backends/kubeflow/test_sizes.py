"""What a run takes of what Argo has for its notes, and what is refused because it would not fit, or not arrive."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, find_target, load, options_for, packed_sidecar
from pipeglot.driver.planning import plan, plan_text
from pipeglot.ir import Pipeline
from pipeglot_backends import kubeflow
from pipeglot_backends.emit import config_maps
from pipeglot_backends.kubeflow.remote.arguments import arguments
from pipeglot_backends.protocol import Room
from pipeglot_backends.vertex.emit import sizes as of_vertex

EXAMPLE = Path(__file__).parents[3] / "examples/breast_cancer"
HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: p}\ndefaults: {image: x}\nsteps:\n"
STEP = (
    "  s{0}: {{run: [python3, -m, some.module, '{0}'], outputs: {{model: {{artifact: model}}, rows: {{type: int}}}}}}\n"
)
Written = Callable[[str], Pipeline]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(steps: str) -> Pipeline:
        (tmp_path / "pipeline.yaml").write_text(HEAD + steps, "utf-8")
        return load(tmp_path / "pipeline.yaml")

    return write


def many(count: int) -> str:
    return "".join(STEP.format(each) for each in range(count))


def room(pipeline: Pipeline) -> Room:
    return kubeflow.room(compiled(pipeline, "kubeflow").native)


def said(pipeline: Pipeline, target: str = "kubeflow") -> str:
    backend, version = find_target(target)
    options = options_for(pipeline, backend, version)
    return plan_text(plan(pipeline, backend, options, backend.emit(pipeline, options)))


def test_our_example_takes_less_than_half_of_what_argo_has() -> None:
    found = room(load(EXAMPLE / "pipeline.yaml"))
    assert 0.25 < found.taken / found.limit < 0.45
    assert list(found.items) == ["train"]


def test_what_stands_in_a_task_counts_eight_times(written: Written) -> None:
    inline = room(replace(written(many(2)), deliver="inline")).taken
    once = room(replace(written(many(1)), deliver="inline")).taken
    assert 8 * len(packed_sidecar()) < inline - once < 10 * len(packed_sidecar())
    known, unknown = (f"  l: {{run: [x], foreach: {{items: {items}}}}}\n" for items in ("[1, 2, 3, 4]", "[1]"))
    more, less = (room(replace(written(each), deliver="image")).taken for each in (known, unknown))
    assert 3 * 1000 < more - less < 3 * 8000, "items that are known are counted"


def test_the_plan_says_it_and_warns(written: Written) -> None:
    assert "of 1,024 KiB (3" in said(written(many(2)))
    assert "WARNING" not in said(written(many(2)))
    text = said(written(many(105)))
    assert "WARNING: that is much. More than 900 KiB are refused" in text


def test_more_than_fits_is_refused(written: Written) -> None:
    with pytest.raises(SpecRejected, match=r"what Argo notes of a run would take .* of its 1,024 KiB") as told:
        compiled(replace(written(many(4)), deliver="inline"), "kubeflow")
    assert told.value.diagnostics[0].hint == "write `sidecar: {deliver: task}`, or `auto`"
    assert kubeflow.delivery(compiled(written(many(150)), "kubeflow").native) == kubeflow.WAY, "which takes less"
    with pytest.raises(SpecRejected, match="at most 900 are safe"):
        compiled(written(many(400)), "kubeflow")


@pytest.mark.parametrize("target", ["kubeflow", "vertex"])
def test_items_that_read_all_artifacts_of_a_fan_out_have_them_gathered(target: str, written: Written) -> None:
    """Of a list of them that Kubeflow gives a graph, what is seen is the last one alone."""
    made = "  a: {run: [x], foreach: {items: [1, 2]}, outputs: {f: {artifact: file}}}\n"
    reads = "  b: {run: [x, '${{ args(steps.a.outputs.f) }}']%s}\n"
    assert "a-f-gathered" not in compiled(written(made + reads % ""), target).native[0].text
    pipeline = written(made + reads % ", foreach: {items: [1, 2]}")
    assert "a-f-gathered" in compiled(pipeline, target).native[0].text
    assert "gathers what the items of `a` left as `f`" in said(pipeline, target)


def test_a_config_map_is_measured_as_kubernetes_does(written: Written) -> None:
    pipeline = written(many(1))
    options = options_for(pipeline, *find_target("argo"))
    letters = random.Random(1).choices("0123456789abcdef", k=1_700_000)  # each is half a byte, once it is compressed
    config_maps.files("argo", pipeline, replace(options, table="".join(letters)))
    with pytest.raises(SpecRejected, match="the ConfigMap with the step table has 1"):
        config_maps.files("argo", pipeline, replace(options, table="".join(letters + letters[::-1])))


def test_vertex_takes_what_a_request_to_google_cloud_holds(written: Written) -> None:
    pipeline = written(many(1))
    of_vertex.check(pipeline, {"a": "x" * (9 * 2**20)})
    with pytest.raises(SpecRejected, match=r"the request to start it has 11\.1 MiB, and at most 10 fit"):
        of_vertex.check(pipeline, {"a": "x" * (11 * 2**20)})


def test_a_default_is_no_param_that_a_run_is_given(tmp_path: Path) -> None:
    """What a request may hold of params is no limit of the definition."""
    default = "x" * 20_000
    text = HEAD.replace("steps:", f"params: {{p: {{type: string, default: {default}}}}}\nsteps:")
    (tmp_path / "pipeline.yaml").write_text(text + "  a: {run: [x, '${{ params.p }}']}\n", "utf-8")
    pipeline = load(tmp_path / "pipeline.yaml")
    assert default in compiled(pipeline, "kubeflow").native[0].text
    assert "`submit` gives it what is asked for alone" in said(pipeline)
    assert set(arguments(pipeline, {}, None)) == {"pipeglot-run-id"}
