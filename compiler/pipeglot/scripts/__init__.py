"""Scripts with `${{ }}` as text and variables: a value reaches the program, never its text."""

from pipeglot.scripts.splicing import Spliced as Spliced
from pipeglot.scripts.splicing import splice as splice
