"""Runs pyright, and fails also where it looked at fewer files than git has: an exclude can hide a folder unseen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("compiler", "backends", "metadata", "schemas")


def main() -> int:
    listed = subprocess.run(["git", "ls-files", *ROOMS], cwd=ROOT, capture_output=True, text=True, check=True)
    there = [name for name in listed.stdout.splitlines() if name.endswith(".py") and "/generated/" not in name]
    command = [str(Path(sys.executable).with_name("pyright")), "--outputjson"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    for each in found["generalDiagnostics"]:
        start = each["range"]["start"] if "range" in each else {"line": 0, "character": 0}
        place = f"{each['file']}:{start['line'] + 1}:{start['character'] + 1}"
        print(f"{place}: {each['severity']}: {each['message']} ({each.get('rule', 'pyright')})")
    seen = found["summary"]["filesAnalyzed"]
    print(f"pyright: {seen} of {len(there)} files, {found['summary']['errorCount']} errors")
    return 1 if done.returncode or seen < len(there) else 0


if __name__ == "__main__":
    sys.exit(main())
