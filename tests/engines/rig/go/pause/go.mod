module pipeglot.test/rig/pause

go 1.24.0
