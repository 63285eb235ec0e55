"""Of one name there is one pipeline on an engine: one that came from elsewhere is replaced when that is said alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import yaml
from tests.engines import recording
from tests.engines.recording import Airflow, Argo, Engine
from tests.secrecy.canary import Done, pipeglot

TEXT = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: churn}\nsteps: {WHAT: {image: i, run: x}}\n"


def kept(engine: Engine) -> tuple[str, str]:
    """What the engine holds of the pipeline: its text, and whose it is."""
    if isinstance(engine, Argo):
        template = engine.objects["workflowtemplates", "churn"]
        return yaml.safe_dump(template["spec"]), template["metadata"]["annotations"]["pipeglot/origin"]
    assert isinstance(engine, Airflow)
    (origin,) = engine.dags.glob("*/origin")
    return (engine.dags / "churn.py").read_text("utf-8"), origin.read_text("utf-8").strip()


def started(engine: Engine) -> int:
    return sum(
        each.method == "POST" and each.target.endswith(("/workflows", "/dagRuns", "/default"))
        for each in engine.requests
    )


@pytest.mark.parametrize(
    ("target", "server"),
    [("argo", recording.kubernetes), ("argo", recording.argo_server), ("airflow", recording.airflow)],
)
def test_it_replaces_no_pipeline_that_came_from_elsewhere(
    target: str,
    server: Callable[[Path], AbstractContextManager[Engine]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with server(tmp_path) as engine:
        for name, value in engine.environ.items():
            monkeypatch.setenv(name, value)

        def by(origin: str, what: str, *words: str) -> Done:
            monkeypatch.setenv("PIPEGLOT_ORIGIN", origin)
            profile = f"profiles: {{p: {{{engine.settings}}}}}\n"
            (tmp_path / "pipeline.yaml").write_text(TEXT.replace("WHAT", what) + profile, "utf-8")
            return pipeglot("submit", "pipeline.yaml", "--target", target, "--profile", "p", *words)

        assert by("here//a", "first").code == 0
        assert by("here//a", "second").code == 0
        before, begun = kept(engine), started(engine)
        assert ("second" in before[0], before[1]) == (True, "here//a")
        refused = by("there//b", "third")
        assert refused.code == 4
        assert b"PG529" in refused.said
        assert b"came from `here//a`, and this pipeline is `there//b`" in refused.said
        assert (kept(engine), started(engine)) == (before, begun), "what was there is left as it is, and nothing runs"
        assert by("there//b", "third", "--replace").code == 0
        assert ("third" in kept(engine)[0], kept(engine)[1]) == (True, "there//b")
