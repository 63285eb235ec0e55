"""Who answers the questions of the Python API: a store, or a server that has one. Both say the same."""
