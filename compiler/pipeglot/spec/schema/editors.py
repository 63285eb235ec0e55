"""What an editor is told beyond the models: what stands where a field is not given, values to begin with, targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from pipeglot.spec.schema import patterns

Node: TypeAlias = dict[str, Any]

DEFAULTS: Mapping[str, Mapping[str, object]] = {
    "Param": {"sensitive": False},
    "ValueOutput": {"optional": False, "sensitive": False},
    "ArtifactOutput": {"optional": False, "sensitive": False},
    "Foreach": {"fail_fast": False},
    "Retry": {"backoff": 1, "delay": "0s", "on": ["error", "timeout", "lost"]},
    "RetryDefaults": {"backoff": 1, "delay": "0s", "on": ["error", "timeout", "lost"]},
    "Step": {"shell": "sh", "run_if": "success", "allow_failure": False},
    "Component": {"shell": "sh"},
    "Defaults": {"shell": "sh"},
    "Document": {"fail_fast": False},
    "Schedule": {"timezone": "UTC", "catchup": False, "overlap": "allow"},
    "Records": {"on_failure": "warn"},
    "Notify": {"on": ["failure"], "format": "json"},
    "Sidecar": {"deliver": "auto"},
    "SecretKey": {"optional": False},
    "ConfigKey": {"optional": False},
    "Named": {"optional": False},
    "Toleration": {"operator": "Equal"},
    "Claim": {"readOnly": False},
    "Volume": {"read_only": False},
    "Code": {"source": ".", "mode": "archive"},
}
"""What a field means where it is not there."""

EXAMPLES: Mapping[str, Mapping[str, object]] = {
    "Param": {
        "min": 0,
        "max": 100,
        "min_length": 1,
        "max_length": 100,
        "min_items": 1,
        "max_items": 100,
        "pattern": "^[a-z]+$",
    },
    "Foreach": {"max_parallel": 4},
    "Retry": {"limit": 2},
    "RetryDefaults": {"limit": 2},
    "Gpu": {"count": 1, "type": "nvidia-l4"},
    "GpuDefaults": {"count": 1, "type": "nvidia-l4"},
    "Resources": {"cpu": "500m"},
    "ResourcesDefaults": {"cpu": "500m"},
    "Step": {"image": "python:3.12-slim", "python": "package.module:function", "workdir": "/app"},
    "Component": {"image": "python:3.12-slim", "python": "package.module:function", "workdir": "/app"},
    "Defaults": {"image": "python:3.12-slim", "workdir": "/app"},
    "Document": {"max_parallel": 4},
    "Schedule": {"max_active": 1, "start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"},
    "Records": {"sink": "file:///srv/records", "capture": ["mlflow", "git", "resources"]},
    "Sidecar": {"python": "python:3.12-slim"},
    "Profile": {"artifacts": "s3://bucket/prefix", "name": "churn-dev"},
    "Toleration": {"tolerationSeconds": 300},
    "PodField": {"field": "metadata.name"},
    "Volume": {"mount_path": "/data"},
    "SecurityContext": {
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "fsGroup": 1000,
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": True,
    },
}
"""What an editor may begin a value with: else it takes 0, which `max_parallel` and `count` cannot be."""


def dress(schema: Node) -> None:
    """Lays all of it over a schema made from the models."""
    for word, table in (("default", DEFAULTS), ("examples", EXAMPLES)):
        for owner, values in table.items():
            for name, value in values.items():
                for fields in _fields(schema, owner):
                    fields[name][word] = [value] if word == "examples" else value
    _render(schema)


def _fields(schema: Node, owner: str) -> Iterator[Node]:
    """The fields of one definition, where this schema has it: that of the file itself stands at the top."""
    whole = owner == "Document" and "fail_fast" in schema.get("properties", ())
    found = schema if whole else schema["$defs"].get(owner, {})
    if "properties" in found:
        yield found["properties"]


def of_targets(schema: Node, settings: Mapping[str, Node], names: Sequence[str]) -> None:
    """`settings` are schemas by target; `names` are all that may stand as `target`, with their versions."""
    profile = schema["$defs"]["Profile"]["properties"]
    for target, fields in settings.items():
        schema["$defs"][f"{target.capitalize()}Settings"] = fields
        profile[target] = {"$ref": f"#/$defs/{target.capitalize()}Settings", "description": fields["description"]}
    described = profile["target"]["description"]
    known: Node = {"enum": list(names)}
    profile["target"] = {
        "anyOf": [known, {"pattern": patterns.TARGET}],
        "type": "string",
        "description": described,
    }
    _render(schema)


def _render(node: object) -> None:
    """Descriptions are Markdown, which editors show as such where they are told."""
    for each in _nodes(node):
        if isinstance(each.get("description"), str):
            each["markdownDescription"] = each["description"]


def _nodes(node: object, named: bool = False) -> Iterator[Node]:
    """All schemas in it. `named`: the keys are names of fields, which may be those of keywords."""
    if isinstance(node, list):
        for part in cast("list[object]", node):
            yield from _nodes(part)
    if isinstance(node, dict):
        entries = cast("Node", node)
        if not named:
            yield entries
        for key, part in entries.items():
            if named or key not in ("default", "examples", "enum"):
                yield from _nodes(part, not named and key in ("properties", "$defs", "patternProperties"))
