"""From a keystroke to the diagnostics in an editor, over standard streams, for a file of 1,000 steps.

Beside it the floor: the same text validated once in this process, warm. Prints milliseconds and the ratio, medians with
the least and the most.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.engines.editor.server import Editor

from pipeglot.driver.compiling import validate

STEPS = 1_000
TIMES = 20


def pipeline() -> str:
    lines = [
        "apiVersion: pipeglot/v1",
        "kind: Pipeline",
        "metadata: {name: large}",
        "defaults: {image: alpine}",
        "steps:",
    ]
    for number in range(STEPS):
        read = f", '${{{{ steps.s{number - 1}.outputs.v }}}}'" if number else ""
        lines.append(f"  s{number}: {{run: [echo, text{read}], outputs: {{v: {{type: string}}}}}}")
    return "\n".join(lines) + "\n"


def floor(path: Path) -> list[float]:
    validate(path)
    taken = list[float]()
    for _ in range(TIMES):
        begun = time.perf_counter()
        validate(path)
        taken.append(time.perf_counter() - begun)
    return taken


def keystrokes(path: Path) -> list[float]:
    with subprocess.Popen(
        [sys.executable, "-m", "pipeglot", "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        editor = Editor(process)
        editor.ask("initialize", processId=None, rootUri=None, capabilities={})
        editor.tell("initialized")
        assert editor.opened(path) == []
        text, taken = path.read_text("utf-8"), list[float]()
        for number in range(TIMES):
            wrong = number % 2 == 0
            changed = text.replace("run: [echo", "ran: [echo", 1) if wrong else text
            editor.told.clear()
            begun = time.perf_counter()
            document = {"uri": path.as_uri(), "version": number + 2}
            editor.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": changed}])
            assert bool(editor.answered(path)) == wrong
            taken.append(time.perf_counter() - begun)
        process.kill()
    return taken


def said(what: str, taken: list[float]) -> str:
    middle, least, most = (1000 * of(taken) for of in (statistics.median, min, max))
    return f"{what}: {middle:.0f} ms ({least:.0f} to {most:.0f})"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pipeline.yaml"
        path.write_text(pipeline(), "utf-8")
        bare, typed = floor(path), keystrokes(path)
    print(said("validated in process", bare))
    print(said("from a keystroke to the diagnostics", typed))
    print(f"ratio: {statistics.median(typed) / statistics.median(bare):.2f}")


if __name__ == "__main__":
    main()
