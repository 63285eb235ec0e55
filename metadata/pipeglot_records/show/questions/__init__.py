"""Questions about more than one run, or about one thing of a run: each its data, its text and its JSON."""
