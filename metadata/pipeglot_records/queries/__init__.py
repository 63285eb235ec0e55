"""Questions that the store answers, as data: which runs, what differs, where something came from."""
