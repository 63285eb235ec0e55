"""One model, fitted and scored by cross-validation on the training part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from cancer import models


def fit(data: Path, seed: int, setting: dict[str, Any], model: Path) -> float:
    """Write the model fitted on all training rows; its mean AUC over five folds."""
    with np.load(data, allow_pickle=False) as arrays:
        x, y = arrays["x_train"], arrays["y_train"]
    folds = StratifiedKFold(5, shuffle=True, random_state=seed).split(x, y)
    aucs = []
    for train, test in folds:
        fitted = models.fit(setting, seed, x[train], y[train])
        aucs.append(roc_auc_score(y[test], models.scores(fitted, x[test])))
    np.savez(model, **models.fit(setting, seed, x, y))
    auc = round(float(np.mean(aucs)), 6)
    print(f"{setting}: AUC {auc}")
    return auc
