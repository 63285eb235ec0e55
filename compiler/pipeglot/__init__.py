"""pipeglot: one pipeline.yaml, compiled to many engines, with the same record of every run."""

__version__ = "0.1.0"
