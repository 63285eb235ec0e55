"""What is done to a store as a whole, beside asking it: which runs are old, and what is to be forgotten."""
