"""What the wheel holds."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib came with Python 3.11")


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_it_lists_every_package_once_and_under_a_name_of_its_own() -> None:
    packages: list[str] = project()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]  # type: ignore[index]  # plain data
    on_disk = {str(path.parent.relative_to(ROOT)) for room in ("compiler", "backends", "metadata", "schemas")
               for path in (ROOT / room).glob("*/py.typed")}  # fmt: skip
    assert set(packages) == on_disk
    assert len({Path(package).name for package in packages}) == len(packages)


def test_it_depends_on_no_target() -> None:
    named = " ".join(project()["project"]["dependencies"])  # type: ignore[index]  # plain data
    assert not [sdk for sdk in ("kfp", "airflow", "argo", "aiplatform", "kubernetes") if sdk in named]
