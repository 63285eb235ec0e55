"""Files of run parameters: JSON is JSON, anything else YAML; what is wrong has a place in the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run

SPEC = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: hello}
params:
  v: {type: string}
  n: {type: int, default: 3}
steps:
  greet:
    run: 'printf %s "${{ params.v }}" > "${{ outputs.v }}"'
    outputs: {v: {type: string}}
"""
RUN = "01a22cab-45d4-7f5d-8d1f-5f8676f7dc09"
ODD = "ok \U0001f600\u2028\u2029\x85\x7f \t\r\n\u200b"


def given(text: str, pipeglot: Run, folder: Path, name: str = "p.json") -> tuple[int, str]:
    (folder / "pipeline.yaml").write_text(SPEC, "utf-8")
    (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    told = pipeglot("run", "--params-file", name, "--run-id", RUN)
    return told.returncode, told.stderr.partition("\n")[0]


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_it_takes_what_programs_write_as_json(ascii_only: bool, mark: str, pipeglot: Run, tmp_path: Path) -> None:
    text = mark + json.dumps({"v": ODD, "n": 5}, ensure_ascii=ascii_only, indent="\t")
    assert given(text, pipeglot, tmp_path) == (0, "")
    shown = pipeglot("show", RUN, "--format", "normal").stdout
    assert json.loads(shown)["steps"]["greet"]["outputs"]["v"]["value"] == ODD


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("", "1:1", "PG107"),
        (" [1]", "1:2", "PG108"),
        ('{"v": "x",\n "n": tru}', "2:7", "PG134"),
        ('{"v": "x",\n "n": }', "2:7", "PG134"),
        ('{"v": "x"\n "n": 1}', "2:2", "PG134"),
        ('{"v": "x",\n}', "2:1", "PG134"),
        ("{v: x}", "1:2", "PG134"),
        ('{"v" "x"}', "1:6", "PG134"),
        ('{"v": "x"', "1:10", "PG134"),
        ('{"v": "x"} 1', "1:12", "PG134"),
        ('{"v": "a\nb"}', "1:9", "PG134"),
        ('{"v": "\\x"}', "1:8", "PG134"),
        ('{"v": NaN}', "1:7", "PG134"),
        ('{"n": ' + "9" * 5000 + "}", "1:7", "PG134"),
        ('{"n": 1e999}', "1:7", "PG134"),
        ('{"n": {"a": 1, "a": 2}}', "1:7", "PG134"),
        ('{"v": "x",\n "v": "y"}', "2:2", "PG101"),
        ('{"v": ' + "[" * 200_000, "1:7", "PG115"),
        ('{"n": 1.5, "v": "x"}', "1:7", "PG501"),
        ('{"v": "\\ud800"}', "1:7", "PG501"),
        ('{"v": "x",\n "m": 1}', "2:2", "PG500"),
    ],
)
def test_it_places_what_is_wrong_in_json(text: str, place: str, code: str, pipeglot: Run, tmp_path: Path) -> None:
    exit_code, first = given(text, pipeglot, tmp_path)
    assert exit_code in (1, 2)
    assert first.startswith(f"p.json:{place}: error[{code}]: ")


def test_it_places_what_does_not_fit_in_yaml(pipeglot: Run, tmp_path: Path) -> None:
    code, first = given("v: x\nn: no\n", pipeglot, tmp_path, "p.yaml")
    assert (code, first) == (2, "p.yaml:2:4: error[PG501]: param `n` in `p.yaml`: it is a string, not an int")
