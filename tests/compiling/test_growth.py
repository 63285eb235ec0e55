"""The work grows with the pipeline, and no faster: counted in calls, which no machine changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeglot.definition import step_table
from pipeglot.driver import compiling

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: big}\nparams: {n: {type: int, default: 1}}\n"
DEFAULTS = "defaults: {image: x, retry: {limit: 1, delay: 1s}, timeout: 1h, env: {A: a}}\nsteps:\n"


def chain(count: int) -> str:
    steps = "".join(
        f"  s{i}:\n    run: |\n      echo \"${{{{ inputs.x }}}}\" '$(x)' > ${{{{ outputs.v }}}}\n"
        f'    inputs: {{x: "${{{{ {f"steps.s{i - 1}.outputs.v" if i else "params.n"} }}}}"}}\n'
        "    outputs: {v: {type: int}}\n"
        for i in range(count)
    )
    return HEAD + DEFAULTS + steps


def star(count: int) -> str:
    steps = "".join(
        f"  s{i}: {{run: [x, '${{{{ params.n }}}}'], outputs: {{v: {{type: int}}}}}}\n" for i in range(count)
    )
    reads = ", ".join(f"'${{{{ steps.s{i}.outputs.v }}}}'" for i in range(count))
    last = "on_exit: {z: {run: 'x ${{ json(run.failed_steps) }}'}}\n"
    needs = ", ".join(f"s{i}" for i in range(count))
    return f"{HEAD}{DEFAULTS}{steps}  last: {{run: [x, {reads}], needs: [{needs}]}}\n{last}"


def calls(work: Callable[[], object]) -> int:
    count = 0

    def profile(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


# a thousand steps are more than one object of Kubernetes holds, and Kubeflow's run is noted in one of less room
@pytest.mark.parametrize(
    ("shape", "target", "steps"),
    [
        (chain, "local", 1000),
        (star, "local", 1000),
        (star, "airflow", 1000),
        (star, "argo", 500),
        (chain, "argo", 500),
        (chain, "kubeflow", 150),
    ],
)
def test_it_works_ten_times_for_ten_times_the_steps(
    shape: Callable[[int], str], target: str, steps: int, tmp_path: Path
) -> None:
    found: dict[int, int] = {}
    bytes_written: dict[int, int] = {}
    for count in (5, steps // 10, steps):
        path = tmp_path / f"{count}.yaml"
        path.write_text(shape(count), "utf-8")
        files: list[int] = []

        def work(path: Path = path, files: list[int] = files) -> None:
            pipeline = compiling.load(path)
            step_table(pipeline)
            files.extend(len(file.text) for file in compiling.compile_pipeline(pipeline, target))

        found[count] = calls(work)
        bytes_written[count] = sum(files)
    assert found[steps] <= 10.5 * found[steps // 10]
    assert bytes_written[steps] <= 10.5 * bytes_written[steps // 10]
