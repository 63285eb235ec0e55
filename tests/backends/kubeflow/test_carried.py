"""Failure that others read: which steps hand it on, and what is left where Kubeflow itself failed a task."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.backends.kubeflow.test_conformance import recorded
from tests.conformance.cases import Case, canonical

from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Pipeline
from pipeglot_backends import kubeflow, vertex
from pipeglot_backends.kubeflow.emit.softening.softened import carrying

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: carried}\ndefaults: {image: python}\n"
A, B = "a: {run: ['true']}", "b: {needs: [a], run: ['true']}"
OUT = "a: {run: ['true'], outputs: {n: {type: int}}}"
ALWAYS = "c: {needs: [b], run_if: always, run: ['true']}"
C, MENDS = "c: {run: ['true']}", "d: {needs: [c], run_if: failure, run: ['true']}"
STATUS = "e: {when: \"${{ steps.a.status == 'skipped' }}\", run: ['true']}"
LOST = "a: {retry: {limit: 1}, run: ['true']}"


def made(folder: Path, *steps: str, on_exit: str = "") -> Pipeline:
    text = HEAD + "steps:\n" + "".join(f"  {step}\n" for step in steps)
    (folder / "pipeline.yaml").write_text(text + (f"on_exit:\n  {on_exit}\n" if on_exit else ""), "utf-8")
    return load(folder / "pipeline.yaml")


FAILED_STEPS, OUTPUT = "${{ json(run.failed_steps) }}", "${{ default(steps.a.outputs.n, 1) }}"
READ = dict.fromkeys("ab", "`on_exit` reads how it ended")


def shown(text: str) -> str:
    return f"z: {{run: [echo, '{text}']}}"


@pytest.mark.parametrize(
    ("steps", "on_exit", "softened", "reached"),
    [
        ((A, B), "", {}, ""),
        ((A, B), shown("${{ run.status }}"), {}, ""),
        ((A, B, ALWAYS), "", {"a": "`b` needs it", "b": "`c` runs if it failed"}, "bc"),
        ((A, C, MENDS), "", {"c": "`d` runs if it failed"}, "d"),
        ((A, STATUS), "", {}, ""),
        ((A, B), shown(FAILED_STEPS), READ, "b"),
        ((OUT, B), shown(OUTPUT), READ, "b"),
        ((LOST, B), "", {}, ""),
    ],
)
def test_it_softens_what_others_read_and_what_that_needs(
    steps: tuple[str, ...], on_exit: str, softened: dict[str, str], reached: str, tmp_path: Path
) -> None:
    found = carrying(made(tmp_path, *steps, on_exit=on_exit), retries=False)
    assert (dict(found.softened), sorted(found.reached)) == (softened, sorted(reached))


def test_vertex_softens_what_it_would_try_again_and_says_so(tmp_path: Path) -> None:
    pipeline = made(tmp_path, LOST, B)
    assert "pipeglot-verdict" not in dict(kubeflow.tasks(pipeline, compiled(pipeline, "kubeflow").native))
    told = dict(vertex.tasks(pipeline, compiled(pipeline, "vertex").native))["pipeglot-verdict"]
    assert told.endswith(": `a` (it is tried again in its container)")


def test_on_exit_runs_and_the_run_has_failed_where_kubeflow_itself_failed_a_task(tmp_path: Path) -> None:
    """What followed the graph would hide that, if it succeeded."""
    told = "tell: {outputs: {told: {type: string}}, inputs: {n: '${{ default(steps.a.outputs.n, 9) }}'}, run: [sh, -c, "
    told += "'echo $1 > $2', sh, '${{ run.status }}', '${{ outputs.told }}']}"
    gone = "a: {run: [sh, -c, 'kill -KILL $PPID; sleep 9'], outputs: {n: {type: int}}}"
    pipeline = made(tmp_path, gone, B, on_exit=told)
    found, said = recorded(pipeline, files(pipeline), case(tmp_path), tmp_path)
    tell = {"inputs": {"n": {"value": 9}}, "outputs": {"told": {"value": "failed"}}}
    wanted = {
        "pipeline": "carried",
        "run": "failed",
        "steps": {
            "a": {"state": "failed", "reason": "lost", "attempts": [], "inputs": {}, "outputs": {}},
            "b": {"state": "cancelled", "reason": "upstream-failed", "attempts": [], "inputs": {}, "outputs": {}},
        },
        "on_exit": {"tell": {"state": "succeeded", "attempts": [{"exit_code": 0}], **tell}},
        "lineage": [],
    }
    assert not case(tmp_path, wanted).difference(found), said


def test_a_group_on_exit_runs_in_its_order_where_kubeflow_itself_failed_a_task(tmp_path: Path) -> None:
    """Only what nothing waits for may end badly there, to fail the run: what waited for it would not begin."""
    say = "say: {outputs: {told: {type: string}}, run: [sh, -c, 'echo $1 > $2', sh, '${{ run.status }}', "
    say += "'${{ outputs.told }}']}"
    send = "send: {inputs: {told: '${{ steps.say.outputs.told }}'}, run: ['true']}"
    group = f"g: {{uses: tell}}\ncomponents: {{tell: {{steps: {{{say}, {send}}}}}}}"
    gone = "a: {run: [sh, -c, 'kill -KILL $PPID; sleep 9']}"
    pipeline = made(tmp_path, gone, on_exit=group)
    found, said = recorded(pipeline, files(pipeline), case(tmp_path), tmp_path)
    last = json.loads(found)["on_exit"]
    assert json.loads(found)["run"] == "failed", said
    assert {id: step["state"] for id, step in last.items()} == dict.fromkeys(("g", "g.say", "g.send"), "succeeded"), (
        said
    )
    assert last["g.send"]["inputs"] == {"told": {"value": "failed"}}


def case(folder: Path, expected: Any = None) -> Case:
    return Case("carried", folder / "pipeline.yaml", canonical(expected))


def files(pipeline: Pipeline) -> dict[str, str]:
    return {file.path: file.text for file in compiled(pipeline, "kubeflow").files}
