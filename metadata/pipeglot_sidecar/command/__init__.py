"""The command: prepared, started, followed, ended."""
