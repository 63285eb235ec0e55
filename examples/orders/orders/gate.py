"""Lets a run go on, or fails it, and says why."""

from __future__ import annotations

import argparse


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("bad", type=float)
    parser.add_argument("--limit", type=float, required=True)
    options = parser.parse_args()
    if options.bad > options.limit:
        raise SystemExit(f"{options.bad:.2%} of the rows are bad, and {options.limit:.2%} are allowed")
    print(f"{options.bad:.2%} of the rows are bad")


if __name__ == "__main__":
    main()
