"""The steps of the tickets pipeline; nothing but the standard library."""
