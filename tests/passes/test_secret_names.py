"""The names that a profile has for secrets: in variables, volumes and for pulling images, and in no other place."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.analysis.specs import HEAD

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled
from pipeglot.driver.loading import load
from pipeglot.ir import Secret

STEPS = """
steps:
  a:
    run: [x]
    env: {T: {secret: api, key: token}, C: {config_map: api, key: token, optional: true}}
    kubernetes:
      image_pull_secrets: [registry]
      env_from: [{secretRef: {name: api}}, {configMapRef: {name: api}}]
      volumes: [{mount_path: /keys, secret: {secretName: api}}, {mount_path: /etc/a, configMap: {name: api}}]
profiles:
  prod: {secrets: {api: api-prod, registry: registry-prod}}
  bad: {secrets: {apy: api-prod}}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "pipeline.yaml"
    found.write_text(HEAD + STEPS, "utf-8")
    return found


def test_secrets_are_called_as_the_profile_says(path: Path) -> None:
    (step,) = load(path, "prod").steps
    assert step.pod is not None
    assert step.env["T"] == Secret("api-prod", "token")
    assert step.pod.image_pull_secrets == ("registry-prod",)
    assert step.pod.env_from == ({"secretRef": {"name": "api-prod"}}, {"configMapRef": {"name": "api"}})
    sources = [each.source for each in step.pod.volumes]
    assert sources == [{"secret": {"secretName": "api-prod"}}, {"configMap": {"name": "api"}}]
    files = {file.path: file.text for file in compiled(load(path, "prod"), "local").native}
    assert '"api-prod"' in files["plan.json"]


def test_a_name_that_no_step_has_is_told(path: Path) -> None:
    with pytest.raises(SpecRejected) as rejected:
        load(path, "bad")
    (found,) = rejected.value.diagnostics
    assert (found.code, found.hint) == ("PG203", "did you mean `api`?")
    assert found.message == "the profile has another name for the secret `apy`, but no step has such a secret"
