"""The record of an attempt, line by line."""
