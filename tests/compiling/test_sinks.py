"""What each target tells the sidecar of the server that records are sent to, and where its token comes from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from pipeglot.driver.compiling import compiled, load

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: sent}
defaults: {image: alpine}
records: {sink: "https://records.example/team"}
steps:
  a: {run: ["true"], env: {KEY: {secret: hub, key: token}}}
  b: {foreach: {items: [1, 2]}, run: ["true"]}
on_exit:
  c: {run: ["true"]}
"""
TOKEN = {"name": "pipeglot-sink", "key": "token", "optional": True}


def emitted(folder: Path, target: str, **settings: str) -> dict[str, str]:
    (folder / "pipeline.yaml").write_text(SPEC, "utf-8")
    pipeline = load(folder / "pipeline.yaml")
    pipeline = replace(pipeline, settings={target: dict(settings)})
    return {file.path: file.text for file in compiled(pipeline, target).native}


def test_argo_tells_every_pod(tmp_path: Path) -> None:
    text = emitted(tmp_path, "argo")["workflowtemplate.yaml"]
    (common,) = [each for each in yaml.safe_load_all(text) if each["kind"] == "WorkflowTemplate"]
    given = {each["name"]: each for each in common["spec"]["templateDefaults"]["container"]["env"]}
    assert given["PIPEGLOT_SINK"]["value"] == "https://records.example/team"
    assert given["PIPEGLOT_SINK_TOKEN"]["valueFrom"] == {"secretKeyRef": TOKEN}


def test_kubeflow_tells_every_container(tmp_path: Path) -> None:
    pipeline, platform = yaml.safe_load_all(emitted(tmp_path, "kubeflow")["pipeline.yaml"])
    executors = pipeline["deploymentSpec"]["executors"]
    steps = {name for name, each in executors.items() if "execute" in str(each["container"]["command"])}
    told = {name for name in steps for each in executors[name]["container"]["env"] if each["name"] == "PIPEGLOT_SINK"}
    assert told == steps != set()
    for name in steps:
        secrets = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"][name]["secretAsEnv"]
        (found,) = [each for each in secrets if each["keyToEnv"][0]["envVar"] == "PIPEGLOT_SINK_TOKEN"]
        assert (found["secretName"], found["keyToEnv"][0]["secretKey"], found["optional"]) == (*TOKEN.values(),)


@pytest.mark.parametrize(
    ("operator", "wanted"),
    [
        ("bash", []),
        ("docker", ['for name in ["PIPEGLOT_SINK_TOKEN"] if name in os.environ']),
        (
            "kubernetes",
            [
                'k8s.V1SecretKeySelector(name="pipeglot-sink", key="token", optional=True)',
                "for name, source in self.outside",
            ],
        ),
    ],
)
def test_airflow_tells_every_task(tmp_path: Path, operator: str, wanted: list[str]) -> None:
    files = emitted(tmp_path, "airflow", operator=operator)
    (text,) = [text for name, text in files.items() if name.endswith(".py") and "sidecar" not in name]
    compile(text, "dag.py", "exec")
    assert '"PIPEGLOT_SINK": "https://records.example/team"' in text
    assert [part for part in wanted if part not in text] == []


def test_vertex_names_no_secret_of_kubernetes(tmp_path: Path) -> None:
    """The sidecar asks Secret Manager itself: tests/sidecar/test_secret_manager.py."""
    text = emitted(tmp_path, "vertex")["pipeline.json"]
    assert "https://records.example/team" in text
    assert "PIPEGLOT_SINK_TOKEN" not in text
