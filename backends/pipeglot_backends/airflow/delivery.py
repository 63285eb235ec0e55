"""Brings a DAG to Airflow: its files into the DAG folder, and then the wait until Airflow has read them."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot_backends.airflow.connection import Connection, Missing, Present
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.submission import Access, trouble

if TYPE_CHECKING:
    from airflow_client.client.models.dag_response import DAGResponse

PAUSE = 1.0
TOLD_AFTER = 10.0


def deliver(connection: Connection, dag: str, files: Sequence[EmittedFile], folder: Path, access: Access) -> None:
    """Ends when Airflow knows the DAG as it is in `files`. Writes nothing where nothing changed."""
    before = _found(connection, dag)
    changed = [file for file in files if _differs(folder / file.path, file.text)]
    # The DAG file last: once Airflow reads it, what it needs is there.
    for file in sorted(changed, key=lambda file: file.path == f"{dag}.py"):
        _write(folder / file.path, file.text)
    stale = before.last_parsed_time if before and any(file.path == f"{dag}.py" for file in changed) else None
    if before and stale:
        _hurry(connection, before)
    _wait(connection, dag, stale, access)


def _differs(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() != text.encode("utf-8")
    except FileNotFoundError:
        return True


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".pipeglot-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8"))
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise trouble("PG526", f"cannot write `{path}` into the DAG folder: {fault.strerror}") from None


def _hurry(connection: Connection, found: DAGResponse) -> None:
    """Asks Airflow to read a file that it knows now, and not when its turn comes."""
    from airflow_client.client import DAGParsingApi

    with contextlib.suppress(Missing, Present), connection.asking("read the DAG file again"):
        DAGParsingApi(connection.client).reparse_dag_file(found.file_token)


def _wait(connection: Connection, dag: str, stale: datetime | None, access: Access) -> None:
    began = time.monotonic()
    told = False
    while True:
        found = _found(connection, dag)
        if found is not None and not found.is_stale and found.last_parsed_time != stale:
            return
        waited = time.monotonic() - began
        _refuse_broken(connection, dag)
        if waited > access.patience:
            hint = "look at its `dag_processor.refresh_interval`, and whether `airflow.dag_folder` is its DAG folder"
            raise trouble("PG524", f"Airflow did not see the DAG `{dag}` within {access.patience:g} s", hint)
        if waited > TOLD_AFTER and not told:
            access.say("waiting for Airflow to see the DAG; by default it looks for new files every five minutes")
            told = True
        time.sleep(PAUSE)


def _found(connection: Connection, dag: str) -> DAGResponse | None:
    from airflow_client.client import DAGApi

    try:
        with connection.asking(f"look for the DAG `{dag}`"):
            return DAGApi(connection.client).get_dag(dag)
    except Missing:
        return None


def _refuse_broken(connection: Connection, dag: str) -> None:
    from airflow_client.client import ImportErrorApi

    with connection.asking("list import errors"):
        errors = ImportErrorApi(connection.client).get_import_errors(filename_pattern=f"{dag}.py").import_errors
    for error in errors:
        if Path(error.filename).name == f"{dag}.py":
            last = error.stack_trace.strip().splitlines()[-1]
            raise trouble("PG523", f"Airflow cannot import `{error.filename}`: {last}")
