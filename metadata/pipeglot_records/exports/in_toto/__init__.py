"""Statements of in-toto, with the provenance of SLSA."""
