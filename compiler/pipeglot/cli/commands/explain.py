"""`pipeglot explain CODE`."""

from __future__ import annotations

import argparse

from pipeglot.cli.printing import print_text
from pipeglot.diagnostics import Diagnostic, SpecRejected


def run(options: argparse.Namespace) -> int:
    from pipeglot.diagnostics.catalogue import codes, explain
    from pipeglot.diagnostics.suggestions import nearest

    code = str(options.code).upper()
    text = explain(code)
    if text is None:
        near = nearest(code, codes())
        hint = f"did you mean `{near}`?" if near else None
        raise SpecRejected([Diagnostic("PG507", f"`{options.code}` is not the code of a diagnostic", hint=hint)])
    print_text(text)
    return 0
