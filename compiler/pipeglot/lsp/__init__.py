"""What editors ask while a pipeline is written: the compiler's own answers, spoken in the Language Server Protocol."""
