"""A rare text, given as sensitive values in all the ways there are, and what looks for it."""

from __future__ import annotations

import base64
import contextlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeglot.cli.main import main

CANARY = 'xQ7-canärybird"9Z$k'
INSIDE = "inner-Kj4%birdsong"
NUMBER = 4815162342
TARGETS = ("local", "airflow", "argo", "kubeflow", "vertex")
PARAMS = {"token": CANARY, "keys": {"a": [INSIDE], "pin": NUMBER}, "list": [INSIDE]}
SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: secretive}
params:
  token: {type: string, sensitive: true}
  keys: {type: dict, sensitive: true}
  list: {type: list, items: string, sensitive: true}
defaults: {image: "python:3.12"}
steps:
  tell:
    env: {TOKEN: "${{ params.token }}", KEYS: "${{ params.keys }}"}
    run: |
      echo "$TOKEN"; echo "$KEYS" >&2; printf '%s' "$TOKEN" | base64
      python3 - <<'END'
      import json, os
      token = os.environ["TOKEN"]
      print(json.dumps(token), repr(token), json.dumps({"a": token}))
      for kind, name in (("note", "n"), ("tag", "t"), ("param", "p")):
          with open(os.environ["PIPEGLOT_EVENTS"], "a") as file:
              file.write(json.dumps({kind: name, "value": f"<{token}>"}) + "\\n")
      END
      printf '%s' "$TOKEN" > "${{ outputs.made }}"
    outputs: {made: {type: string, sensitive: true}}
  argument:
    inputs: {made: "${{ steps.tell.outputs.made }}", of: "${{ params.list }}"}
    run: [sh, -c, 'echo "$@"', sh, "${{ inputs.made }}", "${{ params.keys.pin }}", "${{ params.list }}"]
  items:
    foreach: {items: "${{ params.list }}"}
    inputs: {each: "${{ item }}"}
    run: [echo, "${{ item }}"]
"""


def written(text: str) -> Iterator[bytes]:
    """As programs write it; made here by other means than the product's own."""
    yield from (text.encode(), json.dumps(text)[1:-1].encode(), repr(text)[1:-1].encode())
    escapes = {ord(char): f"\\u{ord(char):04x}" for char in "${}%#"}
    yield json.dumps(text)[1:-1].translate(escapes).encode()
    yield base64.b64encode(text.encode()).rstrip(b"=")[:-1]


FORMS = tuple(form for text in (CANARY, INSIDE, str(NUMBER)) for form in written(text))


def seen_in(raw: bytes) -> list[bytes]:
    return [form for form in FORMS if form in raw]


def leaks(folder: Path, *but: str) -> dict[str, list[bytes]]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in but]
    assert files
    return {str(path.relative_to(folder)): found for path in files if (found := seen_in(path.read_bytes()))}


@dataclass(frozen=True)
class Done:
    code: int
    said: bytes


def pipeglot(*words: str) -> Done:
    """In this process, in the current folder."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(words)
    return Done(code, out.getvalue().encode())


RUN = "0192f0c1-7b1e-7c3a-9d55-0d1b5a3c9e10"
QUOTING = f"cannot start: env TOKEN={CANARY} {json.dumps(CANARY)} of {INSIDE!r} and {NUMBER}"
"""As an engine may say it."""


def written_there(folder: Path, settings: str) -> None:
    """The pipeline without what Vertex AI cannot, with settings of its engine, and what a run of it is given."""
    fits = SPEC.replace("  items:\n", "  x-items:\n").partition("  x-items:")[0]
    (folder / "pipeline.yaml").write_text(f"{fits}profiles: {{p: {{{settings}}}}}\n", "utf-8")
    (folder / "given.json").write_text(json.dumps(PARAMS), "utf-8")


def submitted(target: str) -> Done:
    chosen = ("--target", target, "--profile", "p", "--run-id", RUN)
    return pipeglot("submit", "pipeline.yaml", *chosen, "--params-file", "given.json")


def sent(target: str, ended: Callable[[], None]) -> list[Done]:
    """Every command about a run on an engine, in the current folder; `ended` lets the engine say something of it."""
    told = [submitted(target), submitted(target)]
    assert {done.code for done in told} == {0}, [done.said for done in told]
    ended()
    told += [pipeglot("status", RUN), pipeglot("status", RUN, "--format", "json"), pipeglot("collect", RUN)]
    told += [
        pipeglot("cancel", RUN),
        pipeglot("show", RUN),
        pipeglot("show", RUN, "--format", "json"),
        pipeglot("runs"),
    ]
    assert {done.code for done in told} == {0}, [done.said for done in told]
    return told
