"""What is seen of a run, told: as a table that is drawn anew, as lines, or as JSON for programs."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Protocol

from pipeglot.cli import streams
from pipeglot.cli.printing import coloured, print_text
from pipeglot.ir import Json
from pipeglot.rendering import redaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeglot.cli.watching.looking import Seen
    from pipeglot_records.show.questions.watching import Place

UP, CLEAR = "\x1b[{}A\r", "\x1b[J"
WHOLE = 1_000_000


class Teller(Protocol):
    def tell(self, seen: Seen, *, last: bool) -> None: ...


class Lines:
    """One for each thing that changed: for logs, pipes and CI."""

    def __init__(self) -> None:
        self._before: Sequence[Place] = ()
        self._said: set[str] = set()
        self._state: object = None

    def tell(self, seen: Seen, *, last: bool) -> None:
        from pipeglot_records.show.questions.watching import changed, places

        found = places(seen.picture, seen.words)
        if self._state is None and not last:
            self._run(seen)
        for place in changed(self._before, found):
            self._place(place)
        for text in seen.said:
            if text not in self._said:
                self._said.add(text)
                self._told(text)
        state = seen.picture.get("state")
        if last or self._state not in (None, state):
            self._run(seen)
        self._before, self._state = found, state

    def _run(self, seen: Seen) -> None:
        print_text(head(seen))

    def _place(self, place: Place) -> None:
        from pipeglot_records.show.questions.watching import line

        print_text(f"  {line(place)}")

    def _told(self, text: str) -> None:
        from pipeglot_records.show.formatting import shortened

        print_text(f"  {shortened(text, 400)}")


class JsonLines(Lines):
    """A line of JSON for each of them: of a step or an item, of the run, or what else was said."""

    def _run(self, seen: Seen) -> None:
        names = ("run", "pipeline", "target", "state", "message", "started", "ended")
        _say({name: seen.picture.get(name) for name in names})

    def _place(self, place: Place) -> None:
        _say(place.as_json())

    def _told(self, text: str) -> None:
        _say({"said": text})


class Screen:
    """A table in place, as high as the terminal; once the run is over it stays there as a whole."""

    def __init__(self) -> None:
        self._drawn = 0
        self._colour = coloured(True)

    def tell(self, seen: Seen, *, last: bool) -> None:
        from pipeglot_records.show.formatting import painted, shortened
        from pipeglot_records.show.questions.watching import places, table

        columns, lines = shutil.get_terminal_size()
        said = [shortened(text, columns - 1) for text in seen.said[-3:]]
        room = WHOLE if last else max(3, lines - len(said) - 2)
        rows = [
            painted(shortened(row, columns - 1), state, self._colour)
            for row, state in table(places(seen.picture, seen.words), room)
        ]
        told = [shortened(head(seen), columns - 1), *rows, *said]
        up = UP.format(self._drawn) if self._drawn else ""
        sys.stdout.write(up + CLEAR + "".join(f"{redaction.redacted(line)}\n" for line in told))
        sys.stdout.flush()
        self._drawn = len(told)


def head(seen: Seen) -> str:
    picture: Mapping[str, Json] = seen.picture
    state = "gone: its engine has no such run any more" if seen.is_gone else picture.get("state")
    told = f"run {picture.get('run')} of {picture.get('pipeline') or '?'}: {state}"
    took = _took(picture)
    message = picture.get("message")
    return "".join([told, f" in {took}" if took else "", f"; the engine says: {message}" if message else ""])


def _took(picture: Mapping[str, Json]) -> str:
    from pipeglot_records.show.questions.watching import between

    return between(picture.get("started"), picture.get("ended"))


def teller(form: str) -> Teller:
    if form == "json":
        streams.for_programs()
        return JsonLines()
    return Screen() if sys.stdout.isatty() and streams.can_move() else Lines()


def _say(value: Mapping[str, Json]) -> None:
    covered = redaction.redacted_in(dict(value))
    print(json.dumps(covered, ensure_ascii=False, sort_keys=True), flush=True)
