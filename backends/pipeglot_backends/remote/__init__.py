"""The second half of a target, in words that all share."""
