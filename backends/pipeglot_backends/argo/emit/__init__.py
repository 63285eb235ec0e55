"""Argo's manifests, from the IR."""
