"""What a run was made of begins with what came from outside, and leaves nothing out."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeglot.cli.main import main

SPEC = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: p}
steps:
  clean:
    run: tail -n 1 ${{ inputs.raw }} > ${{ outputs.out }}
    inputs: {raw: {artifact: dataset, uri: ./a.csv}}
    outputs: {out: {artifact: dataset}}
  count:
    run: wc -l < ${{ inputs.data }} > ${{ outputs.n }}
    inputs: {data: "${{ steps.clean.outputs.out }}"}
    outputs: {n: {artifact: file}}
  copy:
    run: cp ${{ inputs.data }} ${{ outputs.same }}
    inputs: {data: "${{ steps.alone.outputs.o }}"}
    outputs: {same: {artifact: file}}
  alone: {run: 'echo x > ${{ outputs.o }}', outputs: {o: {artifact: file}}}
"""


def test_the_way_goes_from_outside_to_the_end_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PIPEGLOT_RECORDS", raising=False)
    Path("a.csv").write_text("1\n2\n")
    Path("pipeline.yaml").write_text(SPEC)
    assert main(["run"]) == 0
    capsys.readouterr()
    assert main(["lineage"]) == 0
    names = [line.split("  sha256")[0] for line in capsys.readouterr().out.splitlines()]
    assert names == [
        *("./a.csv", "  to clean", "    clean.out", "      to count", "        count.n"),
        *("alone.o", "  to copy", "    alone.o"),
    ]
    assert main(["lineage", "--up"]) == 0
    names = [line.split("  sha256")[0] for line in capsys.readouterr().out.splitlines()]
    assert names == [
        *("count.n", "  from count", "    clean.out", "      from clean", "        ./a.csv"),
        *("alone.o", "  from alone", "  from copy", "    alone.o"),
    ]
