"""What a file may be: a pipeline, a component of one step or of several, or a base that pipelines extend."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, with_config
from typing_extensions import NotRequired, TypedDict

from pipeglot.spec.schema import tags
from pipeglot.spec.schema.models import (
    BasePath,
    Body,
    Defaults,
    Document,
    Inputs,
    Metadata,
    Output,
    Profile,
    Records,
    Result,
    Step,
)
from pipeglot.spec.schema.types import CONFIG, Name, ProfileName, StepId, Text


@with_config(CONFIG)
class BaseMetadata(TypedDict):
    description: NotRequired[Annotated[str, Field(description="What it says, and for whom.")]]
    labels: NotRequired[Annotated[dict[Text, str], Field(description="Of every pipeline that extends it.")]]


@with_config(CONFIG)
class Base(TypedDict):
    """What lies under the pipelines that extend it: what an organisation says once."""

    apiVersion: Annotated[Literal["pipeglot/v1"], Field(description="The version of the language.")]
    kind: Annotated[Literal["Base"], Field(description="What the file describes.")]
    extends: NotRequired[Annotated[BasePath, Field(description="A file whose parts lie under these.")]]
    metadata: NotRequired[Annotated[BaseMetadata, Field(description="What is said of all of them.")]]
    defaults: NotRequired[Annotated[Defaults, Field(description="Merged under every step.")]]
    records: NotRequired[Annotated[Records, Field(description="What is kept of a run.")]]
    profiles: NotRequired[Annotated[dict[ProfileName, Profile], Field(description="Overlays, by name.")]]


@with_config(CONFIG)
class ComponentPart(TypedDict):
    apiVersion: Annotated[Literal["pipeglot/v1"], Field(description="The version of the language.")]
    kind: Annotated[Literal["Component"], Field(description="What the file describes.")]
    metadata: Annotated[Metadata, Field(description="The component's name and what is said of it.")]
    inputs: NotRequired[Inputs]


@with_config(CONFIG)
class Component(ComponentPart, Body):
    """A step to be used by name of its file."""

    outputs: NotRequired[Annotated[dict[Name, Output], Field(description="What the step leaves, by name.")]]


@with_config(CONFIG)
class Graph(ComponentPart):
    """Steps to be used together, as one."""

    steps: Annotated[dict[StepId, Step], Field(min_length=1, description="The steps, by id; their order is free.")]
    outputs: NotRequired[Annotated[dict[Name, Result], Field(description="Their results, by name.")]]


AnyComponent = Annotated[
    Annotated[Component, Tag(tags.COMPONENT)] | Annotated[Graph, Tag(tags.GRAPH)], Discriminator(tags.document_tag)
]
File = Annotated[
    Annotated[Document, Tag(tags.PIPELINE)]
    | Annotated[Component, Tag(tags.COMPONENT)]
    | Annotated[Graph, Tag(tags.GRAPH)]
    | Annotated[Base, Tag(tags.BASE)],
    Discriminator(tags.document_tag),
]
