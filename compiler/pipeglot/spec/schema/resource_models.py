"""What a step asks for of a machine, the most that it may use there, and the code that is brought to it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, with_config
from typing_extensions import NotRequired, TypedDict

from pipeglot.spec.schema import patterns
from pipeglot.spec.schema.types import CONFIG, Count, Duration, Many, Text

_RESOURCE = "What Kubernetes calls it, where not `nvidia.com/gpu`: `nvidia.com/mig-1g.5gb`."


@with_config(CONFIG)
class Gpu(TypedDict):
    count: Annotated[Many, Field(description="How many.")]
    type: NotRequired[Annotated[Text, Field(description="Which, as the cluster names it: `nvidia-l4`.")]]
    resource: NotRequired[Annotated[str, Field(pattern=patterns.RESOURCE, description=_RESOURCE)]]


@with_config(CONFIG)
class GpuDefaults(TypedDict):
    count: NotRequired[Annotated[Many, Field(description="How many.")]]
    type: NotRequired[Annotated[Text, Field(description="Which, as the cluster names it: `nvidia-l4`.")]]
    resource: NotRequired[Annotated[str, Field(pattern=patterns.RESOURCE, description=_RESOURCE)]]


Size = Annotated[str, Field(pattern=patterns.SIZE, examples=["512Mi", "16Gi"])]


@with_config(CONFIG)
class Limits(TypedDict):
    """The most that the step may use, where that is not what it asks for."""

    cpu: NotRequired[Annotated[str, Field(pattern=patterns.CPU, description='`500m`, `"2"`, `"0.5"`.')]]
    memory: NotRequired[Annotated[Size, Field(description="`512Mi`, `16Gi`.")]]


@with_config(CONFIG)
class ResourcesPart(TypedDict):
    cpu: NotRequired[Annotated[str, Field(pattern=patterns.CPU, description='`500m`, `"2"`, `"0.5"`.')]]
    memory: NotRequired[Annotated[Size, Field(description="`512Mi`, `16Gi`.")]]
    disk: NotRequired[Annotated[Size, Field(description="Scratch space.")]]
    shm: NotRequired[Annotated[Size, Field(description="Shared memory.")]]
    limits: NotRequired[Annotated[Limits, Field(description="The most of it, where that is more than asked for.")]]


@with_config(CONFIG)
class Resources(ResourcesPart):
    gpu: NotRequired[Annotated[Gpu, Field(description="Graphics processors.")]]


@with_config(CONFIG)
class ResourcesDefaults(ResourcesPart):
    gpu: NotRequired[Annotated[GpuDefaults, Field(description="Graphics processors.")]]


@with_config(CONFIG)
class Code(TypedDict):
    """A folder that is packed, brought along and unpacked anew for each attempt: its current folder."""

    source: NotRequired[
        Annotated[Text, Field(description="The folder, relative to the file that says it; `.` is the default.")]
    ]
    include: NotRequired[
        Annotated[list[Text], Field(min_length=1, description="What of it is packed, as in a `.gitignore`: all.")]
    ]
    exclude: NotRequired[Annotated[list[Text], Field(description="What of that is left out.")]]
    mode: NotRequired[
        Annotated[
            Literal["archive", "image"],
            Field(description="`image`: nothing is packed, the image has the code, as without `code`."),
        ]
    ]


@with_config(CONFIG)
class Cache(TypedDict):
    """A step whose work is not done again: what it left is taken where all that goes into it is the same."""

    enabled: NotRequired[
        Annotated[bool, Field(examples=[False], description="`false` where `defaults` say otherwise.")]
    ]
    key: NotRequired[Annotated[Text, Field(description="What else counts: a text, or an expression.")]]
    max_age: NotRequired[Annotated[Duration, Field(description="Work that is older is done again.")]]
    version: NotRequired[Annotated[Count, Field(examples=[1], description="Another one, and the work is done again.")]]


@with_config(CONFIG)
class CacheStore(TypedDict):
    """Where the work of steps is kept."""

    store: NotRequired[Annotated[Text, Field(description="A folder, or `s3://bucket/prefix`; else `artifacts`.")]]
    environment: NotRequired[
        Annotated[
            Text,
            Field(description="In what steps run here, under one name for all places that run them in the same."),
        ]
    ]
