"""The language: reading text, checking it, and its one definition."""
