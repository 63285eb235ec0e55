"""Data from outside: found by its address, brought to the step, hashed on arrival."""
