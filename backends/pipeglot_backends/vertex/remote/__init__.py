"""Runs on Vertex AI, through Google's API."""
