"""What comes in: logs of events, and events that no store keeps."""
