"""The pages of `pipeglot serve` and `pipeglot ui`: what the store answers, for people with a browser."""
