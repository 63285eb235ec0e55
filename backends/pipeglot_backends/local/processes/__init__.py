"""The processes of a local run, and all that comes of them."""
