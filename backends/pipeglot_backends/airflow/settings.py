"""The settings of a profile's `airflow:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import unquote, urlsplit

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Json
from pipeglot.suggestions import nearest

OPERATORS = ("bash",)


@dataclass(frozen=True, slots=True)
class Settings:
    """`code` and the paths may be relative: to the folder of the DAG file."""

    operator: str = "bash"
    dag_folder: str | None = None
    url: str | None = None
    pool: str | None = None
    python: str | None = None
    code: str | None = None


def read(given: Mapping[str, Json]) -> Settings:
    """The settings, or all that is wrong with them."""
    known = {field.name for field in fields(Settings)}
    faults = [_unknown(name, known) for name in given if name not in known]
    faults += [
        Diagnostic("PG430", f"`airflow.{name}` is text, and `{value}` is none")
        for name, value in given.items()
        if name in known and not isinstance(value, str)
    ]
    operator = given.get("operator", "bash")
    if isinstance(operator, str) and operator not in OPERATORS:
        faults.append(Diagnostic("PG430", f"`airflow.operator` is `{operator}`, and only `bash` is there yet"))
    if faults:
        raise SpecRejected(faults)
    return Settings(**{name: value for name, value in given.items() if isinstance(value, str)})


def local_path(uri: str) -> str | None:
    """The path that a `file://` URL or a plain path names, or None where it names another kind of store."""
    parts = urlsplit(uri)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return unquote(parts.path)
    return None if "://" in uri else uri


def _unknown(name: str, known: set[str]) -> Diagnostic:
    near = nearest(name, sorted(known))
    hint = f"did you mean `{near}`?" if near else f"known are {', '.join(sorted(known))}"
    return Diagnostic("PG430", f"`airflow` has no setting `{name}`", hint=hint)
