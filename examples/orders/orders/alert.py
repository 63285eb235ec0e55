"""What to tell the people on duty: the body of a webhook, which your own gateway would send on."""

from __future__ import annotations

import json
from pathlib import Path


def message(bad: float, limit: float, message: Path) -> None:
    why = f"{bad:.2%} of the rows are bad, and {limit:.2%} are allowed" if bad > limit else "see the failed step's log"
    text = f"orders: nothing was published: {why}"
    message.write_text(json.dumps({"text": text}) + "\n", encoding="utf-8")
    print(text)
