"""Predicates over the IR that several targets ask."""
