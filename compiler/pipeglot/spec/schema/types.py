"""What the models of the language are made of: texts, numbers and names, each with what it may look like."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, WithJsonSchema

from pipeglot.spec.schema import patterns

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
