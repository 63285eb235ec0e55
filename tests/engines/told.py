"""What each command says on each bad way, held against a table that people read: `tests/engines/told/<engine>.json`.

`PIPEGLOT_GOLDEN=1` writes it anew. A cell that is missing fails, as does one that is none of ours to say.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests.engines.bad_ways import WAYS, Way

from pipeglot.cli.main import ENVIRONMENT, exit_code
from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Pipeline
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, Handle

TABLES = Path(__file__).parent / "told"
SECRETS = ("hush", "amiss", "state=", "a-token", "pass-word")
RUN = uuid.UUID("0192f0c1-7b1e-7c3a-9d55-0d1b5a3c9e10")


@dataclass(frozen=True)
class Engine:
    """`environ` names an address for the engine's client; `missing` is its word of a namespace that it has not."""

    name: str
    submitting: ModuleType
    listing: ModuleType
    pipeline: Pipeline
    files: Sequence[EmittedFile]
    native: Mapping[str, str]
    environ: Callable[[str], Mapping[str, str]]
    missing: bytes
    settings: Mapping[str, str]

    def commands(self, access: Access) -> dict[str, Callable[[], object]]:
        handle = Handle(RUN, self.native)
        return {
            "submit": lambda: self.submitting.submit(self.pipeline, self.files, RUN, {}, access),
            "status": lambda: self.submitting.status(handle, access),
            "cancel": lambda: self.submitting.cancel(handle, access),
            "collect": lambda: self.submitting.collect(handle, access),
            "collect --all": lambda: list(self.listing.list_runs(self.pipeline, access, 9)),
        }


def check(engine: Engine, name: str, folder: Path) -> None:
    """All five commands by one way."""
    with WAYS[name](engine.missing, folder) as way:
        environ = {**engine.environ(way.url), **way.environ}
        access = Access(engine.settings, environ, folder=folder, answer_within=way.within)
        said = {command: _said(run, way) for command, run in engine.commands(access).items()}
    assert way.asked == [], "nothing was sent on"
    assert bool(way.passed) == way.by_proxy, "the proxy was asked where it was to be"
    assert not [secret for secret in SECRETS if secret in json.dumps(said)], "nothing is given away"
    _hold(engine.name, name, said)


def _said(run: Callable[[], object], way: Way) -> str:
    try:
        run()
    except SpecRejected as rejected:
        return _cell(rejected, way)
    return "fine"


def _cell(rejected: SpecRejected, way: Way) -> str:
    (fault,) = rejected.diagnostics
    assert exit_code(rejected.diagnostics) == ENVIRONMENT
    assert re.fullmatch("PG52[0-7]", fault.code)
    assert "\n" not in fault.message
    return _settled(f"{fault.code}: {fault.message} | {fault.hint or 'no hint'}", way)


def _settled(text: str, way: Way) -> str:
    return re.sub(r":\d{4,5}\b", ":PORT", text.replace(way.url, "URL").replace(str(RUN), "RUN"))


def _hold(engine: str, name: str, said: dict[str, str]) -> None:
    path = TABLES / f"{engine}.json"
    table = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if os.environ.get("PIPEGLOT_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        kept = {way: {**table, name: said}[way] for way in WAYS if way in {**table, name: said}}
        path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
        return
    assert said == table.get(name), "it says what the table says"
