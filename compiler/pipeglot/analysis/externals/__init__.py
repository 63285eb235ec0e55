"""Data that no step of the pipeline makes."""
