"""`pipeglot init`."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from pipeglot.cli.printing import print_text
from pipeglot.diagnostics import Diagnostic, SpecRejected

SCHEMA = "pipeline.schema.json"
"""For editors, beside the pipeline: found without a network, by whoever has the repository, in whatever version."""

FIRST = """\
# yaml-language-server: $schema=./{schema}
apiVersion: pipeglot/v1
kind: Pipeline
metadata:
  name: {name}

params:
  who: {{type: string, default: world}}

defaults:
  image: python:3.12-slim   # where a target runs steps in containers

steps:
  greet:
    run: |
      echo "hello, ${{{{ params.who }}}}" > "${{{{ outputs.greeting }}}}"
    outputs:
      greeting: {{type: string}}

  count:
    inputs: {{greeting: "${{{{ steps.greet.outputs.greeting }}}}"}}
    run: |
      printf %s "${{{{ inputs.greeting }}}}" | wc -c > "${{{{ outputs.letters }}}}"
    outputs:
      letters: {{type: int}}
"""


def run(options: argparse.Namespace) -> int:
    folder = Path(options.folder)
    name = options.name or _label(folder.resolve().name)
    path = folder / "pipeline.yaml"
    if path.exists():
        raise SpecRejected([Diagnostic("PG508", f"`{path}` is there already, and init overwrites nothing")])
    from pipeglot.driver.schemas import text_of
    from pipeglot.files import write_all

    schema = folder / SCHEMA
    texts = [(path, FIRST.format(name=name, schema=SCHEMA), False)]
    if not schema.exists():
        texts.append((schema, text_of("pipeline"), False))
    write_all(texts)
    print_text("\n".join((*(f"wrote {each}" for each, _, _ in texts), f"next: pipeglot run {path}")))
    return 0


def _label(name: str) -> str:
    """The folder's name as a pipeline's name: an RFC 1123 label of at most 40 characters."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower())[:40].strip("-") or "pipeline"
