"""How files are written that several targets emit."""
