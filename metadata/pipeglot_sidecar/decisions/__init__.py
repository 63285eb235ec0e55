"""Whether a step runs, by what it reads."""
