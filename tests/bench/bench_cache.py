"""Work that is not done twice: the second, unchanged run of five steps beside `dvc repro`, a hit beside a skipped step,
and hashing beside reading. By hand: `python FILE`, which installs DVC and scikit-learn, in an environment of their own.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2])]

from tests.engines import environment  # noqa: E402  (a benchmark runs as a script)
from tests.sidecar.stage import Stage, lit, sh  # noqa: E402

from pipeglot_sidecar.artifacts.digests import digest_of  # noqa: E402

ROUNDS = 7
TURNS = 60
FILES = 10_000
PEERS = "dvc>=3.60\npathspec<1\nscikit-learn>=1.5\n"
SCRIPTS = {
    "load": "from sklearn.datasets import load_breast_cancer as d\nx = d()\nsave(np.c_[x.data, x.target])",
    "clean": "rows = np.load(sys.argv[1])\nsave(rows[np.isfinite(rows).all(1)])",
    "features": "rows = np.load(sys.argv[1])\nsave(np.c_[rows[:, :1] / rows[:, 1:2], rows])",
    "forest": "from sklearn.ensemble import RandomForestClassifier as M\nfit(M(n_estimators=20))",
    "line": "from sklearn.linear_model import LogisticRegression as M\nfit(M(max_iter=20))",
}
HEAD = """import pickle, sys, warnings
import numpy as np
warnings.simplefilter('ignore')
def save(rows):
    np.save(open(sys.argv[-1], 'wb'), rows)
def fit(model):
    rows = np.load(sys.argv[1])
    pickle.dump(model.fit(rows[:, :-1], rows[:, -1]), open(sys.argv[-1], 'wb'))
"""
READS = {"clean": "load", "features": "clean", "forest": "features", "line": "features"}


def project(folder: Path, python: Path) -> None:
    """The same scripts for both: a stage of DVC names its script, a step packs it."""
    steps: list[str] = []
    stages: list[str] = []
    for name, script in SCRIPTS.items():
        (folder / f"{name}.py").write_text(HEAD + script + "\n", "utf-8")
        source = READS.get(name)
        given = f'"${{{{ steps.{source}.outputs.made }}}}", ' if source else ""
        step = f'run: [{python}, {name}.py, {given}"${{{{ outputs.made }}}}"], outputs: {{made: {{artifact: file}}}}'
        steps.append(f"  {name}: {{code: {{source: ., include: [{name}.py]}}, {step}}}\n")
        deps = [f"{name}.py", *([f"{source}.out"] if source else [])]
        command = " ".join([str(python), f"{name}.py", *deps[1:], f"{name}.out"])
        stages.append(f"  {name}: {{cmd: {command}, deps: {json.dumps(deps)}, outs: [{name}.out]}}\n")
    head = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: bench}\n"
    head += "defaults: {cache: {enabled: true}}\nsteps:\n"
    (folder / "pipeline.yaml").write_text(head + "".join(steps), "utf-8")
    (folder / "dvc.yaml").write_text("stages:\n" + "".join(stages), "utf-8")


def seconds(
    command: list[str], folder: Path, env: Mapping[str, str] | None = None, rounds: int = ROUNDS
) -> tuple[float, float]:
    """Of the processor, with all that it starts, and of the clock: medians."""
    processor: list[float] = []
    clock: list[float] = []
    for _ in range(rounds):
        began, before = time.perf_counter(), spent_by_children()
        subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        clock.append(time.perf_counter() - began)
        processor.append(spent_by_children() - before)
    return statistics.median(processor), statistics.median(clock)


def spent_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def beside_dvc() -> None:
    python = environment.with_python(sys.executable, PEERS)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        project(folder, python)
        dvc = str(python.with_name("dvc"))
        subprocess.run([dvc, "init", "--no-scm", "-q"], cwd=folder, check=True)
        again: list[tuple[float, float]] = []
        for command in ([sys.executable, "-m", "pipeglot", "run"], [dvc, "repro"]):
            said = {"first": seconds(command, folder, rounds=1), "again": seconds(command, folder)}
            again.append(said["again"])
            for what, (processor, clock) in said.items():
                name = " ".join([Path(command[-2]).name, command[-1]])
                print(f"five steps, {name}, {what}: {processor:.2f} s of processor, {clock:.2f} s")
        ratios = [mine / peer for mine, peer in zip(*again, strict=True)]
        print(f"again: {ratios[0]:.2f} of DVC by the processor, {ratios[1]:.2f} by the clock (at most 1)")


def beside_a_skip() -> None:
    with tempfile.TemporaryDirectory() as place:
        stage = Stage(Path(place), sys.executable)
        stage.own_sidecar()
        outputs = {"made": {"artifact": "file", "file": "made"}}
        told = {"PIPEGLOT_CACHE": f"{place}/kept", "PIPEGLOT_PYTHON_VERSION": "3"}
        kinds: dict[str, dict[str, Any]] = {"skipped": {"when": lit(False)}, "a hit": {"cache": {}}}
        costs: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
        for _ in range(TURNS):  # by turns, since a machine is not as busy all the time
            for name, entries in kinds.items():
                stage.step(sh('echo 1 > "$PIPEGLOT_OUTPUT_MADE"'), outputs=outputs, **entries)
                run = [sys.executable, "-I", "-S", str(stage.sidecar), "run", "s"]
                costs[name].append(seconds(run, Path(place), stage.environment(None, told), rounds=1))
        del costs["a hit"][0]  # a miss
        medians = {
            name: [statistics.median(each) for each in zip(*found, strict=True)] for name, found in costs.items()
        }
        ratios = [mine / peer for mine, peer in zip(medians["a hit"], medians["skipped"], strict=True)]
        print(f"a hit: {ratios[0]:.2f} of a skipped step by the processor, {ratios[1]:.2f} by the clock (at most 1.3)")


def beside_reading() -> None:
    with tempfile.TemporaryDirectory() as place:
        for number in range(FILES):
            path = Path(place, str(number % 100), str(number))
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(os.urandom(2000))

        def read() -> None:
            for folder, _, names in os.walk(place):
                for name in names:
                    with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123  # as quick as can be
                        file.read()

        def spent(act: Callable[[], object]) -> float:
            began = time.process_time()
            act()
            return time.process_time() - began

        pairs = [(spent(lambda: digest_of(place.encode(), lambda: None)), spent(read)) for _ in range(ROUNDS)]
    ratio = statistics.median(mine / peer for mine, peer in pairs)
    print(f"hashing {FILES} files: {ratio:.2f} of opening and reading them (at most 1.5)")


if __name__ == "__main__":
    beside_dvc()
    beside_a_skip()
    beside_reading()
