"""The fields of a step and of a pipeline, each from the checked spec to the IR."""
