"""What the models of the language are made of: texts, numbers, names, and inputs, each with what it may look like."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, WithJsonSchema, with_config
from typing_extensions import NotRequired, TypedDict

from pipeglot.spec.schema import patterns, tags

CONFIG = ConfigDict(extra="forbid", strict=True)

StepId = Annotated[str, Field(pattern=patterns.STEP)]
Name = Annotated[str, Field(pattern=patterns.NAME)]
EnvName = Annotated[str, Field(pattern=patterns.ENV)]
ProfileName = Annotated[str, Field(pattern=patterns.PROFILE)]
Duration = Annotated[str, Field(pattern=patterns.DURATION, examples=["90s", "1h30m"])]
SecretName = Annotated[str, Field(pattern=patterns.SECRET)]
Text = Annotated[str, Field(min_length=1)]
Image = Annotated[str, Field(pattern=patterns.IMAGE)]
Count = Annotated[int, Field(ge=0)]
Many = Annotated[int, Field(ge=1)]
Number = Annotated[Any, WithJsonSchema({"type": "number"})]
"""Kept as written: 1 is not 1.0."""
Captured = Literal[
    "mlflow", "tensorboard", "wandb", "git", "code", "packages", "python", "image", "resources", "env", "logs"
]
OutputType = Literal["string", "int", "float", "bool", "list", "dict", "any"]
ArtifactKind = Literal["file", "directory", "dataset", "model", "metrics", "report"]

ITEMS = "The type of a list's elements."


@with_config(CONFIG)
class TypedInput(TypedDict):
    """An input with its type. Without `type` and `artifact` it has the type of its value."""

    value: Annotated[Any, Field(description="An expression or a literal.")]
    type: NotRequired[Annotated[OutputType, Field(description="The type of the value.")]]
    items: NotRequired[Annotated[OutputType, Field(description=ITEMS)]]
    artifact: NotRequired[Annotated[ArtifactKind, Field(description="The kind of an artifact.")]]


@with_config(CONFIG)
class OutsideInput(TypedDict):
    """An input whose data comes from outside: a file, a folder, or all that fits a pattern."""

    uri: Annotated[Text, Field(description="A path, or an address: file://, s3://, gs://, az://, https://.")]
    artifact: Annotated[ArtifactKind, Field(description="The kind of the artifact; `directory` is a folder.")]
    mode: NotRequired[Annotated[Literal["fetch", "reference"], Field(description="`reference`: the address alone.")]]
    digest: NotRequired[Annotated[str, Field(pattern=patterns.DIGEST, description="Pins a file: `sha256:…`.")]]


Input = Annotated[
    Annotated[TypedInput, Tag(tags.LONG)]
    | Annotated[OutsideInput, Tag(tags.OUTSIDE)]
    | Annotated[Any, Tag(tags.LITERAL), WithJsonSchema({"type": ["string", "integer", "number", "boolean", "array"]})],
    Discriminator(tags.input_tag),
]
