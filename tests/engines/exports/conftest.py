"""A run of this machine with all that exports have to carry: items, metrics, tags, a try that failed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import forked

PIPELINE = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: churn}
params:
  rows: {type: int, default: 10}
  "long": {type: string}
  key: {type: string, sensitive: true}
steps:
  extract:
    run: |
      echo data > ${{ outputs.raw }}
      echo '{"tag": "owner", "value": "me"}' >> $PIPEGLOT_EVENTS
    outputs: {raw: {artifact: dataset}}
  train:
    foreach: {items: [eu, us]}
    inputs: {region: "${{ item }}", data: "${{ steps.extract.outputs.raw }}"}
    run: |
      echo ${{ item }} | cat - ${{ inputs.data }} > ${{ outputs.model }}
      for at in 0 1 2; do echo "loss=0.$at step=$at" >> $PIPEGLOT_METRICS; done
      echo bad=nan >> $PIPEGLOT_METRICS
      echo '{"metric": "auc@5", "value": 0.5, "step": 2}' >> $PIPEGLOT_EVENTS
    outputs: {model: {artifact: model}}
  again:
    needs: [train]
    retry: {limit: 1}
    run: exit 3
  never:
    needs: [again]
    run: 'true'
"""
HIDDEN = "hush-of-all"


@dataclass(frozen=True)
class Ran:
    """`pipeglot` beside the store that has the run."""

    folder: Path

    def pipeglot(self, *words: str, code: int = 0, **environ: str) -> str:
        """What it wrote on both streams."""
        done = forked.pipeglot(*words, folder=self.folder, environ={**os.environ, "NO_COLOR": "1", **environ})
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("exports")
    (folder / "pipeline.yaml").write_text(PIPELINE)
    found = Ran(folder)
    found.pipeglot("run", "-p", f"key={HIDDEN}", "-p", f"long={'x' * 7000}", code=1)
    return found
