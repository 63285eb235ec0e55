"""What `pipeglot serve` and `pipeglot ui` are told."""
