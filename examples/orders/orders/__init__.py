"""The steps of the orders pipeline; nothing but the standard library."""
