"""All runs that a server of MLflow has, as its own client reads them, in one JSON. Runs in MLflow's environment."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

mlflow: Any = importlib.import_module("mlflow")


def read(client: Any, run: Any) -> dict[str, Any]:
    tags = run.data.tags
    return {
        "id": run.info.run_id,
        "name": run.info.run_name,
        "status": run.info.status,
        "times": [run.info.start_time, run.info.end_time],
        "above": tags.get("mlflow.parentRunId"),
        "params": run.data.params,
        "tags": {name: value for name, value in tags.items() if name != "mlflow.parentRunId"},
        "datasets": [[each.dataset.name, each.dataset.digest] for each in run.inputs.dataset_inputs],
        "metrics": {
            name: [[each.step, repr(each.value)] for each in client.get_metric_history(run.info.run_id, name)]
            for name in run.data.metrics
        },
    }


if __name__ == "__main__":
    client = mlflow.MlflowClient(sys.argv[1])
    found = client.search_runs([each.experiment_id for each in client.search_experiments()])
    print(json.dumps([read(client, run) for run in found]))
