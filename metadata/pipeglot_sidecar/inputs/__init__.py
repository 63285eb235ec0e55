"""What a step is given, however its engine brings it."""
