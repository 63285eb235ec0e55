"""The cases: what is run, how, and the record that every engine must leave."""

from __future__ import annotations

import difflib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeglot.driver import loading
from pipeglot.driver.packaging import package

HERE = Path(__file__).parent


class _Loader(yaml.SafeLoader):
    """YAML in which `yes` is text and `1e300` a number, as in the pipelines themselves."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Case:
    """`cancel` names the step during which the run is cancelled; `profiles` the profile to use on an engine.

    `quick` puts shorter texts in the place of others where a step starts at once: only where it takes long does a clock
    have to wait for it.
    """

    name: str
    pipeline: Path
    expected: str = field(repr=False)
    params: Mapping[str, Any] = field(default_factory=dict)
    cancel: str | None = None
    profiles: Mapping[str, str] = field(default_factory=dict)
    quick: Mapping[str, str] = field(default_factory=dict)

    @property
    def tries(self) -> int:
        """How often a command is started; 0 where nobody wrote what is expected."""
        return _tries(json.loads(self.expected)) if self.expected else 0

    def arguments(self) -> list[str]:
        """The params as `-p name=value`, each as a person would type it."""
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in self.params.items()}
        return [part for name, text in texts.items() for part in ("-p", f"{name}={text}")]

    def placed(self, folder: Path) -> Path:
        """The pipeline in a folder of its own, with what it uses, and with its shorter texts."""
        for file in self.pipeline.parent.glob("*.yaml"):
            shutil.copy(file, folder / file.name)
        if (self.pipeline.parent / "src").is_dir():
            shutil.copytree(self.pipeline.parent / "src", folder / "src")
        path = folder / self.pipeline.name
        text = path.read_text("utf-8")
        for long, short in self.quick.items():
            assert long in text, f"{self.name} has no `{long}`"
            text = text.replace(long, short)
        path.write_text(text, "utf-8")
        return path

    def difference(self, normal: str) -> str:
        """Empty when the record is the expected one, else a diff of the two."""
        actual = canonical(json.loads(normal))
        if actual == self.expected:
            return ""
        pair = (self.expected.splitlines(), actual.splitlines())
        return "\n".join(difflib.unified_diff(*pair, "expected", "recorded", lineterm="", n=4))


def load(folder: Path) -> Case:
    how = yaml.load((folder / "run.yaml").read_text("utf-8"), _Loader) if (folder / "run.yaml").exists() else {}
    expected = yaml.load((folder / "expect.yaml").read_text("utf-8"), _Loader)
    if (folder / "src").is_dir():
        list(package(loading.load(folder / "pipeline.yaml")))
    return Case(folder.name, folder / "pipeline.yaml", canonical(expected), **how)


def _tries(value: Any) -> int:
    if isinstance(value, list):
        return sum(map(_tries, value))
    if not isinstance(value, dict):
        return 0
    return len(value.get("attempts", ())) + sum(map(_tries, value.values()))


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False)


CASES = [load(path.parent) for path in sorted(HERE.glob("*/pipeline.yaml"))]
