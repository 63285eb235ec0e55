"""What is generated from the models."""
