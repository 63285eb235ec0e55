"""The parts of the language that are in the words of others: `kubernetes:`, wherever it stands, and raw patches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, with_config
from typing_extensions import NotRequired, TypedDict

from pipeglot.spec.schema import patterns, tags
from pipeglot.spec.schema.types import CONFIG, Count, Duration, Text


@with_config(CONFIG)
class Toleration(TypedDict):
    """As Kubernetes has it."""

    key: NotRequired[Annotated[Text, Field(description="The key of the taint; all of them without one.")]]
    operator: NotRequired[Annotated[Literal["Equal", "Exists"], Field(description="`Equal` is the default.")]]
    value: NotRequired[Annotated[str, Field(description="The value of the taint.")]]
    effect: NotRequired[
        Annotated[
            Literal["NoSchedule", "PreferNoSchedule", "NoExecute"], Field(description="Which effect; all without one.")
        ]
    ]
    tolerationSeconds: NotRequired[Annotated[Count, Field(description="How long a `NoExecute` is tolerated.")]]


@with_config(CONFIG)
class Claim(TypedDict):
    """A PersistentVolumeClaim that is there."""

    claimName: Annotated[Text, Field(description="The claim's name.")]
    readOnly: NotRequired[Annotated[bool, Field(description="Mount it read-only.")]]


Verbatim = Annotated[dict[str, Any], Field(description="As Kubernetes has it.")]


@with_config(CONFIG)
class Volume(TypedDict):
    """Where it is mounted, and one source, as Kubernetes has it."""

    mount_path: Annotated[str, Field(pattern=patterns.MOUNT, description="A folder in the container: `/data`.")]
    sub_path: NotRequired[Annotated[Text, Field(description="Mount only this folder of it.")]]
    read_only: NotRequired[Annotated[bool, Field(description="The step cannot write to it.")]]
    persistentVolumeClaim: NotRequired[Annotated[Claim, Field(description="A claim that is there.")]]
    configMap: NotRequired[Verbatim]
    secret: NotRequired[Verbatim]
    emptyDir: NotRequired[Verbatim]
    hostPath: NotRequired[Verbatim]
    nfs: NotRequired[Verbatim]
    csi: NotRequired[Verbatim]
    ephemeral: NotRequired[Verbatim]
    projected: NotRequired[Verbatim]


@with_config(CONFIG)
class Affinity(TypedDict):
    """Which nodes and which other pods it wants to be beside, or not."""

    nodeAffinity: NotRequired[Verbatim]
    podAffinity: NotRequired[Verbatim]
    podAntiAffinity: NotRequired[Verbatim]


@with_config(CONFIG)
class SecurityContext(TypedDict):
    """As Kubernetes has it of a pod and of a container: each field goes to the one that has it, to the pod if both."""

    runAsUser: NotRequired[Annotated[Count, Field(description="The user that the processes run as, by number.")]]
    runAsGroup: NotRequired[Annotated[Count, Field(description="Their group, by number.")]]
    runAsNonRoot: NotRequired[Annotated[bool, Field(description="Refuse to start as root.")]]
    seccompProfile: NotRequired[Verbatim]
    seLinuxOptions: NotRequired[Verbatim]
    appArmorProfile: NotRequired[Verbatim]
    fsGroup: NotRequired[Annotated[Count, Field(description="The group that volumes belong to, by number.")]]
    fsGroupChangePolicy: NotRequired[
        Annotated[Literal["OnRootMismatch", "Always"], Field(description="When it is set.")]
    ]
    supplementalGroups: NotRequired[Annotated[list[Count], Field(description="Further groups of the processes.")]]
    sysctls: NotRequired[Annotated[list[Verbatim], Field(description="Settings of the kernel, for the pod.")]]
    allowPrivilegeEscalation: NotRequired[Annotated[bool, Field(description="Whether `setuid` programs gain more.")]]
    capabilities: NotRequired[Verbatim]
    privileged: NotRequired[Annotated[bool, Field(description="As root on the node itself.")]]
    procMount: NotRequired[Annotated[Literal["Default", "Unmasked"], Field(description="What `/proc` shows.")]]
    readOnlyRootFilesystem: NotRequired[Annotated[bool, Field(description="Only what is mounted can be written.")]]


@with_config(CONFIG)
class Named(TypedDict):
    """As Kubernetes has it."""

    name: Annotated[str, Field(pattern=patterns.SECRET, description="Its name.")]
    optional: NotRequired[Annotated[bool, Field(description="Where it is not there, neither are the variables.")]]


@with_config(CONFIG)
class EnvFrom(TypedDict):
    """All that one ConfigMap or one secret holds, as variables, as Kubernetes has it."""

    prefix: NotRequired[Annotated[Text, Field(description="Stands before each name.")]]
    configMapRef: NotRequired[Annotated[Named, Field(description="A ConfigMap.")]]
    secretRef: NotRequired[Annotated[Named, Field(description="A secret.")]]


Labels = dict[Text, str]


@with_config(CONFIG)
class Kubernetes(TypedDict):
    """What only a pod can have; where a step is no pod, `plan` says what becomes of it."""

    node_selector: NotRequired[Annotated[Labels, Field(description="Labels of the nodes it may run on.")]]
    tolerations: NotRequired[Annotated[list[Toleration], Field(description="Taints of nodes it may run on.")]]
    volumes: NotRequired[Annotated[list[Volume], Field(description="What is mounted besides.")]]
    service_account: NotRequired[Annotated[Text, Field(description="As whom the pod asks its cluster.")]]
    image_pull_secrets: NotRequired[Annotated[list[Text], Field(description="Secrets for the image's registry.")]]
    image_pull_policy: NotRequired[
        Annotated[Literal["Always", "IfNotPresent", "Never"], Field(description="When the image is pulled anew.")]
    ]
    priority_class: NotRequired[Annotated[Text, Field(description="Whom it may push away where room is short.")]]
    termination_grace: NotRequired[
        Annotated[Duration, Field(description="How long a pod that is to end may take for it.")]
    ]
    env_from: NotRequired[Annotated[list[EnvFrom], Field(description="ConfigMaps and secrets as variables, whole.")]]
    affinity: NotRequired[Annotated[Affinity, Field(description="Rules of where it may run, beyond labels.")]]
    security_context: NotRequired[Annotated[SecurityContext, Field(description="As whom it runs, with which rights.")]]
    labels: NotRequired[Annotated[Labels, Field(description="Labels of the pod.")]]
    annotations: NotRequired[Annotated[Labels, Field(description="Annotations of the pod.")]]


Patch = Annotated[
    dict[str, Any], Field(description="A merge patch in the words of this target: null takes away, a list is replaced.")
]

if TYPE_CHECKING:

    class Patches(TypedDict):
        """A patch for each of `tags.TARGETS`."""

else:
    Patches = with_config(CONFIG)(TypedDict("Patches", dict.fromkeys(tags.TARGETS, NotRequired[Patch])))
