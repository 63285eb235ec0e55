"""`pipeglot set`: one value is another, all else stays, and no mistake is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeglot.cli.main import main
from pipeglot.diagnostics import SpecRejected
from pipeglot.edit.setting import with_value

TEXT = """\
# a pipeline
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: p}
steps:
  a:
    run: [echo, "1"]   # what it does
    env: {A: "1"}

  # the next one
  b: {run: echo b}
"""


@pytest.mark.parametrize(
    ("key", "value", "there", "gone"),
    [
        ("steps.a.timeout", "2h", '    env: {A: "1"}\n    timeout: 2h\n\n  # the next one\n', None),
        ("steps.a.run.1", '"2"', 'run: [echo, "2"]   # what it does', '"1"]'),
        ("steps.a.retry.limit", "3", "    retry:\n      limit: 3\n", None),
        ("steps.b", "{run: [x, y]}", "  b: {run: [x, y]}\n", "echo b"),
        ('metadata.labels."a.b/c"', "'é: 1'", "metadata: {name: p, labels: {a.b/c: 'é: 1'}}", None),
        ("params.rate.default", "0x10", "params:\n  rate:\n    default: 0x10\n", None),
    ],
)
def test_it_is_set_and_all_else_stays(key: str, value: str, there: str, gone: str | None) -> None:
    after = with_value(TEXT, key, value, "it")
    assert there in after
    assert gone is None or gone not in after
    assert after.startswith("# a pipeline\napiVersion")
    assert with_value(after, key, value, "it") == after


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("steps..a", "1", "is no way to a value"),
        ("", "1", "is no way to a value"),
        ("steps.a.run.2", "1", "the list has 2"),
        ("steps.a.run.x", "1", "names no element"),
        ("kind.a", "1", "leads into a single value"),
        ("steps.a.env.A.b.c", "1", "leads into a single value"),
        ("steps.a.env", "{a: [", "is no YAML"),
    ],
)
def test_what_leads_nowhere_is_told(key: str, value: str, message: str) -> None:
    with pytest.raises(SpecRejected, match=message):
        with_value(TEXT, key, value, "it")


def test_no_mistake_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pipeline.yaml").write_text(TEXT)
    assert main(["set", "steps.a.timeot", "2h"]) == 1
    assert "has no field `timeot`" in capsys.readouterr().err
    assert Path("pipeline.yaml").read_text() == TEXT
    assert main(["set", "steps.a.timeout", "2h"]) == 0
    assert main(["set", "steps.a.timeout", "2h"]) == 0
    assert capsys.readouterr().out == "pipeline.yaml: steps.a.timeout is 2h\npipeline.yaml: it is so already\n"
    Path("pipeline.yaml").write_text(TEXT.replace("kind:", "knd:"))
    assert main(["set", "steps.a.timeout", "3h"]) == 0, "what was wrong before is no reason"
    assert "timeout: 3h" in Path("pipeline.yaml").read_text()
