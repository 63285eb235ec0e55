"""`pipeglot watch`: where a run is looked at, and how what is seen is told."""
