"""What a command left: read, checked, handed out."""
