"""Commands that the sidecar itself is: the process that calls, runs or sends what a step says."""
