"""What Vertex AI has no word for: refused at compile time, with the reason and who can."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, load, packed_sidecar
from pipeglot.ir import ConfigKey, Gpu, Pipeline, Secret
from pipeglot_backends.features.labels import of_google_cloud
from pipeglot_backends.vertex.emit import accelerators, quantities

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: limits}
steps:
  a: {image: python, run: ["true"]EXTRA}
"""
Load = Callable[[str, str], Pipeline]


@pytest.fixture
def loaded(tmp_path: Path) -> Load:
    def load_text(step: str, rest: str = "") -> Pipeline:
        path = tmp_path / "pipeline.yaml"
        path.write_text(SPEC.replace("EXTRA", f", {step}" if step else "") + rest, "utf-8")
        return load(path)

    return load_text


@pytest.mark.parametrize(
    ("step", "rest", "reason"),
    [
        ("resources: {gpu: {count: 1, type: radeon}}", "", "no such GPU; there are `NVIDIA_A100_80GB`, .*"),
        ("cache: {enabled: true}", "", "names no place in which the work of steps is kept"),
        ("resources: {shm: 1Gi}", "", "no larger `/dev/shm`"),
        ("resources: {disk: 1Gi}", "", "cpu, memory and accelerators alone"),
        ("", "schedule: {cron: '0 6 * * 1', overlap: replace}", "or leaves it out: it stops none"),
        ("", "schedule: {cron: '0 6 * * 1', catchup: true}", "someone resumes a schedule that was paused"),
    ],
)
def test_it_refuses(step: str, rest: str, reason: str, loaded: Load) -> None:
    with pytest.raises(SpecRejected, match=rf"PG401: `vertex` cannot keep this: .*{reason} \(.* can\)"):
        compiled(loaded(step, rest), "vertex")


def test_it_takes_a_gpu_of_whatever_kind(loaded: Load) -> None:
    pipeline = loaded("resources: {gpu: {count: 2}}", "")
    assert '"resourceType": "NVIDIA_TESLA_T4"' in compiled(pipeline, "vertex").native[0].text
    named = replace(pipeline, settings={"vertex": {"gpu": "nvidia-l4"}})
    assert '"resourceType": "NVIDIA_L4"' in compiled(named, "vertex").native[0].text
    with pytest.raises(SpecRejected, match=r"PG\d+: .*one of Google Cloud's"):
        compiled(replace(pipeline, settings={"vertex": {"gpu": "radeon"}}), "vertex")


@pytest.mark.parametrize("way", ["configmap", "task"])
def test_it_brings_the_sidecar_in_a_way_that_it_has(way: str, loaded: Load) -> None:
    pipeline = loaded("", "")
    asked, plain = (compiled(each, "vertex").native for each in (replace(pipeline, deliver=way), pipeline))
    assert [file.text for file in asked] == [file.text for file in plain]


def test_a_label_that_google_cloud_refuses_stands_on_no_job(loaded: Load) -> None:
    pipeline = replace(loaded("", ""), labels={"team": "search", "acme/Team": "Search", "Upper": "x"})
    assert compiled(pipeline, "vertex").native
    assert of_google_cloud(pipeline) == {"team": "search"}


def test_a_variable_from_a_config_map_that_need_not_be_there_is_not_set(loaded: Load) -> None:
    step = loaded("", "").steps[0]
    optional = replace(step, env={"A": ConfigKey("c", "k", optional=True)})
    assert compiled(replace(loaded("", ""), steps=(optional,)), "vertex").native


def test_what_asks_for_secrets_brings_along_what_fetches_them(loaded: Load) -> None:
    plain = loaded("", '  b: {image: python, run: ["true"]}\n')
    asking = replace(plain.steps[0], env={"TOKEN": Secret("acme", "token")})
    job = "{{$.pipeline_job_resource_name}}"
    sent = replace(plain, records=replace(plain.records, server="https://records.acme.com"))
    told = [_tasks(each) for each in (plain, replace(plain, steps=(asking, plain.steps[1])), sent)]
    assert told == [{}, {"a": job}, {"a": job, "b": job}]


def _tasks(pipeline: Pipeline) -> dict[str, str]:
    """Which tasks are told of the job, and that the sidecar knows what to make of it exactly then."""
    text = compiled(pipeline, "vertex").native[0].text
    tasks = json.loads(text)["root"]["dag"]["tasks"]
    told = {name: task["inputs"]["parameters"].get("pipeglot-job") for name, task in tasks.items()}
    assert (packed_sidecar("sidecar-whole") in text) == any(told.values())
    return {name: each["runtimeValue"]["constant"] for name, each in told.items() if each}


def test_an_importer_finds_the_sidecar_on_cloud_storage_alone(loaded: Load) -> None:
    two = loaded("", '  b: {image: python, run: ["true"]}\n')
    elsewhere = replace(two, artifacts="s3://acme/churn", deliver="importer")
    with pytest.raises(SpecRejected, match="an importer brings the sidecar from beside the artifacts"):
        compiled(elsewhere, "vertex")
    for artifacts, place in (("s3://acme/churn", "gs://acme-ml/runs/pipeglot-"), ("gs://acme", "gs://acme/pipeglot-")):
        named = replace(elsewhere, artifacts=artifacts, settings={"vertex": {"bucket": "acme-ml/runs"}})
        assert any(place in file.text for file in compiled(named, "vertex").native)


def test_it_knows_its_settings(loaded: Load) -> None:
    pipeline = replace(loaded("", ""), settings={"vertex": {"projekt": "x"}})
    with pytest.raises(SpecRejected, match="PG430: `vertex` has no setting `projekt`"):
        compiled(pipeline, "vertex")


@pytest.mark.parametrize(
    "schedule",
    [
        "{cron: '0 6 * * 1', timezone: Europe/Vienna}",
        "{cron: '0 6 * * 1', max_active: 3}",
        "{cron: '0 6 * * 1', overlap: skip}",
    ],
)
def test_it_takes_schedules(schedule: str, loaded: Load) -> None:
    assert compiled(loaded("", f"schedule: {schedule}"), "vertex").native


@pytest.mark.parametrize("kind", ["nvidia-tesla-t4", "NVIDIA_TESLA_T4", "Nvidia-Tesla-T4"])
def test_it_knows_gpus_by_the_labels_of_nodes_too(kind: str) -> None:
    assert accelerators.known(kind)
    assert accelerators.name_of(Gpu(1, kind)) == "NVIDIA_TESLA_T4"


@pytest.mark.parametrize(
    ("quantity", "number"),
    [("2", 2.0), ("500m", 0.5), ("1Gi", 2.0**30), ("1.5G", 1.5e9), ("1e3", 1000.0), ("0.1", 0.1)],
)
def test_it_reads_quantities(quantity: str, number: float) -> None:
    assert quantities.number(quantity) == number


@pytest.mark.parametrize("quantity", ["", "x", "1 Gi", "1Q"])
def test_it_reads_nothing_else(quantity: str) -> None:
    with pytest.raises(ValueError, match="is no quantity"):
        quantities.number(quantity)
