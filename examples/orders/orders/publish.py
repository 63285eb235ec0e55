"""A folder with all that is published, named by what is in it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

NAMES = ("by-country.csv", "by-country.json", "by-segment.csv", "by-segment.json")
"""In the order of the matrix: its first key is the slowest."""


def bundle(tables: list[Path], revenue: float, rows: int, release: Path) -> str:
    release.mkdir()
    digest = hashlib.sha256()
    for name, path in zip(NAMES, tables, strict=True):
        shutil.copyfile(path, release / name)
        digest.update(path.read_bytes())
    version = digest.hexdigest()[:12]
    manifest = {"version": version, "revenue": revenue, "rows": rows, "files": NAMES}
    (release / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    print(f"published {version}")
    return version
