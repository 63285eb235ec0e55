"""Diagnostics as text, JSON and the words of CI."""
