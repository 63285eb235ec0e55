"""Runs as MLflow has them."""
