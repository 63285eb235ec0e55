"""Runs on Argo: through Kubernetes or an Argo Server."""
