"""What a local run tells on the terminal."""
