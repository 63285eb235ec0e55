"""The registry: artifacts that go by a name of their own, with versions, aliases, stages and who moved them."""
