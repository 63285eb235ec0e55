"""The engine of local runs: what starts when, and what became of it."""
