"""The data that scikit-learn ships, split into two parts, as one npz file."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split


def extract(seed: int, out: Path) -> int:
    """Write `x_train x_test` (rows × 30 floats, scaled by the training part), `y_train y_test`; how many rows."""
    features, target = load_breast_cancer(return_X_y=True)
    parts = train_test_split(features, target, test_size=0.3, random_state=seed, stratify=target)
    x_train, x_test, y_train, y_test = parts
    mean, spread = x_train.mean(axis=0), x_train.std(axis=0)
    np.savez(out, x_train=(x_train - mean) / spread, x_test=(x_test - mean) / spread, y_train=y_train, y_test=y_test)
    return len(target)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rows", type=Path, required=True)
    options = parser.parse_args()
    rows = extract(options.seed, options.out)
    options.rows.write_text(str(rows))
    print(f"{rows} tumours")


if __name__ == "__main__":
    main()
