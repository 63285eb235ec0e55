"""Scalars of the event files that writers for TensorBoard leave."""

from __future__ import annotations

import os
from struct import unpack, unpack_from

from pipeglot_sidecar.capture.events import AT_ONCE, Events, measure, whole
from pipeglot_sidecar.capture.protobuf import fields, signed, sized, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

MARK = "events.out.tfevents."
FRAME_HEAD, FRAME_FOOT = 12, 4
LARGEST_EVENT = 64 * 1024 * 1024
NUMBERS = {1: ("<f", 5), 2: ("<d", 6)}
"""Of the types of a tensor that are scalars here: how one is packed, and the field that lists them."""


def read_event_files(events: Events, folder: str, since: int) -> None:
    """Every event file below a folder that was written since then; `train/loss` is `loss` of the files in `train`."""
    for home, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(home, name)
            if MARK in name and os.stat(path).st_mtime_ns >= since:
                below = os.path.relpath(home, folder)
                _read_scalars(events, path, "" if below == "." else below + "/")


def _read_scalars(events: Events, path: str, prefix: str) -> None:
    said: list[tuple[str, str, Any, Any, int]] = []
    with open(path, "rb") as file:
        for raw in _framed(file):
            said += _scalars(raw, prefix)
            if len(said) >= AT_ONCE:
                events.add(said)
                said = []
    events.add(said)


def _framed(file: BinaryIO) -> Iterator[bytes]:
    """Length, its checksum, content, its checksum. A torn last one ends it."""
    while len(head := file.read(FRAME_HEAD)) == FRAME_HEAD:
        size = unpack_from("<Q", head)[0]
        if size > LARGEST_EVENT:
            return
        raw = file.read(size)
        if len(raw) < size or len(file.read(FRAME_FOOT)) < FRAME_FOOT:
            return
        yield raw


def _scalars(raw: bytes, prefix: str) -> Iterator[tuple[str, str, Any, Any, int]]:
    when, step = 0.0, 0
    for number, part in fields(raw):
        if number == 1 and isinstance(part, bytes) and len(part) == 8:
            when = unpack("<d", part)[0]
        elif number == 2 and isinstance(part, int):
            step = signed(part)
    moment = int(when * 1e9) if 0 < when < 9e9 else 0
    for summary in sized(raw, 5):
        for value in sized(summary, 1):
            found = _scalar(value)
            if found is not None:
                yield "metric", prefix + whole(text(value, 1)), found, step, moment


def _scalar(value: bytes) -> Any:
    simple = sized(value, 2)
    if simple and len(simple[-1]) == 4:
        return measure(unpack("<f", simple[-1])[0])
    kind = b"".join(sized(b"".join(sized(value, 9)[-1:]), 1)[-1:])
    if text(kind, 1) != "scalars":
        return None
    for tensor in sized(value, 8):
        form, listed = NUMBERS.get(next((part for number, part in fields(tensor) if number == 1), 0), ("", 0))
        width = {"<f": 4, "<d": 8}.get(form, 0)
        packed = (sized(tensor, 4) + sized(tensor, listed)) if form else []
        for each in packed:
            if len(each) == width:
                return measure(unpack(form, each)[0])
    return None
