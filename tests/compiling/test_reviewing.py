"""What people review: one word changed in a command is a few changed lines, and no line is too long to be read."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from pipeglot.driver.compiling import compile_file, write
from pipeglot_backends.emit import applying

EXAMPLE = Path(__file__).parents[2] / "examples/breast_cancer/pipeline.yaml"
MOST, WIDEST = 20, 400
PACKED = re.compile(r'LRx4!F\+o`-Q[^"\n]{400,}')
PROFILES = """
  cloud: {artifacts: "gs://acme/x"}
  mounted: {sidecar: {deliver: configmap}}
  held: {sidecar: {deliver: image}}
"""
WAYS = [
    ("local", None),
    ("airflow", None),
    ("airflow", "docker"),
    ("airflow", "pods"),
    ("argo", "prod"),
    ("kubeflow", None),
    ("kubeflow", "mounted"),
    ("kubeflow", "held"),
    ("vertex", "cloud"),
]
CHANGES = {
    "an argument": ("--rows, ", "--lines, "),
    "a word of a script": ("--metrics ", "--measures "),
    "a function": ("cancer.plan:settings", "cancer.plan:options"),
}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def build(folder: Path, target: str, profile: str | None, changes: Mapping[str, str]) -> Path:
    text = EXAMPLE.read_text("utf-8") + PROFILES
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "pipeline.yaml").write_text(text, "utf-8")
    write(compile_file(folder / "pipeline.yaml", target, profile).placed, folder / "build")
    return folder / "build"


@pytest.mark.parametrize(("target", "profile"), WAYS, ids=str)
def test_one_word_of_a_command_is_a_few_lines(target: str, profile: str | None, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    built = build(tmp_path, target, profile, {})
    git(tmp_path, "add", "-A", "-f")
    longest = [
        len(line)
        for path in built.rglob("*")
        if path.is_file()
        for line in PACKED.sub("(packed)", path.read_text("utf-8")).splitlines()
    ]
    assert max(longest) <= WIDEST
    for changed, (old, new) in CHANGES.items():
        build(tmp_path, target, profile, {old: new})
        # as a commit that renames what is named by its content
        numbers = git(tmp_path, "diff", "--numstat", "--", "build").splitlines()
        lines = sum(int(each.split("\t")[0]) + int(each.split("\t")[1]) for each in numbers)
        assert 0 < lines <= MOST, changed
        assert new.strip(", ") in git(tmp_path, "diff", "--", "build")


@pytest.mark.parametrize(("target", "profile"), WAYS, ids=str)
def test_each_command_can_be_read_in_what_the_engine_is_given(target: str, profile: str | None, tmp_path: Path) -> None:
    built = build(tmp_path, target, profile, {})
    texts = [path.read_text("utf-8") for path in built.rglob("*") if path.is_file() and path.name != "definition.json"]
    for word in ("cancer.extract", "--roc", "cancer.train:fit", "cancer.summary"):
        assert any(word in text for text in texts), word
    if target in ("airflow", "argo"):
        (native,) = (path for path in (*built.glob("*.py"), *built.glob("workflowtemplate.yaml")))
        said = (
            "# python3 -m cancer.extract --seed ${{ params.seed }} --out ${{ outputs.data }} --rows ${{ outputs.rows }}"
        )
        assert f"{said}\n" in native.read_text("utf-8")


STEPS = "".join(
    f"  step_{each}: {{run: [python3, -m, some.module, --number, '{each}', --seed, '${{{{ params.seed }}}}'],"
    f" outputs: {{model: {{artifact: model}}, rows: {{type: int}}}}}}\n"
    for each in range(300)
)
HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: long}\nparams: {seed: {type: int, default: 1}}\n"


@pytest.mark.parametrize(
    ("target", "settings"), [("argo", ""), ("airflow", ", artifacts: 'file:///mnt/x', airflow: {operator: kubernetes}")]
)
def test_what_is_applied_is_a_folder_of_objects_that_fit(target: str, settings: str, tmp_path: Path) -> None:
    profile = f"profiles: {{p: {{target: {target}{settings}}}}}\n"
    (tmp_path / "pipeline.yaml").write_text(HEAD + "defaults: {image: x}\nsteps:\n" + STEPS + profile, "utf-8")
    made = compile_file(tmp_path / "pipeline.yaml", None, "p")
    write(made.placed, tmp_path / "build")
    applied = [path for path in (tmp_path / "build").glob("*") if path.suffix in (".yaml", ".yml", ".json")]
    objects = {path.name: yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in applied}
    assert {"configmap.yaml", "sidecar.yaml"} <= objects.keys()
    assert all("name" in each["metadata"] for each in objects.values()), "nothing has a name that is made up"
    assert all(applying.fits(each) for name, each in objects.items() if name != "workflowtemplate.yaml")
    wanted = [name for name, each in objects.items() if not applying.fits(each)]
    assert list(applying.too_large(made.placed)) == wanted
