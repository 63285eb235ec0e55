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


def known(gpu: Gpu) -> bool:
    return _upper(gpu) in NAMES


def name_of(gpu: Gpu) -> str:
    """The node labels of Google's own clusters say the same in small letters and with dashes: `nvidia-tesla-t4`."""
    return _upper(gpu)


def _upper(gpu: Gpu) -> str:
    return (gpu.type or "").upper().replace("-", "_")
