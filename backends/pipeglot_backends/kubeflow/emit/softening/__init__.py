"""Which failures are handed on, and what the steps must be told for that."""
