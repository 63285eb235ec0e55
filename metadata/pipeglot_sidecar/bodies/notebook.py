"""The process of a `notebook:` body: papermill runs it, and its executed copy says nothing of clocks."""

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VOLATILE = ("papermill", "execution")
"""Metadata that differ from run to run: times, and where files lay."""
MADE_BY_PAPERMILL = ("injected-parameters", "papermill-error-cell-tag")
"""Tags of cells to which it gives another id every time."""


def run_notebook(path: str) -> int:
    """Reads from a file which notebook, with which parameters, and where its executed copy goes."""
    with open(path, "rb") as file:
        request: dict[str, Any] = json.loads(file.read())
    sys.path[0] = os.getcwd()
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        # the home of a pod's user may not be there, or not be writable
        os.environ.setdefault(name, os.environ["TMPDIR"])
    try:
        import papermill  # type: ignore[import-not-found, unused-ignore]
    except ImportError as fault:
        sys.stderr.write(
            f"pipeglot: a notebook is run by papermill, which `{sys.executable}` does not have ({fault}):"
            " install papermill and ipykernel there\n"
        )
        return 1
    return _execute(papermill, request)


def _execute(papermill: Any, request: dict[str, Any]) -> int:
    import logging

    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stdout)
    logging.getLogger("papermill").setLevel(logging.INFO)
    source, executed = request["notebook"], request["executed"]
    try:
        papermill.execute_notebook(source, executed, request["parameters"], log_output=True, progress_bar=False)
    except papermill.exceptions.PapermillExecutionError as fault:
        sys.stderr.write("".join(f"{line}\n" for line in fault.traceback))
        sys.stderr.write(f"pipeglot: cell {fault.exec_count} of `{source}` failed: {fault.ename}: {fault.evalue}\n")
        return 1
    except Exception as fault:
        sys.stderr.write(f"pipeglot: `{source}` cannot be run: {type(fault).__name__}: {fault}\n")
        return 1
    finally:
        if os.path.exists(executed):
            _settle(executed)
    return 0


def _settle(executed: str) -> None:
    """The same notebook over the same values is the same file."""
    with open(executed, "rb") as file:
        found = json.loads(file.read())
    for number, part in enumerate((found, *found.get("cells", ()))):
        own = part.get("metadata", {})
        for name in VOLATILE:
            own.pop(name, None)
        if set(own.get("tags", ())) & set(MADE_BY_PAPERMILL) and "id" in part:
            part["id"] = f"papermill-{number}"
    with open(executed, "w", encoding="utf-8") as file:
        file.write(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
