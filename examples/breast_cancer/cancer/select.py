"""The best of the trained models."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any


def best(models: list[Path], aucs: list[float], settings: list[dict[str, Any]], model: Path) -> dict[str, Any]:
    """Copy the model with the highest AUC (the first of equals) to `model`; its setting and AUC."""
    winner = max(range(len(aucs)), key=lambda i: aucs[i])
    shutil.copyfile(models[winner], model)
    return {**settings[winner], "auc": aucs[winner], "of": len(aucs)}
