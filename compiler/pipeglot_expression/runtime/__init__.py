"""What compiler, backends, sidecar and store agree on about a run."""
