"""What this step was given, or made, that nobody may see."""

from __future__ import annotations

from pipeglot_expression.runtime.hiding import Hidden

SECRETS = Hidden()
