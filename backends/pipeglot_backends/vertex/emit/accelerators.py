"""What Google Cloud calls GPUs: https://cloud.google.com/vertex-ai/docs/reference/rest/v1/MachineSpec#AcceleratorType."""

from __future__ import annotations

from pipeglot.ir import Gpu

NAMES = (
    "NVIDIA_A100_80GB",
    "NVIDIA_B200",
    "NVIDIA_GB200",
    "NVIDIA_H100_80GB",
    "NVIDIA_H100_MEGA_80GB",
    "NVIDIA_H200_141GB",
    "NVIDIA_L4",
    "NVIDIA_RTX_PRO_6000",
    "NVIDIA_TESLA_A100",
    "NVIDIA_TESLA_K80",
    "NVIDIA_TESLA_P100",
    "NVIDIA_TESLA_P4",
    "NVIDIA_TESLA_T4",
    "NVIDIA_TESLA_V100",
)

PLAIN = "NVIDIA_TESLA_T4"
"""Of a step that wants a GPU of whatever kind: there are no cheaper ones."""


def known(kind: str) -> bool:
    return _upper(kind) in NAMES


def name_of(gpu: Gpu, plain: str = PLAIN) -> str:
    """The node labels of Google's own clusters say the same in small letters and with dashes: `nvidia-tesla-t4`."""
    return _upper(gpu.type or plain)


def _upper(kind: str) -> str:
    return kind.upper().replace("-", "_")
