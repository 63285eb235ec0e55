"""Runs on engines: begun, followed, fetched, discovered."""
