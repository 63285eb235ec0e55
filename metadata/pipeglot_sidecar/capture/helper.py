"""`pipeglot_log`, the file that code may import to speak for itself, brought to steps whose image has it not."""

from __future__ import annotations

import os

HELPER = ""
"""Its text, which is written in where this becomes a program."""


def bring_helper(folder: str, variables: dict[str, str]) -> None:
    """Behind all else on the path: one that is installed, or lies beside the code, is taken before it."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "pipeglot_log.py"), "w", encoding="utf-8") as file:
        file.write(HELPER)
    variables["PYTHONPATH"] = ":".join(filter(None, [variables.get("PYTHONPATH"), folder]))
