"""A prepared step run: recorded as a run of its own, or for its surroundings alone."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot_backends.local.display.lines import Lines
from pipeglot_backends.local.run import RunOptions, run_pipeline
from pipeglot_backends.local.secrets import SecretMissing
from pipeglot_backends.local.vital import forget
from pipeglot_records.engines.live import Follower
from pipeglot_records.reuse.replaying import Prepared


def recorded(prepared: Prepared, kept: Path, keep: bool) -> int:
    """Its exit code: that of the run."""
    store = prepared.past.store
    with Follower(store) as follower:
        options = RunOptions(
            Path(), keep=keep, kept=kept, store=store.name, selection=prepared.selection, begun=follower.begin
        )
        try:
            result = run_pipeline(prepared.replay.files(), prepared.values, options, Lines(sys.stdout))
        except SecretMissing as missing:
            raise SpecRejected([Diagnostic("PG531", str(missing))]) from None
        follower.finish()
        forget(result.folder)
    return result.exit_code


def surrounded(prepared: Prepared, kept: Path) -> tuple[int, Path]:
    """The same without its command and without a record: its folder stays. Returns the exit code, and the folder."""
    options = RunOptions(Path(), keep=True, kept=kept, selection=prepared.selection)
    try:
        result = run_pipeline(prepared.replay.files(), prepared.values, options)
    except SecretMissing as missing:
        raise SpecRejected([Diagnostic("PG531", str(missing))]) from None
    return result.exit_code, result.folder
