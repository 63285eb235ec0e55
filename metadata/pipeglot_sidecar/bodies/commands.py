"""What the sidecar itself starts as the command of a step, each with the file that says what is to be done."""

from __future__ import annotations

from pipeglot_sidecar.command.notice import notify
from pipeglot_sidecar.command.python_call import call

COMMANDS = {"call": call, "notify": notify}
