"""The schema for editors as editors use it: settings of targets, values to begin with, descriptions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.diagnostics import pages

from pipeglot.diagnostics import SpecRejected
from pipeglot.spec.schema.generate import JSON_SCHEMAS, json_schema
from pipeglot.syntax.reader import read_file
from pipeglot_backends import setting_schemas
from pipeglot_backends.targets import BUILT_IN, load

RIGHT = [page for page in map(pages.read, pages.folders()) if page.right and page.right[0] == "yaml"]
SCHEMAS = {kind: json_schema(kind) for kind in JSON_SCHEMAS}
PIPELINE = jsonschema.Draft202012Validator(SCHEMAS["pipeline"])
MINIMAL = {"apiVersion": "pipeglot/v1", "kind": "Pipeline", "metadata": {"name": "a"}, "steps": {"a": {"run": "x"}}}
SETTINGS = [(target, name) for target in BUILT_IN for name in setting_schemas.table(target)]


def faults(profile: dict[str, Any]) -> list[str]:
    return [fault.message for fault in PIPELINE.iter_errors({**MINIMAL, "profiles": {"dev": profile}})]


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(part)


def fields(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for node in nodes(SCHEMAS[kind]):
        yield from ((name, part) for name, part in node.get("properties", {}).items() if isinstance(part, dict))


@pytest.mark.parametrize("kind", SCHEMAS)
def test_it_is_a_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[kind])


@pytest.mark.parametrize("kind", SCHEMAS)
def test_it_describes_every_field_in_markdown(kind: str) -> None:
    assert [name for name, part in fields(kind) if part.get("markdownDescription") != part["description"]] == []


@pytest.mark.parametrize("kind", SCHEMAS)
def test_it_begins_numbers_and_choices_with_what_is_valid(kind: str) -> None:
    plain = [(name, part) for name, part in fields(kind) if part.get("type") in ("integer", "number", "boolean")]
    assert len(plain) > 10
    assert [name for name, part in plain if "default" not in part and "examples" not in part] == []


@pytest.mark.parametrize("kind", SCHEMAS)
def test_it_inserts_what_it_takes_itself(kind: str) -> None:
    whole = SCHEMAS[kind]
    for name, part in fields(kind):
        for value in (*part.get("examples", ()), *([part["default"]] if "default" in part else ())):
            found = jsonschema.Draft202012Validator({**part, "$defs": whole["$defs"]}).iter_errors(value)
            assert [fault.message for fault in found] == [], name


@pytest.mark.parametrize(("target", "name"), SETTINGS)
def test_it_knows_every_setting(target: str, name: str, tmp_path: Path) -> None:
    setting = setting_schemas.table(target)[name]
    value = setting.example if setting.example is not None else setting.default
    operator = {"operator": setting.owners[0]} if setting.owners else {}
    assert faults({"target": target, target: {name: value, **operator}}) == []
    load(target).check_settings({name: value, **operator})
    assert faults({target: {f"{name}x": value}})
    assert faults({target: {name: [value]}})
    assert faults({target: {name: None}})


def test_it_knows_no_setting_that_the_target_does_not() -> None:
    for target in BUILT_IN:
        properties = SCHEMAS["pipeline"]["$defs"][f"{target.capitalize()}Settings"]["properties"]
        assert properties.keys() == setting_schemas.table(target).keys()


WRONG: list[tuple[str, str, Any]] = [
    ("local", "jobs", 0),
    ("local", "jobs", True),
    ("local", "jobs", "4"),
    ("airflow", "operator", "bsh"),
    ("airflow", "url", "airflow.internal"),
    ("airflow", "pool", 3),
    ("argo", "namespace", "My_Namespace"),
    ("argo", "server", "argo:2746"),
    ("argo", "artifact_repository", "two words"),
    ("kubeflow", "pipeline_root", "acme-ml/runs"),
    ("vertex", "region", "Europe"),
    ("vertex", "network", "default"),
]


@pytest.mark.parametrize(("target", "name", "value"), WRONG)
def test_it_refuses_what_the_target_refuses(target: str, name: str, value: Any) -> None:
    assert faults({target: {name: value}})
    with pytest.raises(SpecRejected):
        load(target).check_settings({name: value})


def test_it_lists_targets_and_takes_those_of_others() -> None:
    listed = SCHEMAS["pipeline"]["$defs"]["Profile"]["properties"]["target"]["anyOf"][0]["enum"]
    for name in BUILT_IN:
        assert {name, *(f"{name}@{version}" for version in load(name).VERSIONS)} <= set(listed)
    assert faults({"target": "shellscript@1"}) == []
    assert faults({"target": "argo 4"})
    assert faults({"target": 4})


def test_it_finds_right_pages() -> None:
    assert len(RIGHT) > 50


@pytest.mark.parametrize("page", RIGHT, ids=lambda page: page.folder.name)
def test_it_takes_every_right_page(page: pages.Page, tmp_path: Path) -> None:
    assert page.right is not None
    path = tmp_path / "pipeline.yaml"
    path.write_text(page.right[1], "utf-8")
    data = read_file(path).data
    kind = "component" if isinstance(data, dict) and data.get("kind") == "Component" else "pipeline"
    found = jsonschema.Draft202012Validator(SCHEMAS[kind]).iter_errors(data)
    assert [f"{fault.json_path}: {fault.message}" for fault in found] == []
