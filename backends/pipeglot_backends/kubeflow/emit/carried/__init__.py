"""Tasks that no step stands for: what is emitted of a run whose failures are handed on."""
