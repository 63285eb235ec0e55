"""Asks a service that speaks as OpenAI's does: `POST /chat/completions`."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request

KEY = "LLM_API_KEY"
PATIENCE = 60.0


class Busy(Exception):
    """Not now: worth another try."""


def answer(endpoint: str, model: str, prompt: str) -> str:
    asked = {"model": model, "temperature": 0, "messages": [{"role": "user", "content": prompt}]}
    headers = {"Content-Type": "application/json"}
    if key := os.environ.get(KEY):
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(f"{endpoint.rstrip('/')}/chat/completions", json.dumps(asked).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            told = json.load(response)
    except urllib.error.HTTPError as fault:
        if fault.code == 429 or fault.code >= 500:
            raise Busy(f"{endpoint} says {fault.code}") from None
        raise SystemExit(f"{endpoint} refuses: {fault.code} {fault.reason}") from None
    return str(told["choices"][0]["message"]["content"])
