"""A target's client is not needed to compile, and each command that needs it says so."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.engines.submitting import SPEC

from pipeglot.cli.main import main

CLIENTS = ("kubernetes", "argo_workflows", "kfp", "kfp_server_api", "google", "airflow_client")


class Absent(importlib.abc.MetaPathFinder):
    """As if none of them was installed."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> None:
        if name.partition(".")[0] in CLIENTS:
            raise ModuleNotFoundError(name=name)


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in CLIENTS]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])


@pytest.mark.parametrize("target", ["airflow", "argo", "kubeflow", "vertex"])
@pytest.mark.parametrize("command", ["submit", "collect --all"])
@pytest.mark.usefixtures("absent")
def test_it_says_which_package_is_not_installed(
    command: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("KUBECONFIG", "ARGO_SERVER"):
        monkeypatch.delenv(name, raising=False)
    settings = (
        "vertex: {project: acme-ml, region: europe-west4, bucket: 'gs://acme-ml'}, airflow: {url: 'http://127.0.0.1:1'}"
    )
    profile = f"profiles: {{p: {{{settings}}}}}\n"
    (tmp_path / "pipeline.yaml").write_text(SPEC + profile, "utf-8")
    given = ["-p", "secret=hush"] if command == "submit" else []
    assert main([*command.split(), "pipeline.yaml", "--target", target, "--profile", "p", *given]) == 4
    said = capsys.readouterr().err
    assert "PG525" in said
    assert "pip install 'pipeglot[" in said
