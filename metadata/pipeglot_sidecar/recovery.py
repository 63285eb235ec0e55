"""What sidecars that were killed left unread in their folders: into the record, as they would have written it."""

from __future__ import annotations

import json
import os

from pipeglot_sidecar.command.belongings import BELONGINGS, FORM, REPORTS, ROOM_FOR_HEAD, ROOM_FOR_MARK, disown
from pipeglot_sidecar.command.user_events import relays
from pipeglot_sidecar.command.workspace import SCRATCH, remove_tree, temporary
from pipeglot_sidecar.faults import Trouble
from pipeglot_sidecar.record.event_log import Log
from pipeglot_sidecar.record.messages import print_message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_sidecar.inputs.environment import Environment


def recover_earlier(environment: Environment) -> None:
    """Of attempts before this one, where their folders outlived them: a worker was killed, and its machine was not."""
    if environment.number in (None, 1):
        return
    try:
        recover(environment.work or temporary(environment.environ))
    except (OSError, Trouble):
        return  # this attempt says so itself where it cannot go on without


def recover(parent: str) -> int:
    """Of each folder whose sidecar is dead. What cannot be written stays. Done again, it changes nothing."""
    for name in sorted(os.listdir(parent)):
        if name.startswith(SCRATCH):
            _recover(os.path.join(parent, name))
    return 0


def _recover(folder: str) -> None:
    try:
        descriptor = os.open(os.path.join(folder, BELONGINGS), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if os.fstat(descriptor).st_uid != os.geteuid() or os.lstat(folder).st_uid != os.geteuid():
            return  # in a folder where everybody may write, somebody else may have left anything
        os.lockf(descriptor, os.F_TLOCK, 0)  # a sidecar that lives has it, and so has another who recovers
        found = os.pread(descriptor, ROOM_FOR_HEAD + ROOM_FOR_MARK * len(REPORTS), 0)
        head = _told_json(found[:ROOM_FOR_HEAD])
        if _written(folder, head, found):
            disown(folder)
            if not (head and head.get("keeps")):
                remove_tree(folder)
    except (OSError, LookupError, TypeError, ValueError):
        return  # neither ours nor anybody's that is dead
    finally:
        os.close(descriptor)


def _written(folder: str, head: Any, found: bytes) -> bool:
    if not head or head.get("form") != FORM:
        return head is None  # killed before it could say whose this is, and before its command was there
    log = Log(os.path.normpath(os.path.join(folder, head["record"])), head["identity"], print_message)
    log.attempt = head["attempt"]
    events, metrics = (os.path.join(folder, name) for name in REPORTS)
    for relay in relays(events, metrics, log, head["writer"], head["since"], lambda name, mark: None):
        mark = _told_json(found[ROOM_FOR_HEAD + ROOM_FOR_MARK * REPORTS[relay.name] :][:ROOM_FOR_MARK])
        if mark:
            relay.resume(mark)
        relay.finish(lambda: None)
    log.close()
    return not (log.fault or log.dropped)


def _told_json(raw: bytes) -> Any:
    try:
        return json.loads(raw.strip(b"\0 ") or b"null")
    except ValueError:
        return None
