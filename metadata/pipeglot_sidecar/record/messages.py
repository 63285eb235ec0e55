"""What the sidecar says to people: single lines on standard error."""

from __future__ import annotations

import os

from pipeglot_sidecar.artifacts.decoding import encoded
from pipeglot_sidecar.secrecy import SECRETS

STDERR = 2


def print_message(message: str) -> None:
    line = encoded("pipeglot: " + " ".join(SECRETS.cover(message).split("\n")) + "\n")
    try:
        os.write(STDERR, line)
    except OSError:
        return  # nobody listens any more, which is no reason to fail a step
