"""Which prices shuttles have: a project that knows nothing of who runs it."""
