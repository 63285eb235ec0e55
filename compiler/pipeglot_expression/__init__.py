"""The expression language of pipeglot: syntax, types, values, evaluation. Standard library only."""
