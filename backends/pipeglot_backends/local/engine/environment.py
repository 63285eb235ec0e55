"""What an attempt finds in its environment: ours, the few secrets its step names, and the contract's variables."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pipeglot_backends.emit.places import local_path
from pipeglot_backends.local.engine.plan import Plan, PlanStep
from pipeglot_backends.local.engine.run_folder import RunFolder
from pipeglot_backends.local.engine.scheduler import Task
from pipeglot_backends.local.taken import AS_ASKED, Caching
from pipeglot_expression.runtime.contract import secret_variable

OURS = "PIPEGLOT_"
PASSED_ON = ("PIPEGLOT_GRACE", "PIPEGLOT_HEARTBEAT", "PIPEGLOT_DEBUG")


def inherited(environ: Mapping[str, str]) -> dict[str, str]:
    """Without what an outer run told its own step."""
    return {name: value for name, value in environ.items() if not name.startswith(OURS) or name in PASSED_ON}


def seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    try:
        return float(environ.get(name) or default)
    except ValueError:
        return default


def of_run(
    environ: Mapping[str, str],
    folder: RunFolder,
    plan: Plan,
    keep: bool,
    code: Path = Path(),
    caching: Caching = AS_ASKED,
) -> dict[str, str]:
    """The part that all attempts of a run share. `code` is where a relative path of the profile begins."""
    return {
        **inherited(environ),
        "PIPEGLOT_TABLE": str(folder.plan / "steps.json"),
        "PIPEGLOT_ENGINE": "local",
        "PIPEGLOT_RUN_ID": folder.run,
        "PIPEGLOT_ARTIFACTS": _artifacts(plan.artifacts, code) or str(folder.artifacts),
        "PIPEGLOT_WORK": str(folder.work),
        "PIPEGLOT_RECORD": str(folder.record),
        **({"PIPEGLOT_PYTHON": plan.python} if plan.python else {}),
        **({"PIPEGLOT_RECORD_ON_FAILURE": "fail"} if plan.strict else {}),
        **({"PIPEGLOT_KEEP": "1"} if keep else {}),
        **_cache(plan, caching, folder.path.parents[1], code),
    }


def _cache(plan: Plan, caching: Caching, kept: Path, code: Path) -> dict[str, str]:
    if plan.cache is None or caching.off:
        return {}
    variables = {
        "PIPEGLOT_CACHE": _artifacts(plan.cache or None, code) or str(kept),
        "PIPEGLOT_CODE_DIGEST": caching.code or "",
        "PIPEGLOT_PYTHON_VERSION": _version(plan.python or "python3", code),
    }
    return {name: text for name, text in variables.items() if text}


def _version(python: str, code: Path) -> str:
    """Of the Python of bodies: asked once here, and by no step."""
    with suppress(OSError):
        asked = [python, "-I", "-S", "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"]
        done = subprocess.run(asked, cwd=code, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return done.stdout.strip()
    return ""


def of_work(caching: Caching, step: str) -> dict[str, str]:
    """Whether what is kept of this step counts."""
    return {"PIPEGLOT_REFRESH": "1"} if step in caching.refreshed else {}


def _artifacts(place: str | None, code: Path) -> str | None:
    path = place and local_path(place)
    return str(code / path) if path else place


def of_attempt(
    shared: Mapping[str, str], step: PlanStep, secrets: Mapping[str, str], task: Task, number: int
) -> dict[str, str]:
    pairs = (*step.secrets, *step.optional_secrets)
    named = {secret_variable(*pair, exact) for pair in pairs for exact in (False, True)}
    variables = {**shared, **{name: value for name, value in secrets.items() if name in named}}
    variables["PIPEGLOT_ATTEMPT"] = str(number)
    if task.index is not None:
        variables["PIPEGLOT_INDEX"] = str(task.index)
    return variables


def marks(folder: RunFolder, task: Task, number: int) -> dict[str, str]:
    """What the sidecar tells every command of one attempt, and so whatever that starts."""
    variables = {"PIPEGLOT_RUN_ID": folder.run, "PIPEGLOT_STEP": task.step, "PIPEGLOT_ATTEMPT": str(number)}
    return variables if task.index is None else {**variables, "PIPEGLOT_INDEX": str(task.index)}


def of_paths(
    variables: dict[str, str], reads: Path, folder: RunFolder, task: Task, number: int, code: Path
) -> dict[str, str]:
    places = {"READS": reads, "RESULT": folder.result(task, number), "ANNOUNCED": folder.announced(task, number)}
    return {**variables, **{f"{OURS}{name}": str(path) for name, path in places.items()}, "PIPEGLOT_CODE": str(code)}
