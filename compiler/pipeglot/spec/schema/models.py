"""The language's one definition: what stands where in `pipeline.yaml`.

The JSON Schema that editors use and the schema that `validate` runs are generated from it. The models are dictionaries
with known keys, so that a checked spec is the plain data that was read, and costs nothing more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, WithJsonSchema, with_config
from typing_extensions import NotRequired, TypedDict

from pipeglot.spec.schema import patterns, tags
from pipeglot.spec.schema.pods.models import Kubernetes, Patches
from pipeglot.spec.schema.resource_models import Cache, CacheStore, Code, Resources, ResourcesDefaults
from pipeglot.spec.schema.types import (
    CONFIG,
    ArtifactKind,
    Captured,
    Count,
    Duration,
    EnvName,
    Image,
    Input,
    Many,
    Name,
    Number,
    OutputType,
    ProfileName,
    SecretName,
    StepId,
    Text,
)
from pipeglot.spec.schema.types import ITEMS as _ITEMS

TypeName = Literal["string", "int", "float", "bool", "list", "dict"]
Condition = Literal["success", "failure", "always"]
ShellName = Literal["sh", "bash", "python"]

_FAIL_FAST = "After a failure start nothing new; what runs may end."
_REGISTER = "The model of the registry that it becomes a version of, by its content, once the step succeeded."


@with_config(CONFIG)
class Metadata(TypedDict):
    name: Annotated[
        str, Field(pattern=patterns.PIPELINE, description="Lower-case letters, digits and dashes, at most 40.")
    ]
    description: NotRequired[Annotated[str, Field(description="What the pipeline is for.")]]
    labels: NotRequired[Annotated[dict[Text, str], Field(description="Free text by name, for people and reports.")]]


@with_config(CONFIG)
class Param(TypedDict):
    """A value given to a run."""

    type: Annotated[TypeName, Field(description="The type of the value.")]
    default: NotRequired[Annotated[Any, Field(description="Kept as it is. Without one the param is required.")]]
    description: NotRequired[Annotated[str, Field(description="What the param is for.")]]
    sensitive: NotRequired[Annotated[bool, Field(description="Redacted in records, logs and generated files.")]]
    enum: NotRequired[Annotated[list[Any], Field(description="The values that there are.")]]
    min: NotRequired[Annotated[Number, Field(description="The least number.")]]
    max: NotRequired[Annotated[Number, Field(description="The greatest number.")]]
    pattern: NotRequired[Annotated[str, Field(description="A regular expression that the whole text matches.")]]
    min_length: NotRequired[Annotated[Count, Field(description="The least number of characters.")]]
    max_length: NotRequired[Annotated[Count, Field(description="The greatest number of characters.")]]
    items: NotRequired[Annotated[TypeName, Field(description=_ITEMS)]]
    min_items: NotRequired[Annotated[Count, Field(description="The least number of elements.")]]
    max_items: NotRequired[Annotated[Count, Field(description="The greatest number of elements.")]]


@with_config(CONFIG)
class OutputPart(TypedDict):
    optional: NotRequired[Annotated[bool, Field(description="The step may leave it unwritten.")]]
    description: NotRequired[Annotated[str, Field(description="What the output is.")]]
    format: NotRequired[Annotated[str, Field(pattern=patterns.FORMAT, description="Ends the file's name: `csv`.")]]
    sensitive: NotRequired[Annotated[bool, Field(description="Redacted in records, logs and generated files.")]]


@with_config(CONFIG)
class ValueOutput(OutputPart):
    """A small value, which the step writes to its path or, from `python:`, returns."""

    type: Annotated[OutputType, Field(description="The type of the value.")]
    items: NotRequired[Annotated[OutputType, Field(description=_ITEMS)]]
    default: NotRequired[Annotated[Any, Field(description="Stands where the output was not written.")]]


@with_config(CONFIG)
class ArtifactOutput(OutputPart):
    """A file or folder, passed by reference and hashed."""

    artifact: Annotated[ArtifactKind, Field(description="The kind; only `directory` and `file` are told apart.")]
    register: NotRequired[Annotated[str, Field(pattern=patterns.MODEL, description=_REGISTER)]]


Output = Annotated[
    Annotated[ValueOutput, Tag(tags.VALUE)] | Annotated[ArtifactOutput, Tag(tags.ARTIFACT)],
    Discriminator(tags.output_tag),
]
Run = Annotated[
    Annotated[list[str], Field(min_length=1), Tag(tags.ARGV)] | Annotated[Text, Tag(tags.SCRIPT)],
    Discriminator(tags.run_tag),
]
Items = Annotated[
    Annotated[list[Any], Tag(tags.ITEMS)] | Annotated[Text, Tag(tags.EXPRESSION)],
    Discriminator(tags.items_tag),
]


@with_config(CONFIG)
class Foreach(TypedDict):
    """One run of the step per element: `item`, `item.key` and `index` are then there to read."""

    items: Annotated[Items, Field(description="A list, known now or made at run time: a value, or an artifact.")]
    item_type: NotRequired[
        Annotated[OutputType, Field(description="Of the elements of an artifact: `any` is the default.")]
    ]
    max_parallel: NotRequired[Annotated[Many, Field(description="How many run at a time.")]]
    fail_fast: NotRequired[Annotated[bool, Field(description=_FAIL_FAST)]]


@with_config(CONFIG)
class RetryPart(TypedDict):
    delay: NotRequired[Annotated[Duration, Field(description="The wait before the first re-try.")]]
    backoff: NotRequired[Annotated[Number, Field(description="Each wait is so many times the one before.")]]
    max_delay: NotRequired[Annotated[Duration, Field(description="The longest wait.")]]
    on: NotRequired[
        Annotated[
            list[Literal["error", "timeout", "lost"]],
            Field(min_length=1, description="What is tried again: all three."),
        ]
    ]


@with_config(CONFIG)
class Retry(RetryPart):
    limit: Annotated[Count, Field(description="How often the step is tried *again*.")]


@with_config(CONFIG)
class RetryDefaults(RetryPart):
    limit: NotRequired[Annotated[Count, Field(description="How often the step is tried *again*.")]]


@with_config(CONFIG)
class SecretKey(TypedDict):
    """A secret of the place where the step runs: its value stands in no file of a target, and in no record."""

    secret: Annotated[str, Field(pattern=patterns.SECRET, description="The name, as Kubernetes names secrets.")]
    key: Annotated[str, Field(pattern=patterns.SECRET_KEY, description="Which of the secret's values.")]
    optional: NotRequired[Annotated[bool, Field(description="Where it is not there, neither is the variable.")]]


@with_config(CONFIG)
class ConfigKey(TypedDict):
    """A value of a ConfigMap, where the step is a pod."""

    config_map: Annotated[str, Field(pattern=patterns.SECRET, description="The name of the ConfigMap.")]
    key: Annotated[str, Field(pattern=patterns.SECRET_KEY, description="Which of its values.")]
    optional: NotRequired[Annotated[bool, Field(description="Where it is not there, neither is the variable.")]]


@with_config(CONFIG)
class PodField(TypedDict):
    """What Kubernetes knows of the pod, where the step is one."""

    field: Annotated[str, Field(pattern=patterns.POD_FIELD, description="`metadata.name`, `spec.nodeName`.")]


EnvValue = Annotated[
    Annotated[str, Tag(tags.TEXT)]
    | Annotated[SecretKey, Tag(tags.SECRET)]
    | Annotated[ConfigKey, Tag(tags.CONFIG_MAP)]
    | Annotated[PodField, Tag(tags.POD_FIELD)],
    Discriminator(tags.env_tag),
]
Env = dict[EnvName, EnvValue]


@with_config(CONFIG)
class Shared(TypedDict):
    """What `defaults` and a step have in common."""

    image: NotRequired[Annotated[Image, Field(description="The container image, where a target runs containers.")]]
    workdir: NotRequired[Annotated[Text, Field(description="The folder of the code in the image.")]]
    shell: NotRequired[Annotated[ShellName, Field(description="What runs a script: `sh` is the default.")]]
    env: NotRequired[
        Annotated[
            Env,
            Field(
                description="Environment variables: text, an expression, `{secret: NAME, key: KEY}`; "
                "in pods also `{config_map: NAME, key: KEY}` and `{field: metadata.name}`."
            ),
        ]
    ]
    kubernetes: NotRequired[Annotated[Kubernetes, Field(description="What the step's pod has besides.")]]
    timeout: NotRequired[Annotated[Duration, Field(description="For one attempt.")]]
    code: NotRequired[Annotated[Code, Field(description="A folder that is packed and brought to the step.")]]
    cache: NotRequired[Annotated[Cache, Field(description="Work that was done before is not done again.")]]


@with_config(CONFIG)
class Defaults(Shared):
    """Merged under every step: maps merge, all else is replaced."""

    retry: NotRequired[Annotated[RetryDefaults, Field(description="What is tried again after a failure.")]]
    resources: NotRequired[Annotated[ResourcesDefaults, Field(description="What the step needs of a machine.")]]


@with_config(CONFIG)
class Body(Shared):
    run: NotRequired[Annotated[Run, Field(description="A list is the exact argv; a text is a script for `shell`.")]]
    python: NotRequired[
        Annotated[str, Field(pattern=patterns.FUNCTION, description="`module:function`, called with the inputs.")]
    ]
    notebook: NotRequired[
        Annotated[str, Field(pattern=patterns.NOTEBOOK, description="A notebook, by its file where the code is.")]
    ]
    retry: NotRequired[Annotated[Retry, Field(description="What is tried again after a failure.")]]
    resources: NotRequired[Annotated[Resources, Field(description="What the step needs of a machine.")]]
    targets: NotRequired[Annotated[Patches, Field(description="Laid over what each target makes of the step.")]]


_With = Annotated[dict[Name, Any], Field(description="What the component's inputs are given.")]
# `with` is a word of Python, so this one cannot be written as a class
Using = TypedDict(
    "Using",
    {
        "uses": NotRequired[
            Annotated[
                Text,
                Field(description="A component or pipeline, by its file, `./x.yaml`, or by its name in `components`."),
            ]
        ],
        "with": NotRequired[_With],
    },
)


@with_config(CONFIG)
class Step(Body, Using):
    """A step has exactly one body: `run`, `python`, `notebook` or `uses`."""

    inputs: NotRequired[Annotated[dict[Name, Input], Field(description="What the step reads, by name.")]]
    outputs: NotRequired[Annotated[dict[Name, Output], Field(description="What the step leaves, by name.")]]
    needs: NotRequired[Annotated[list[str], Field(description="Steps that end first; reading is needing already.")]]
    when: NotRequired[Annotated[Text, Field(description="A bool expression: false skips the step.")]]
    run_if: NotRequired[Annotated[Condition, Field(description="After what the step runs: `success`.")]]
    allow_failure: NotRequired[
        Annotated[bool, Field(description="A failure is for all others a skip: the run does not fail for it.")]
    ]
    foreach: NotRequired[Annotated[Foreach, Field(description="One run of the step per element of a list.")]]
    matrix: NotRequired[
        Annotated[
            dict[Name, Items],
            Field(min_length=1, description="One run of the step per combination, the first key slowest."),
        ]
    ]


@with_config(CONFIG)
class Records(TypedDict):
    sink: NotRequired[Annotated[Text, Field(description="Where records are sent: `file://` or `https://`.")]]
    capture: NotRequired[Annotated[list[Captured], Field(description="What else is recorded, with no change in code.")]]
    on_failure: NotRequired[
        Annotated[Literal["warn", "fail"], Field(description="Whether a step fails when its record cannot be kept.")]
    ]


@with_config(CONFIG)
class Notify(TypedDict):
    """A word about the run to a webhook, by a task of its own once all others are over."""

    on: NotRequired[
        Annotated[
            list[Literal["failure", "success"]],
            Field(min_length=1, description="After which runs: those that failed, those that succeeded."),
        ]
    ]
    webhook: Annotated[SecretKey, Field(description="The secret that holds the address.")]
    message: NotRequired[Annotated[Text, Field(description="The text; by default pipeline, run and status.")]]
    format: NotRequired[
        Annotated[Literal["json", "slack"], Field(description="The body: a flat object, or what Slack takes.")]
    ]


@with_config(CONFIG)
class Schedule(TypedDict):
    """Cron, its zone, and the time in which they hold."""

    cron: Annotated[Text, Field(description="Minute, hour, day, month, weekday.", examples=["0 6 * * 1"])]
    timezone: NotRequired[Annotated[Text, Field(description="An IANA zone; `UTC` is the default.")]]
    start: NotRequired[Annotated[Text, Field(description="RFC 3339: no run is due before.")]]
    end: NotRequired[Annotated[Text, Field(description="RFC 3339: no run is due after.")]]
    catchup: NotRequired[Annotated[bool, Field(description="Make up for runs that were missed.")]]
    overlap: NotRequired[
        Annotated[Literal["allow", "skip", "replace"], Field(description="What is due while a run still goes on.")]
    ]
    max_active: NotRequired[Annotated[Many, Field(description="How many runs go on at a time.")]]


@with_config(CONFIG)
class Sidecar(TypedDict):
    """By what the sidecar comes, where a target has several ways, and by what it is run."""

    deliver: NotRequired[
        Annotated[
            Literal["auto", "inline", "configmap", "task", "importer", "image"],
            Field(
                description="`auto`: as the target does by itself. "
                "`task`: a first task hands it on to the others as an artifact. "
                "`image`: the images of the steps hold it, as `/pipeglot/sidecar.py`."
            ),
        ]
    ]
    python: NotRequired[
        Annotated[
            Image,
            Field(description="An image with Python 3.8 or newer: it is brought from there, the steps' own need none."),
        ]
    ]


Overlay = Annotated[dict[str, Any], Field(description="Laid over the pipeline's own; null deletes.")]
Settings = Annotated[dict[str, Any], Field(description="Settings of this target.")]


@with_config(CONFIG)
class ProfilePart(TypedDict):
    name: NotRequired[
        Annotated[
            str,
            Field(pattern=patterns.PIPELINE, description="What the pipeline is called instead, on its engine too."),
        ]
    ]
    target: NotRequired[
        Annotated[str, Field(pattern=patterns.TARGET, description="The target, with its version: `argo@4.0`.")]
    ]
    artifacts: NotRequired[Annotated[Text, Field(description="Where artifacts live: `s3://bucket/prefix`.")]]
    params: NotRequired[Annotated[dict[str, Any], Field(description="Defaults of params, by name.")]]
    defaults: NotRequired[Overlay]
    steps: NotRequired[Overlay]
    records: NotRequired[Overlay]
    schedule: NotRequired[Annotated[dict[str, Any] | None, Field(description="Laid over the pipeline's own, or none.")]]
    notify: NotRequired[Annotated[dict[str, Any] | None, Field(description="Laid over the pipeline's own, or none.")]]
    kubernetes: NotRequired[Annotated[dict[str, Any], Field(description="Laid over `defaults.kubernetes`.")]]
    targets: NotRequired[Overlay]
    secrets: NotRequired[
        Annotated[
            dict[SecretName, SecretName], Field(description="What secrets of the pipeline are called in this place.")
        ]
    ]
    sidecar: NotRequired[Annotated[Sidecar, Field(description="How the sidecar reaches the steps.")]]
    cache: NotRequired[Annotated[CacheStore, Field(description="Where the work of cached steps is kept.")]]


if TYPE_CHECKING:

    class OfTargets(TypedDict):
        """A map of settings for each of `tags.TARGETS`."""

else:
    OfTargets = TypedDict("OfTargets", dict.fromkeys(tags.TARGETS, NotRequired[Settings]))


@with_config(CONFIG)
class Profile(ProfilePart, OfTargets):
    """An overlay by name: what differs between a laptop and production."""


BasePath = Annotated[str, Field(pattern=patterns.YAML_FILE)]


@with_config(CONFIG)
class Document(TypedDict):
    """A pipeline: steps that read each other's outputs, and what their runs need."""

    apiVersion: Annotated[Literal["pipeglot/v1"], Field(description="The version of the language.")]
    kind: Annotated[Literal["Pipeline"], Field(description="What the file describes.")]
    metadata: Annotated[Metadata, Field(description="The pipeline's name and what is said of it.")]
    extends: NotRequired[Annotated[BasePath, Field(description="A file whose parts lie under these.")]]
    params: NotRequired[Annotated[dict[Name, Param], Field(description="Values given to a run, by name.")]]
    defaults: NotRequired[Annotated[Defaults, Field(description="Merged under every step.")]]
    kubernetes: NotRequired[Annotated[Kubernetes, Field(description="What all pods have, under `defaults`.")]]
    steps: Annotated[dict[StepId, Step], Field(min_length=1, description="The steps, by id; their order is free.")]
    on_exit: NotRequired[Annotated[dict[StepId, Step], Field(description="Steps that run once after all others.")]]
    notify: NotRequired[Annotated[Notify, Field(description="Who is told how a run ended.")]]
    components: NotRequired[
        Annotated[
            dict[StepId, Annotated[Any, WithJsonSchema({"type": ["string", "object"]})]],
            Field(description="Names for components: of each the path of its file, or its own fields."),
        ]
    ]
    max_parallel: NotRequired[Annotated[Many, Field(description="How many steps run at a time.")]]
    fail_fast: NotRequired[Annotated[bool, Field(description=_FAIL_FAST)]]
    deadline: NotRequired[Annotated[Duration, Field(description="For the whole run.")]]
    schedule: NotRequired[Annotated[Schedule, Field(description="When runs start by themselves.")]]
    records: NotRequired[Annotated[Records, Field(description="What is kept of a run.")]]
    targets: NotRequired[Annotated[Patches, Field(description="Laid over what is emitted, by target.")]]
    profiles: NotRequired[Annotated[dict[ProfileName, Profile], Field(description="Overlays, by name.")]]


@with_config(CONFIG)
class ValueParameter(TypedDict):
    """A value that a component is given."""

    type: Annotated[OutputType, Field(description="The type of the value.")]
    items: NotRequired[Annotated[OutputType, Field(description=_ITEMS)]]
    default: NotRequired[Annotated[Any, Field(description="Without one the input is required.")]]
    description: NotRequired[Annotated[str, Field(description="What the input is for.")]]


@with_config(CONFIG)
class ArtifactParameter(TypedDict):
    """An artifact that a component is given."""

    artifact: Annotated[ArtifactKind, Field(description="The kind of the artifact.")]
    description: NotRequired[Annotated[str, Field(description="What the input is for.")]]


Parameter = Annotated[
    Annotated[ValueParameter, Tag(tags.VALUE)] | Annotated[ArtifactParameter, Tag(tags.ARTIFACT)],
    Discriminator(tags.output_tag),
]


@with_config(CONFIG)
class ResultPart(TypedDict):
    value: Annotated[str, Field(description="What the readers get: `${{ steps.push.outputs.url }}`.")]
    description: NotRequired[Annotated[str, Field(description="What the output is.")]]


@with_config(CONFIG)
class ValueResult(ResultPart):
    """A value that a component's steps have made."""

    type: Annotated[OutputType, Field(description="The type of the value.")]
    items: NotRequired[Annotated[OutputType, Field(description=_ITEMS)]]


@with_config(CONFIG)
class ArtifactResult(ResultPart):
    """An artifact that a component's steps have made."""

    artifact: Annotated[ArtifactKind, Field(description="The kind of the artifact.")]


Result = Annotated[
    Annotated[ValueResult, Tag(tags.VALUE)] | Annotated[ArtifactResult, Tag(tags.ARTIFACT)],
    Discriminator(tags.output_tag),
]
Inputs = Annotated[dict[Name, Parameter], Field(description="What it is given by `with`, by name.")]
