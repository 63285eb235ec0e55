"""What a real bash is answered while a command is typed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeglot.cli.main import main

pytest.importorskip("argcomplete")
SPEC = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: p}
params: {rows: {type: int, default: 1}, rate: {type: float, default: 0.5}}
steps:
  load: {run: ["true"]}
  learn: {needs: [load], run: ["true"]}
profiles: {prod: {target: argo}, preview: {target: local}}
"""
ASK = """\
ask() {
  COMP_LINE="$1" COMP_POINT=${#1} COMP_TYPE=9 COMPREPLY=()
  read -ra COMP_WORDS <<< "$1"
  [[ "$1" == *" " ]] && COMP_WORDS+=("")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _python_argcomplete pipeglot
  echo "${COMPREPLY[*]}"
}
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_a_shell_is_offered_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text(SPEC, "utf-8")
    asked = {
        "pipeglot comp": "compile compare completion",
        "pipeglot run --profile p": "prod preview",
        "pipeglot compile -t argo@4": "4.0 4.1",  # bash begins another word at `@`
        "pipeglot run --until l": "load learn",
        "pipeglot run -p r": "rows= rate=",
        "pipeglot show --records none.db zz": "",
        "pipeglot run other.yaml --until l": "",
    }
    lines = "\n".join(f"ask '{line}'" for line in asked)
    script = f'PATH="{Path(sys.executable).parent}:$PATH"\nsource <(pipeglot completion bash)\n{ASK}{lines}\n'
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    found = [line.split() for line in done.stdout.split("\n")[:-1]]
    assert [sorted(each) for each in found] == [sorted(each.split()) for each in asked.values()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_words(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("completion", shell)) == 0
    assert "pipeglot" in capsys.readouterr().out
