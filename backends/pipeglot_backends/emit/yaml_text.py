"""The one YAML writer: plain data to text that YAML 1.1 and 1.2 readers read alike."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Data: TypeAlias = "bool | int | float | str | Sequence[Data] | Mapping[str, Data] | Remarked | None"


@dataclass(frozen=True, slots=True)
class Remarked:
    """A value of a mapping, but of its first key, with comments above it: printable lines, which nobody reads back."""

    lines: tuple[str, ...]
    value: Data


_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./@-]*(:[A-Za-z0-9_./@-]+)*\Z")
_WORD_END = re.compile(r"(?<= )(?=\S)")
LONG, WIDTH = 300, 160
"""A line that is longer than the first is broken, so that no line is much longer than the second."""
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}
_WHOLE_MANTISSA = re.compile(r"\A(-?\d+)e")
_BLOCK = re.compile(r"\n*[\x21-\x7e][\n\x20-\x7e]*\Z")
_BEYOND_BMP = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})")


def dump(*documents: Data) -> str:
    """The documents, separated by `---`; mappings keep their order."""
    return "---\n".join("".join(_block(document, "")) or scalar(document) + "\n" for document in documents)


def _block(value: Data, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, Remarked):
                yield from (f"{indent}# {line}".rstrip() + "\n" for line in item.lines)
                item = item.value  # what stands below the comments
            yield from _entry(f"{indent}{scalar(key)}:", item, indent + "  ")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            lines = list(_entry(f"{indent}-", item, indent + "  "))
            if isinstance(item, Mapping) and item:
                lines = [f"{indent}- {lines[1].lstrip()}", *lines[2:]]
            yield from lines
    else:
        yield f"{indent}{scalar(value)}\n"


def _entry(head: str, item: Data, indent: str) -> Iterator[str]:
    if isinstance(item, str):
        yield f"{head} {_text(item, indent)}\n"
    elif isinstance(item, (Mapping, Sequence)) and item:
        yield f"{head}\n"
        yield from _block(item, indent)
    else:
        yield f"{head} {scalar(item)}\n"


def _text(text: str, indent: str) -> str:
    """Lines of a program stand as a block; anything a block could bend is quoted."""
    if "\n" not in text or not _BLOCK.match(text):
        return _folded(scalar(text), indent)
    chomp = "" if text.endswith("\n") and not text.endswith("\n\n") else ("+" if text.endswith("\n") else "-")
    body = text[:-1] if text.endswith("\n") else text
    return f"|{chomp}\n" + "\n".join(f"{indent}{line}" if line else "" for line in body.split("\n"))


def _folded(scalar: str, indent: str) -> str:
    """A long quoted text on several lines: an escaped line end is nothing, nor are the blanks behind it."""
    if len(scalar) <= LONG or not scalar.startswith('"'):
        return scalar
    lines = [""]
    for word in _WORD_END.split(scalar):
        if lines[-1] and len(lines[-1]) + len(word) > WIDTH:
            lines.append("")
        lines[-1] += word
    return f"\\\n{indent}".join(lines)


def scalar(value: Data) -> str:
    if isinstance(value, str):
        return value if _PLAIN.match(value) and value.lower() not in _WORDS else quoted(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, Sequence):
        return "[]"
    # to YAML 1.1 `1e+16` is text, and `1.0e+16` a number
    return _WHOLE_MANTISSA.sub(r"\1.0e", json.dumps(value, allow_nan=False))


def quoted(text: str) -> str:
    """A double-quoted scalar in ASCII; characters beyond the BMP as `\\U`, since a YAML reader joins no surrogates."""
    return _BEYOND_BMP.sub(_joined, json.dumps(text, ensure_ascii=True).replace("\x7f", "\\x7f"))


def _joined(match: re.Match[str]) -> str:
    high, low = int(match[1], 16), int(match[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"
