"""A run as text, JSON and in the form that is equal on every engine."""
