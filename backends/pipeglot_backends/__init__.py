"""Targets: what a backend is, and the table of those that come with pipeglot."""
