"""The pipeline as backends see it: checked, typed, complete, never changed after it is built."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pipeglot.diagnostics.origins import Origin as Origin
from pipeglot.diagnostics.sources import Json as Json

Tree: TypeAlias = list[Json]
"""An expression as JSON, `docs/internals/runtime.md` section 2."""


class Missing(enum.Enum):
    """The absence of a default, which no value of the language can be mistaken for."""

    MISSING = "missing"


MISSING = Missing.MISSING


class RunIf(enum.Enum):
    SUCCESS = "success"
    FAILURE = "failure"
    ALWAYS = "always"


class Overlap(enum.Enum):
    """What becomes of a run that is due while one before it still goes on."""

    ALLOW = "allow"
    SKIP = "skip"
    REPLACE = "replace"


class Shell(enum.Enum):
    SH = "sh"
    BASH = "bash"
    PYTHON = "python"


class RetryOn(enum.Enum):
    ERROR = "error"
    TIMEOUT = "timeout"
    LOST = "lost"


@dataclass(slots=True)
class Param:
    """A run-time value of the pipeline. `limits` are the keywords of `spec.md` section 3, as written."""

    name: str
    type: str
    origin: Origin
    default: Json | Missing = MISSING
    sensitive: bool = False
    description: str = ""
    limits: Mapping[str, Json] = field(default_factory=dict[str, Json])
    default_origin: Origin | None = None
    """Where the default was written: here, or in the profile."""


@dataclass(slots=True)
class Command:
    """An exact argv; each element is a tree whose text is one argument (`["args", x]`: one per element)."""

    argv: tuple[Tree, ...]


@dataclass(slots=True)
class Script:
    """A program text for a shell. References were replaced by the variables named in `variables`."""

    shell: Shell
    text: str
    variables: Mapping[str, Tree]


@dataclass(slots=True)
class Call:
    """A Python function, `module:function`."""

    function: str


@dataclass(slots=True)
class Notify:
    """A word about the run, sent to the webhook that the variable `NOTIFY_WEBHOOK` holds."""

    message: Tree
    format: str


@dataclass(slots=True)
class Notebook:
    """A Jupyter notebook, by its file in the folder of the code; its executed copy is the output `notebook`."""

    path: str


Body: TypeAlias = Command | Script | Call | Notebook | Notify


@dataclass(slots=True)
class Secret:
    """`optional`: where it is not there, the variable is not there either. `exact`: another of the pipeline's secrets
    would stand in the same variable of an environment, so both have a longer one."""

    name: str
    key: str
    optional: bool = False
    exact: bool = False


@dataclass(slots=True)
class ConfigKey:
    """A value of a ConfigMap: only pods have it."""

    name: str
    key: str
    optional: bool = False


@dataclass(slots=True)
class PodField:
    """What Kubernetes knows of a pod, by its path: `metadata.name`."""

    path: str


Outside: TypeAlias = Secret | ConfigKey | PodField
"""The variables that come from where the step runs, and stand in no file."""


@dataclass(slots=True)
class External:
    """What an input says of data that comes from outside. `digest` pins it; a reference is an address, and no path."""

    kind: str
    is_reference: bool = False
    digest: str | None = None


@dataclass(slots=True)
class Input:
    """Of an `external` one `value` is the address, and `type` that of what readers have."""

    name: str
    type: str
    value: Tree
    origin: Origin
    external: External | None = None


@dataclass(slots=True)
class Output:
    """A value (`type` is set) or an artifact (`artifact` is its kind). `file` is an artifact's file name."""

    name: str
    origin: Origin
    type: str | None = None
    artifact: str | None = None
    file: str | None = None
    optional: bool = False
    default: Json | Missing = MISSING
    sensitive: bool = False
    description: str = ""
    format: str | None = None
    register: str | None = None
    """The model of the registry that it becomes a version of."""


@dataclass(slots=True)
class FanOut:
    """One run of the step per element of `items`. `literal` holds the list when it is known at compile time."""

    items: Tree
    item_type: str
    origin: Origin
    literal: tuple[Json, ...] | None = None
    max_parallel: int | None = None
    fail_fast: bool = False
    axes: tuple[str, ...] = ()
    """The names of a matrix as they were written: an object of JSON has no order."""
    format: str | None = None
    """`json` or `jsonl`, where the list is an artifact: a file that holds the elements."""


@dataclass(slots=True)
class Retry:
    """`limit` counts re-tries; times in seconds."""

    limit: int
    origin: Origin
    delay: float = 0.0
    backoff: float = 1.0
    max_delay: float | None = None
    on: tuple[RetryOn, ...] = (RetryOn.ERROR, RetryOn.TIMEOUT, RetryOn.LOST)


@dataclass(slots=True)
class Gpu:
    """`resource` is what Kubernetes calls it."""

    count: int
    type: str | None = None
    resource: str = "nvidia.com/gpu"


@dataclass(slots=True)
class Resources:
    """Kubernetes quantities, as written. What is asked for is the limit too, where no other is named."""

    origin: Origin
    cpu: str | None = None
    memory: str | None = None
    disk: str | None = None
    shm: str | None = None
    gpu: Gpu | None = None
    limit_cpu: str | None = None
    limit_memory: str | None = None

    @property
    def most_cpu(self) -> str | None:
        return self.limit_cpu or self.cpu

    @property
    def most_memory(self) -> str | None:
        return self.limit_memory or self.memory


@dataclass(slots=True)
class Volume:
    """`source` is one source as Kubernetes has it, by its name: `{"persistentVolumeClaim": {"claimName": "data"}}`."""

    mount_path: str
    source: Mapping[str, Json]
    origin: Origin
    sub_path: str | None = None
    read_only: bool = False


@dataclass(slots=True)
class Pod:
    """What a pod has besides (`kubernetes:` in the spec). `termination_grace` in seconds.

    `tolerations`, `affinity`, `env_from` and `security_context` are as Kubernetes has them, the last of pod and
    container in one.
    """

    origin: Origin
    node_selector: Mapping[str, str] = field(default_factory=dict[str, str])
    tolerations: tuple[Mapping[str, Json], ...] = ()
    volumes: tuple[Volume, ...] = ()
    service_account: str | None = None
    image_pull_secrets: tuple[str, ...] = ()
    affinity: Mapping[str, Json] = field(default_factory=dict[str, Json])
    security_context: Mapping[str, Json] = field(default_factory=dict[str, Json])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    image_pull_policy: str | None = None
    priority_class: str | None = None
    termination_grace: float | None = None
    env_from: tuple[Mapping[str, Json], ...] = ()


@dataclass(slots=True)
class Patch:
    """What is laid over that which is emitted for one target: a merge patch (RFC 7396) in the target's own words."""

    fields: Mapping[str, Json]
    origin: Origin
    places: Mapping[tuple[str, ...], Origin] = field(default_factory=dict[tuple[str, ...], Origin])
    """Where each of its parts was written: here, or in a profile."""

    def place(self, path: tuple[str, ...]) -> Origin:
        return self.places.get(path, self.origin)


@dataclass(slots=True)
class Code:
    """A folder that is packed. `origin` is that of `source`, whose file it is relative to.

    `digest` is that of the archive: it is noted once the folder was read.
    """

    source: str
    origin: Origin
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    digest: str | None = None


@dataclass(slots=True)
class Cache:
    """Of a step whose work is kept: what counts beside all that goes into it, and for how many seconds it holds."""

    origin: Origin
    key: Tree | None = None
    max_age: float | None = None
    version: str | int | None = None


@dataclass(slots=True)
class CacheStore:
    """Where a profile keeps the work of steps, and what it calls that in which they run."""

    origin: Origin
    store: str | None = None
    environment: str | None = None


class ReadKind(enum.Enum):
    PARAM = "param"
    OUTPUT = "output"
    STATE = "state"
    ITEMS = "items"
    ENGINE = "engine"
    RUN = "run"


@dataclass(slots=True)
class Read:
    """One thing a step needs from outside; `slot` is the name it travels under (`runtime.md` section 4)."""

    slot: str
    kind: ReadKind
    type: str = "string"
    step: str | None = None
    output: str | None = None
    param: str | None = None
    file: str | None = None
    fan: bool = False
    default: Json | Missing = MISSING
    allowed: bool = False
    """Of a word about how a step ended: a failure of it may be, and is for others a skip."""

    @property
    def is_artifact(self) -> bool:
        return self.type == "artifact"


@dataclass(slots=True)
class Step:
    """A step of the pipeline, or of `on_exit`.

    `needs` holds every id it waits for, declared and implied, in the order of the pipeline's steps. Those in `after`
    may have failed: so the `run_if` of a group around it says. `around` are those that groups around it wait for, where
    it has a `run_if` of its own, which is about the others.
    `aligned` are those that stand in the same item of a fanned-out group: item by item they are waited for and read,
    and the failure of an item of those in `held_each` holds back that item alone.
    `reads` and `requires` are filled by the pass `reads_listed`. `guard` holds the conditions of the groups around it:
    where it is not true, the step is skipped as by a skipped need. `guard_each` and `requires_each` are asked of items.
    """

    id: str
    body: Body
    origin: Origin
    image: str | None = None
    workdir: str | None = None
    env: Mapping[str, Tree | Outside] = field(default_factory=dict[str, "Tree | Outside"])
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    aligned: tuple[str, ...] = ()
    held_each: tuple[str, ...] = ()
    guard: Tree | None = None
    guard_each: Tree | None = None
    when: Tree | None = None
    when_each: bool = False
    run_if: RunIf = RunIf.SUCCESS
    allow_failure: bool = False
    fan_out: FanOut | None = None
    retry: Retry | None = None
    timeout: float | None = None
    resources: Resources | None = None
    pod: Pod | None = None
    patches: Mapping[str, Patch] = field(default_factory=dict[str, Patch])
    code: Code | None = None
    cache: Cache | None = None
    reads: tuple[Read, ...] = ()
    requires: tuple[tuple[str, ...], ...] = ()
    requires_each: tuple[tuple[str, ...], ...] = ()
    needs_list_task: bool = False
    on_exit: bool = False

    @property
    def holding(self) -> tuple[str, ...]:
        """Those of its needs whose failure keeps it from starting."""
        strict = self.needs if self.run_if is RunIf.SUCCESS else self.around
        return tuple(id for id in strict if id not in self.after)

    def output(self, name: str) -> Output:
        return next(output for output in self.outputs if output.name == name)


@dataclass(slots=True)
class Group:
    """A step that uses a component with steps of its own: they are inlined, and it is no task, only recorded.

    `steps` are the ids right inside, groups too; `needs` those of the steps that it waits for.
    """

    id: str
    origin: Origin
    steps: tuple[str, ...]
    needs: tuple[str, ...] = ()
    guard: Tree | None = None
    when: Tree | None = None


@dataclass(slots=True)
class Schedule:
    """`cron` in the one spelling that engines read alike; `start` and `end` in UTC, ISO 8601."""

    cron: str
    timezone: str
    origin: Origin
    start: str | None = None
    end: str | None = None
    catchup: bool = False
    overlap: Overlap = Overlap.ALLOW
    max_active: int | None = None


@dataclass(slots=True)
class Records:
    """`sink` is a folder, `server` what answers HTTP. `fail`: a step that cannot be recorded fails.

    `capture`: what else is recorded of what steps run, each once.
    """

    sink: str | None = None
    server: str | None = None
    fail: bool = False
    capture: tuple[str, ...] = ()


@dataclass(slots=True)
class Pipeline:
    """A whole checked pipeline, with one profile merged. Steps stand in topological order, ties as written."""

    name: str
    origin: Origin
    params: tuple[Param, ...]
    steps: tuple[Step, ...]
    on_exit: tuple[Step, ...] = ()
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    max_parallel: int | None = None
    fail_fast: bool = False
    deadline: float | None = None
    records: Records = field(default_factory=Records)
    profile: str | None = None
    target: str | None = None
    artifacts: str | None = None
    deliver: str | None = None
    """How the sidecar reaches the steps, where the profile says so: one of `sidecar: {deliver}`, never `auto`."""
    python: str | None = None
    """The image that the sidecar's Python comes from, where the images of the steps have none."""
    settings: Mapping[str, Mapping[str, Json]] = field(default_factory=dict[str, Mapping[str, Json]])
    """Per target, its own settings of the profile (`argo: {namespace: ml}`)."""
    groups: tuple[Group, ...] = ()
    schedule: Schedule | None = None
    profile_origin: Origin | None = None
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the profile calls secrets instead, by the name that the pipeline has for them."""
    patches: Mapping[str, Patch] = field(default_factory=dict[str, Patch])
    """By target, as those of steps."""
    cache: CacheStore | None = None
    setting_origins: Mapping[tuple[str, str], Origin] = field(
        default_factory=dict[tuple[str, str], Origin], repr=False, compare=False
    )
    """By target and name: a setting may stand in a file that is extended."""
    by_id: Mapping[str, Step] = field(init=False, repr=False, compare=False)
    """Every step, those of `on_exit` too."""

    def __post_init__(self) -> None:
        self.by_id = {step.id: step for step in (*self.steps, *self.on_exit)}
