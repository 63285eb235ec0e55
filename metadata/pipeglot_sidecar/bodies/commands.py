"""What the sidecar itself starts as the command of a step, each with the file that says what is to be done."""

from __future__ import annotations

from pipeglot_sidecar.bodies.notebook import run_notebook
from pipeglot_sidecar.bodies.notice import notify
from pipeglot_sidecar.command.python_call import call

COMMANDS = {"call": call, "notebook": run_notebook, "notify": notify}
