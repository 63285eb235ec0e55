"""What speaks to the engine, loaded only when that is wanted: a folder that holds a folder for each run."""
