"""What commands ask for: a file loaded, checked, planned and compiled."""
