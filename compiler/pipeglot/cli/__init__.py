"""The command line: one module per subcommand, each with `run(options) -> exit code`."""
