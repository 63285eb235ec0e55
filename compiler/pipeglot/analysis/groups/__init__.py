"""Components, inlined as sub-graphs."""
