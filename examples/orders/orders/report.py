"""The last words of a run."""

from __future__ import annotations

import argparse
import json


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("status")
    parser.add_argument("--failed", type=json.loads, required=True)
    parser.add_argument("--version", required=True)
    options = parser.parse_args()
    print(f"run {options.status}: published {options.version}", *options.failed)


if __name__ == "__main__":
    main()
