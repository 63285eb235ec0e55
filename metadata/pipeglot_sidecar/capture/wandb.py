"""What a run of Weights & Biases said while it was offline: its config, its summary, its history."""

from __future__ import annotations

import json
import os
from struct import unpack_from
from time import time_ns

from pipeglot_sidecar.capture.events import AT_ONCE, Events, counted_step, measure, whole
from pipeglot_sidecar.capture.protobuf import fields, sized, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

BLOCK, HEAD = 32 * 1024, 7
FULL, LAST = 1, 4
HISTORY, SUMMARY, CONFIG, RUN = 2, 3, 5, 17
VALUE = 16


def read_runs(events: Events, folder: str) -> None:
    for home, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(".wandb"):
                _read_run(events, os.path.join(home, name))


def _read_run(events: Events, path: str) -> None:
    """Numbers of the history are metrics, the config is params, the summary is captured as it is."""
    summary: dict[str, Any] = {}
    measured: set[str] = set()
    said: list[tuple[str, str, Any, Any, int]] = []
    now = time_ns()
    for raw in _records(path):
        for kind, part in fields(raw):
            if not isinstance(part, bytes):
                continue
            if kind == HISTORY:
                found = list(_history(part, now))
                measured.update(name for _, name, *_ in found)
                said += found
            elif kind == SUMMARY:
                summary.update(_items(part))
            elif kind in (CONFIG, RUN):
                configs = [part] if kind == CONFIG else sized(part, 4)
                given = [entry for each in configs for entry in _items(each) if not entry[0].startswith("_wandb")]
                said += [("param", name, value, None, now) for name, value in given]
        if len(said) >= AT_ONCE:
            events.add(said)
            said = []
    events.add(said)
    summarised = {name: value for name, value in summary.items() if not name.startswith("_")}
    events.tell("captured", "wandb.summary", summarised)
    alone = {name: measure(value) for name, value in summarised.items() if name not in measured and _measures(value)}
    events.add([("metric", name, value, None, now) for name, value in alone.items()])


def _measures(value: Any) -> bool:
    return isinstance(value, (int, float)) or value in ("NaN", "Infinity", "-Infinity")


def _history(raw: bytes, now: int) -> Iterator[tuple[str, str, Any, Any, int]]:
    items = dict(_items(raw))
    step, when = counted_step(items.get("_step")), measure(items.get("_timestamp"))
    moment = int(when * 1e9) if isinstance(when, (int, float)) and 0 < when < 9e9 else now
    for name, value in items.items():
        if _measures(value) and not name.startswith("_"):
            yield "metric", name, measure(value), step, moment


def _items(raw: bytes) -> Iterator[tuple[str, Any]]:
    """Key, or the words of a nested one, and the value as JSON."""
    for item in sized(raw, 1):
        words = [whole(part.decode("utf-8", "replace")) for part in sized(item, 2)]
        name = ".".join(words) or whole(text(item, 1))
        try:
            yield name, json.loads(text(item, VALUE))
        except ValueError:
            continue


def _records(path: str) -> Iterator[bytes]:
    """The log of LevelDB, in blocks; the file's own head has the size of a record's. A torn last one ends it."""
    with open(path, "rb") as file:
        raw = file.read()
    at, whole_one = HEAD, b""
    while at + HEAD <= len(raw):
        if BLOCK - at % BLOCK < HEAD:
            at += BLOCK - at % BLOCK
            continue
        size, kind = unpack_from("<HB", raw, at + 4)
        begin, at = at + HEAD, at + HEAD + size
        if at > len(raw) or not FULL <= kind <= LAST:
            return
        whole_one += raw[begin:at]
        if kind in (FULL, LAST):
            yield whole_one
            whole_one = b""
