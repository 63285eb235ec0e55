"""The texts that are broken: examples, cases, judged pipelines, and the wrong and right ones of `docs/errors`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_RIGHT = re.compile(r"## Right\n\n```yaml\n(.*?)```\n", re.DOTALL)
_BESIDE = (".yaml", ".py", ".json", ".toml")
_DESCRIBING = ("run.yaml", "expect.yaml", "pipeline.yaml")


@dataclass(frozen=True, slots=True)
class Seed:
    """`file` is what is broken of a folder; `text` what stands there, or would."""

    folder: Path
    file: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.folder.relative_to(ROOT)}/{self.file}"

    def lay_out(self, place: Path) -> Path:
        """What the text may speak of, in a folder of its own. The file that is broken, which is still to be written."""
        shutil.copytree(self.folder, place, ignore=_nothing_made)
        if self.file == "pipeline.yaml":
            (place / self.file).write_text(self.text, "utf-8")
        return place / self.file


def _nothing_made(folder: str, names: list[str]) -> list[str]:
    """No folders but those of Python code and of components, and nothing that is large."""
    paths = [Path(folder, name) for name in names]
    kept = (any(each.glob("*.py")) or each.name == "components" for each in paths)
    return [each.name for each, keep in zip(paths, kept, strict=True) if each.suffix not in _BESIDE and not keep]


def seeds() -> list[Seed]:
    found = list(_all())
    assert len(found) > 150, len(found)
    return found


def _all() -> Iterator[Seed]:
    for path in sorted(ROOT.glob("examples/*/pipeline.yaml")) + sorted(ROOT.glob("tests/conformance/*/pipeline.yaml")):
        text = path.read_text("utf-8")
        yield Seed(path.parent, path.name, text)
        if "image:" not in text:
            # with an image, more targets take it
            yield Seed(path.parent, path.name, text + '\ndefaults: {image: "python:3.12-slim"}\n')
    for path in sorted(ROOT.glob("tests/judges/*/pipelines/*.yaml")):
        yield Seed(path.parent, "pipeline.yaml", path.read_text("utf-8"))
    for path in sorted(ROOT.glob("examples/*/components/*.yaml")):
        yield Seed(path.parents[1], f"components/{path.name}", path.read_text("utf-8"))
    for path in sorted(ROOT.glob("tests/conformance/*/*.yaml")) + sorted(ROOT.glob("docs/errors/*/*.yaml")):
        if path.name not in _DESCRIBING and (path.parent / "pipeline.yaml").exists():
            yield Seed(path.parent, path.name, path.read_text("utf-8"))
    yield from _pages()


def _pages() -> Iterator[Seed]:
    for folder in sorted(ROOT.glob("docs/errors/PG*")):
        wrong = folder / "pipeline.yaml"
        if wrong.exists():
            yield Seed(folder, wrong.name, wrong.read_bytes().decode("utf-8", "replace"))
        right = _RIGHT.search((folder / "README.md").read_text("utf-8"))
        if right:
            yield Seed(folder, wrong.name, right[1])
