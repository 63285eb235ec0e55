"""YAML text to plain data and back, with the places of each part."""
