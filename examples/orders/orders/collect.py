"""Brings the deliveries into the run, so that its record says by digest what was read."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("--raw", type=Path, required=True)
    parser.add_argument("--customers", type=Path, required=True)
    options = parser.parse_args()
    files = sorted(options.source.glob("orders-*.csv"))
    if not files:
        raise SystemExit(f"no orders-*.csv in {options.source}")
    options.raw.mkdir()
    for file in files:
        shutil.copyfile(file, options.raw / file.name)
    shutil.copyfile(options.source / "customers.csv", options.customers)
    print(f"{len(files)} deliveries")


if __name__ == "__main__":
    main()
