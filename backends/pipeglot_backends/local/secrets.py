"""Secrets of a local run: from the environment, else from `.pipeglot/secrets.toml` beside the pipeline."""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pipeglot_backends.local.engine.plan import Plan
from pipeglot_expression.runtime.contract import SECRET_PREFIX, secret_variable

FILE = Path(".pipeglot") / "secrets.toml"


class SecretMissing(LookupError):
    """A step names a secret that nobody gives; its message says which, and where it was looked for."""


def gather(plan: Plan, folder: Path, environ: Mapping[str, str], kept: Path | None = None) -> dict[str, str]:
    """Every secret that some step names, by its variable; those that may be missing where they are there.

    Raises `SecretMissing` before anything has started.
    """
    wanted = {pair for step in plan.all_steps for pair in step.secrets}
    named = wanted | {pair for step in plan.all_steps for pair in step.optional_secrets}
    if not named:
        return {}
    filed = {**(_filed(kept / FILE.name) if kept else {}), **_filed(folder / FILE)}
    held = Counter(secret_variable(*pair) for pair in named)
    found: dict[str, str] = {}
    for name, key in sorted(named):
        variable = secret_variable(name, key, held[secret_variable(name, key)] > 1)
        value = environ.get(variable) or filed.get((name, key))
        if value is None and (name, key) not in wanted:
            continue
        if value is None:
            raise SecretMissing(f"the secret `{name}` has no key `{key}`: set {variable}, or name it in {FILE}")
        found[variable] = value
    return found


def _filed(path: Path) -> dict[tuple[str, str], str]:
    """`[name]` tables of `key = "value"`."""
    tables = _tables(path) if path.exists() else {}
    return {
        (name, key): value for name, table in tables.items() for key, value in table.items() if isinstance(value, str)
    }


def _tables(path: Path) -> dict[str, dict[str, Any]]:
    if sys.version_info < (3, 11):
        raise SecretMissing(f"{path} needs Python 3.11 or later to be read: set {SECRET_PREFIX}NAME_KEY instead")
    # by name, since type checkers that assume Python 3.10 know no such module
    toml: Any = importlib.import_module("tomllib")
    try:
        found: dict[str, Any] = toml.loads(path.read_text("utf-8"))
    except ValueError as fault:
        raise SecretMissing(f"{path} is no TOML: {fault}") from None
    return {name: cast("dict[str, Any]", table) for name, table in found.items() if isinstance(table, dict)}
