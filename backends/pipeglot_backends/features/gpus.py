"""How a pod comes to a node with GPUs of one kind: by the label of nodes that names it."""

from __future__ import annotations

from pipeglot_backends.emit.pods import PRODUCTS
from pipeglot_backends.features.steps import gpu_type_without_label
from pipeglot_backends.protocol import Limit


def label_of_the_vendor(target: str, setting: str, operators: tuple[str, ...] = ()) -> Limit:
    """For `EMULATES`."""
    reason = "the node is chosen by the label that the vendor's own software gives it, `nvidia.com/gpu.product`, "
    reason += f"`{PRODUCTS['amd.com']}`, `{PRODUCTS['gpu.intel.com']}`: another is named by "
    reason += f"`{target}: {{{setting}: …}}`"
    evidence = "https://github.com/NVIDIA/k8s-device-plugin/blob/main/docs/gpu-feature-discovery/README.md"
    return Limit(gpu_type_without_label(target, setting), reason, evidence, operators=operators)
