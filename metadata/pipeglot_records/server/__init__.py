"""The store over HTTP: events come in, questions are answered, by whoever has a token."""
