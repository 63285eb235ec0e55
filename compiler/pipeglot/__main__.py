"""The `pipeglot` command."""

import os
import sys

from pipeglot.cli.main import main as _main


def main() -> None:
    if "_ARGCOMPLETE" in os.environ:
        from pipeglot.cli import arguments
        from pipeglot.cli.commands.completion import answer

        answer(arguments.parser())
    sys.exit(_main(sys.argv[1:]))


if __name__ == "__main__":
    main()
