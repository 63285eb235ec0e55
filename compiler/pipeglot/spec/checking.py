"""The shape of a spec: every field known, every value of its kind."""

from __future__ import annotations

from pipeglot.diagnostics import Diagnostic
from pipeglot.spec.merging import Merged


def check(merged: Merged) -> tuple[Diagnostic, ...]:
    from pydantic import TypeAdapter, ValidationError

    from pipeglot.spec.models import Document

    try:
        TypeAdapter(Document).validate_python(merged.data)
    except ValidationError as errors:
        return tuple(
            Diagnostic("PG301", f"{each['msg']}", merged.origin(*(p for p in each["loc"] if "\0" not in str(p))))
            for each in errors.errors(include_url=False, include_context=False)
        )
    return ()
