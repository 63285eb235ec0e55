"""What a run was, from its events: no database."""
