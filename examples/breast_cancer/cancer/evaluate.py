"""The chosen model on rows that no model has seen: metrics, ROC curve, confusion matrix."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, roc_auc_score, roc_curve

from cancer import models


def roc_svg(false_rate: NDArray[np.float64], true_rate: NDArray[np.float64], auc: float) -> str:
    points = " ".join(f"{40 + 240 * x:.1f},{260 - 240 * y:.1f}" for x, y in zip(false_rate, true_rate, strict=True))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300" font-family="sans-serif" font-size="11">
<rect x="40" y="20" width="240" height="240" fill="none" stroke="#888"/>
<line x1="40" y1="260" x2="280" y2="20" stroke="#bbb" stroke-dasharray="4"/>
<polyline points="{points}" fill="none" stroke="#06c" stroke-width="2"/>
<text x="160" y="285" text-anchor="middle">false positive rate</text>
<text x="15" y="140" text-anchor="middle" transform="rotate(-90 15 140)">true positive rate</text>
<text x="270" y="250" text-anchor="end">AUC {auc}</text>
</svg>
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("data", "model", "metrics", "roc", "auc", "confusion"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    with np.load(options.data, allow_pickle=False) as arrays:
        x, y = arrays["x_test"], arrays["y_test"]
    score = models.scores(models.load(options.model), x)
    auc = round(float(roc_auc_score(y, score)), 6)
    accuracy = round(float(((score >= 0.5) == y).mean()), 6)
    matrix = confusion_matrix(y, score >= 0.5).tolist()
    false_rate, true_rate, _ = roc_curve(y, score)
    options.roc.write_text(roc_svg(false_rate, true_rate, auc))
    metrics = {"auc": auc, "accuracy": accuracy, "confusion": matrix, "rows": len(y)}
    options.metrics.write_text(json.dumps(metrics, indent=2) + "\n")
    options.auc.write_text(json.dumps(auc))
    options.confusion.write_text(json.dumps(matrix))
    print(f"AUC {auc}, accuracy {accuracy}")


if __name__ == "__main__":
    main()
