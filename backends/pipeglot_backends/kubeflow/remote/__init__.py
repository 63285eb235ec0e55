"""Runs on Kubeflow Pipelines, through its API."""
