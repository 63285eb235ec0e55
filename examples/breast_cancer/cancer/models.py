"""Three model families as plain arrays: fitted by scikit-learn, kept in npz, predicted by numpy alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

Floats = NDArray[np.float64]


def fit(setting: dict[str, Any], seed: int, x: Floats, y: Floats) -> dict[str, Any]:
    """The arrays of a fitted model, `family` among them."""
    return {"family": np.array(setting["family"]), **_FIT[setting["family"]](setting, seed, x, y)}


def _fit_logistic(setting: dict[str, Any], seed: int, x: Floats, y: Floats) -> dict[str, Any]:
    model = LogisticRegression(C=setting["c"], random_state=seed, max_iter=1000).fit(x, y)
    return {"weights": model.coef_[0], "bias": model.intercept_}


def _fit_bayes(setting: dict[str, Any], seed: int, x: Floats, y: Floats) -> dict[str, Any]:
    model = GaussianNB(var_smoothing=setting["smoothing"]).fit(x, y)
    return {"mean": model.theta_, "variance": model.var_, "prior": model.class_prior_}


def _fit_tree(setting: dict[str, Any], seed: int, x: Floats, y: Floats) -> dict[str, Any]:
    tree = DecisionTreeClassifier(max_depth=setting["depth"], random_state=seed).fit(x, y).tree_
    counts = tree.value[:, 0, :]
    return {"left": tree.children_left, "right": tree.children_right, "feature": tree.feature,
            "cut": tree.threshold, "share": counts[:, 1] / counts.sum(axis=1)}  # fmt: skip


def scores(model: dict[str, Any], x: Floats) -> Floats:
    """The probability of class 1 (benign) for each row of `x`."""
    return _SCORE[str(model["family"])](model, x)


def _score_logistic(model: dict[str, Any], x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-(x @ model["weights"] + model["bias"]))))


def _score_bayes(model: dict[str, Any], x: Floats) -> Floats:
    spread = [(np.log(2 * np.pi * variance) + (x - mean) ** 2 / variance).sum(axis=1)
              for mean, variance in zip(model["mean"], model["variance"], strict=True)]  # fmt: skip
    log = np.log(model["prior"]) - 0.5 * np.stack(spread, axis=1)
    return np.asarray(1 / (1 + np.exp(np.clip(log[:, 0] - log[:, 1], -700, 700))))


def _score_tree(model: dict[str, Any], x: Floats) -> Floats:
    node = np.zeros(len(x), dtype=int)
    while (model["left"][node] >= 0).any():
        inner = model["left"][node] >= 0
        # scikit-learn compares in single precision; so do we, or a row on the border would change sides
        goes_left = x[np.arange(len(x)), model["feature"][node]].astype(np.float32) <= model["cut"][node]
        node = np.where(inner, np.where(goes_left, model["left"][node], model["right"][node]), node)
    return np.asarray(model["share"][node])


_FIT = {"logistic": _fit_logistic, "bayes": _fit_bayes, "tree": _fit_tree}
_SCORE = {"logistic": _score_logistic, "bayes": _score_bayes, "tree": _score_tree}


def load(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
