"""Kubeflow's definition, from the IR."""
