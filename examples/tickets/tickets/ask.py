"""One batch of prompts: their answers, in order."""

from __future__ import annotations

import argparse
from pathlib import Path

from tickets import lines, service, stand_in

TEMPFAIL = 75
"""The exit code of `sysexits.h` for what may work later."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("prompts", type=Path)
    parser.add_argument("--first", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--words", type=Path, required=True)
    options = parser.parse_args()
    rows = lines.read(options.prompts)[options.first : options.first + options.count]
    try:
        answers = [_asked(options.endpoint, options.model, row["prompt"]) for row in rows]
    except service.Busy as fault:
        print(fault)
        raise SystemExit(TEMPFAIL) from None
    lines.write(options.answers, [{**row, "answer": answer} for row, answer in zip(rows, answers, strict=True)])
    options.words.write_text(str(sum(len(row["prompt"].split()) for row in rows)))
    print(f"{len(rows)} prompts answered by {options.model if options.endpoint else 'the stand-in'}")


def _asked(endpoint: str, model: str, prompt: str) -> str:
    return service.answer(endpoint, model, prompt) if endpoint else stand_in.answer(prompt)


if __name__ == "__main__":
    main()
