"""Runs and their artifacts as OpenLineage has them."""
