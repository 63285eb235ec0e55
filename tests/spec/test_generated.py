"""What is generated from the models says the same as they do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import ValidationError

from pipeglot.diagnostics.sources import Json
from pipeglot.spec import shape
from pipeglot.spec.merging import Merged
from pipeglot.spec.schema.generate import CORE_SCHEMA, JSON_SCHEMAS, core_schema_text, json_schema, json_schema_text
from pipeglot.syntax.reader import read_file

ROOT = Path(__file__).parents[2]
SPECS = sorted([*ROOT.glob("examples/*/pipeline.yaml"), *ROOT.glob("tests/conformance/*/pipeline.yaml")])
SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
MINIMAL: dict[str, Json] = {
    "apiVersion": "pipeglot/v1",
    "kind": "Pipeline",
    "metadata": {"name": "a"},
    "steps": {"a": {"run": "x"}},
}


def test_it_is_fresh() -> None:
    assert CORE_SCHEMA.read_text("utf-8") == core_schema_text(), "run `python -m pipeglot.spec.schema.generate`"


@pytest.mark.parametrize("kind", JSON_SCHEMAS)
def test_the_schema_for_editors_is_fresh(kind: str) -> None:
    text = JSON_SCHEMAS[kind][0].read_text("utf-8")
    assert text == json_schema_text(kind), "run `python -m pipeglot.spec.schema.generate`"


def test_it_finds_the_specs() -> None:
    assert len(SPECS) > 30


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.parent.name)
def test_the_schema_for_editors_takes_every_example(path: Path) -> None:
    VALIDATOR.validate(read_file(path).data)


def test_the_schema_for_editors_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def properties(node: Any) -> list[tuple[str, dict[str, Any]]]:
    found = []
    if isinstance(node, dict):
        found += [(name, part) for name, part in node.get("properties", {}).items() if isinstance(part, dict)]
        for part in node.values():
            found += properties(part)
    return found


def test_the_schema_for_editors_describes_every_field() -> None:
    fields = properties(SCHEMA) + properties(json_schema("component"))
    assert len(fields) > 100
    assert [name for name, part in fields if "description" not in part] == []


BROKEN: list[dict[str, Any]] = [
    {"steps": {}},
    {"steps": {"a": {"runs": "x"}}},
    {"steps": {"a": {}}},
    {"steps": {"a": {"run": "x", "python": "a:b"}}},
    {"steps": {"a": {"run": 3}}},
    {"steps": {"a": {"run": ["x", 3]}}},
    {"steps": {"A": {"run": "x"}}},
    {"steps": {"a": {"run": "x", "retry": 3}}},
    {"steps": {"a": {"run": "x", "timeout": 30}}},
    {"steps": {"a": {"run": "x", "env": {"A": 1}}}},
    {"metadata": {"name": "A"}},
    {"params": {"a": {"default": 3}}},
    {"apiVersion": "v2"},
]


@pytest.mark.parametrize("change", BROKEN, ids=json.dumps)
def test_the_schema_for_editors_refuses_what_is_wrong(change: dict[str, Any]) -> None:
    assert not list(VALIDATOR.iter_errors(MINIMAL))
    assert list(VALIDATOR.iter_errors({**MINIMAL, **change}))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, "a", "int", "1h", "[key]", "", "x:y"]),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(
        st.sampled_from(["run", "type", "artifact", "value", "items", "limit", "count", "A", "[key]", "a", "delay"]),
        part, max_size=4,
    ),
    max_leaves=5,
)  # fmt: skip
FIELDS = st.sampled_from([
    "run", "python", "inputs", "outputs", "env", "when", "foreach", "matrix", "retry", "resources", "needs", "code",
    "timeout", "unknown", "shell", "image",
])  # fmt: skip


def told(validator: Any, data: Any) -> Any:
    try:
        validator.validate_python(data)
    except ValidationError as error:
        return [(each["type"], each["loc"], repr(each["input"]), each.get("ctx")) for each in error.errors()]
    return []


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    step=st.dictionaries(FIELDS, VALUES, max_size=4),
    top=st.dictionaries(st.sampled_from(["params", "defaults", "profiles", "records", "metadata", "on_exit"]), VALUES),
)
def test_it_finds_the_same_mistakes_with_and_without_the_models(step: Any, top: Any) -> None:
    data = {**MINIMAL, **top, "steps": {"a": step}}
    assert told(shape.validator(), data) == told(MODELS, data)


MODELS = shape.from_models()


def test_it_runs_the_models_where_pydantic_core_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeglot.spec.shape.core_schema.PYDANTIC_CORE", "0.0.0")
    assert shape.faults(Merged({**MINIMAL, "steps": {}}, ""))[0].kind == "too_short"
    assert shape.faults(Merged(MINIMAL, "")) == ()


def test_it_imports_no_pydantic_and_no_target_to_validate() -> None:
    program = (
        "import sys; from pathlib import Path; from pipeglot.driver.loading import validate; "
        f"validate(Path({str(SPECS[0])!r})); "
        "print(*{part for name in sys.modules for part in (name.split('.')[0], name.split('.')[-1])})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "pydantic_core" in loaded
    others = {"pydantic", "ruamel", "jinja2", "sqlalchemy", "kfp", "airflow", "argo_workflows", "jsonschema"}
    assert not loaded & {*others, "pod_types"}
