"""A folder with the model and a manifest, named by what is in it."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("model", "metrics", "bundle", "version"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    version = hashlib.sha256(options.model.read_bytes()).hexdigest()[:12]
    options.bundle.mkdir()
    shutil.copyfile(options.model, options.bundle / "model.npz")
    manifest = {"version": version, "metrics": json.loads(options.metrics.read_text())}
    (options.bundle / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    options.version.write_text(version)
    print(f"published {version}")


if __name__ == "__main__":
    main()
