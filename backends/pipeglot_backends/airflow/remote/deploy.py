"""Brings a DAG to Airflow: its files into the DAG folder, and then the wait until Airflow has read them."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot_backends.airflow.emit.dag import fingerprint
from pipeglot_backends.airflow.remote.connection import Connection
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.responses import Conflict, NotFound
from pipeglot_backends.remote.sdk import rejected

if TYPE_CHECKING:
    from airflow_client.client.models.dag_details_response import DAGDetailsResponse
    from airflow_client.client.models.import_error_response import ImportErrorResponse

PAUSE = 1.0
HURRY_EVERY = 5.0
TOLD_AFTER = 10.0


def deliver(connection: Connection, dag: str, files: Sequence[EmittedFile], folder: Path, access: Access) -> None:
    """Ends when Airflow knows the DAG as it is in `files`. Writes nothing where nothing changed."""
    changed = [file for file in files if _differs(folder / file.path, file.text)]
    old = _import_error(connection, dag) if changed else None
    # The DAG file last: once Airflow reads it, what it needs is there.
    for file in sorted(changed, key=lambda file: file.path == f"{dag}.py"):
        _write(folder / file.path, file.text)
    wanted = next((fingerprint(file.text) for file in files if file.path == f"{dag}.py"), None)
    _wait(connection, dag, wanted, old, access)


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
        raise rejected("PG526", f"cannot write `{path}` into the DAG folder: {fault.strerror}") from None


def _hurry(connection: Connection, file_token: str) -> None:
    """Asks Airflow to read a file that it knows now, and not when its turn comes."""
    from airflow_client.client import DAGParsingApi

    with contextlib.suppress(NotFound, Conflict), connection.asking("read the DAG file again"):
        DAGParsingApi(connection.client).reparse_dag_file(file_token)


def _wait(
    connection: Connection, dag: str, wanted: str | None, old: ImportErrorResponse | None, access: Access
) -> None:
    """Airflow may take its time twice: until it looks at the folder, and until it keeps what it read anew."""
    began = time.monotonic()
    hurried, mentioned = began - HURRY_EVERY, False
    while (found := _found(connection, dag)) is None or found.is_stale or fingerprint(found.doc_md or "") != wanted:
        error = _import_error(connection, dag)
        if error is not None and error != old:
            last = error.stack_trace.strip().splitlines()[-1]
            raise rejected("PG523", f"Airflow cannot import `{error.filename}`: {last}")
        now = time.monotonic()
        if now - began > access.patience:
            hint = "look at its `dag_processor.refresh_interval`, and whether `airflow.dag_folder` is its DAG folder"
            raise rejected("PG524", f"Airflow did not see the DAG `{dag}` within {access.patience:g} s", hint)
        if now - began > TOLD_AFTER and not mentioned:
            access.say("waiting for Airflow to see the DAG; by default it looks for new files every five minutes")
            mentioned = True
        if found is not None and now - hurried > HURRY_EVERY:
            _hurry(connection, found.file_token)
            hurried = now
        time.sleep(PAUSE)


def _found(connection: Connection, dag: str) -> DAGDetailsResponse | None:
    from airflow_client.client import DAGApi

    try:
        with connection.asking(f"look for the DAG `{dag}`"):
            return DAGApi(connection.client).get_dag_details(dag)
    except NotFound:
        return None


def _import_error(connection: Connection, dag: str) -> ImportErrorResponse | None:
    from airflow_client.client import ImportErrorApi

    with connection.asking("list import errors"):
        errors = ImportErrorApi(connection.client).get_import_errors(filename_pattern=f"{dag}.py").import_errors
    return next((error for error in errors if Path(error.filename).name == f"{dag}.py"), None)
