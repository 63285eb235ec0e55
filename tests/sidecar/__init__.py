"""The sidecar as it is shipped: one file, run as a process, with real commands."""
