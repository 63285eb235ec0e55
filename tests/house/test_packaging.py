"""What the wheel holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
tomllib = pytest.importorskip("tomllib", reason="tomllib came with Python 3.11")


def project() -> dict[str, Any]:
    loaded: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return loaded


def test_it_lists_every_package_once_and_under_a_name_of_its_own() -> None:
    packages: list[str] = project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    on_disk = {str(path.parent.relative_to(ROOT)) for room in ("compiler", "backends", "metadata", "schemas")
               for path in (ROOT / room).glob("*/py.typed")}  # fmt: skip
    assert set(packages) == on_disk
    assert len({Path(package).name for package in packages}) == len(packages)


def test_it_depends_on_no_target() -> None:
    named = " ".join(project()["project"]["dependencies"])
    assert not [sdk for sdk in ("kfp", "airflow", "argo", "aiplatform", "kubernetes") if sdk in named]
