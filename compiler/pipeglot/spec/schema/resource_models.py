"""What a step asks for of a machine, and the most that it may use."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, with_config
from typing_extensions import NotRequired, TypedDict

from pipeglot.spec.schema import patterns
from pipeglot.spec.schema.types import CONFIG, Many, Text

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
