"""Runs that go on from an earlier one: what of it still stands, what is run again, and what is left out."""
