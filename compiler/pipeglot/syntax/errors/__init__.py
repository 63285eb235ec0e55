"""What is wrong with a text that is no YAML, said in the words of its author."""
