"""`pipeglot models`: what can be said to it, what it is asked, what it changes, and who is told."""
