"""What Vertex's own client makes of each definition in a folder, without asking Google; prints it as JSON.

Runs in the environment of `tests/engines/vertex/requirements.txt`: `python vertex_reading.py FOLDER`.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path


def main(folder: str) -> int:
    warnings.simplefilter("ignore")
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import aiplatform
    from google.cloud.aiplatform_v1.types import AcceleratorType

    aiplatform.init(
        project="acme", location="europe-west4", staging_bucket="gs://churn", credentials=AnonymousCredentials()
    )
    found: dict[str, list[str]] = {}
    for path in sorted(Path(folder).rglob("*.json")):
        spec = json.loads(path.read_text("utf-8"))
        params = spec.get("root", {}).get("inputDefinitions", {}).get("parameters", {})
        given = {name: "1" for name, each in params.items() if "defaultValue" not in each}
        name = str(path.relative_to(folder))
        try:
            job = aiplatform.PipelineJob(
                display_name="judged", template_path=str(path), pipeline_root="gs://churn/root", parameter_values=given
            )
            kept = json.loads(json.dumps(job.to_dict()))["pipelineSpec"]
            found[name] = [] if kept["root"]["dag"]["tasks"].keys() == spec["root"]["dag"]["tasks"].keys() else ["lost"]
        except Exception as fault:
            found[name] = [f"{type(fault).__name__}: {fault}"[:300]]
    accelerators = [each.name for each in AcceleratorType]
    json.dump({"judged": found, "accelerators": accelerators}, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
