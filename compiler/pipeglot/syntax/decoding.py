"""Bytes to text, and the characters that no file of ours may hold."""

from __future__ import annotations

import codecs
import re
from typing import Final

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.origins import Span

SIZE: Final = 32 * 1024 * 1024
_PLAIN = b"\t\n" + bytes(range(0x20, 0x7F))
_LINE_END = re.compile(r"[\x85\u2028\u2029]")
_CARRIAGE_RETURN = re.compile(r"\r(?!\n)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
"""Said by what is refused: said by what is allowed it takes thirty times as long to compile."""
_ENDINGS: Final = {
    "\x85": "U+0085, next line",
    "\u2028": "U+2028, line separator",
    "\u2029": "U+2029, paragraph separator",
}
_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BOM = "\ufeff"


def decode(raw: bytes, name: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text without its byte order mark, and what is wrong with its characters; one mistake of each kind."""
    if len(raw) > SIZE:
        found = f"`{name}` has {len(raw):,} bytes, and a pipeline has at most {SIZE:,}"
        return "", (Diagnostic("PG116", found),)
    if raw.startswith(_WIDE) or raw[:4].count(0) >= 2:
        text = raw.decode("utf-16-be" if raw[:1] in (b"\0", b"\xfe") else "utf-16-le", "replace")
        return text, (_utf_16(name),)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        return _undecodable(raw, name, fault)
    text = text.removeprefix(_BOM)
    return text, _characters(text, name) if raw.translate(None, _PLAIN) else ()


def encode(text: str, name: str) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The bytes of a text that was given as such."""
    try:
        return text.encode("utf-8"), ()
    except UnicodeEncodeError as fault:
        return b"", (_control(text, name, fault.start),)


def _utf_16(name: str) -> Diagnostic:
    return Diagnostic(
        "PG111", f"`{name}` is written in UTF-16 or UTF-32, and pipelines are UTF-8", hint="save it as UTF-8"
    )


def _undecodable(raw: bytes, name: str, fault: UnicodeDecodeError) -> tuple[str, tuple[Diagnostic, ...]]:
    text = raw.decode("utf-8", "replace").removeprefix(_BOM)
    start = len(raw[: fault.start].decode("utf-8").removeprefix(_BOM))
    message = f"byte 0x{raw[fault.start]:02X} is not UTF-8, and pipelines are UTF-8"
    label = "cannot be read as a character"
    return text, (Diagnostic("PG110", message, Span(name, start, start + 1), label, hint="save the file as UTF-8"),)


def _characters(text: str, name: str) -> tuple[Diagnostic, ...]:
    found = ((say, pattern.search(text)) for pattern, say in _KINDS)
    return tuple(say(text, name, match.start()) for say, match in found if match)


def _line_end(text: str, name: str, at: int) -> Diagnostic:
    letter = text[at]
    return Diagnostic(
        "PG112",
        f"the character {_ENDINGS[letter]}, is a line end to some readers of YAML and none to others",
        Span(name, at, _end_of_run(text, at)),
        "stands here, unseen",
        hint=f"take it out, or write `\\u{ord(letter):04x}` inside double quotes",
    )


def _carriage_return(text: str, name: str, at: int) -> Diagnostic:
    return Diagnostic(
        "PG113",
        "a carriage return stands without a line feed, and lines end with LF or CRLF",
        Span(name, at, at + 1),
        "stands here, unseen",
        hint="end lines with LF, or write `\\r` inside double quotes",
    )


def _control(text: str, name: str, at: int) -> Diagnostic:
    number = ord(text[at])
    escapable = number and not 0xD800 <= number <= 0xDFFF
    what = "the NUL character" if number == 0 else f"the character U+{number:04X}"
    return Diagnostic(
        "PG114",
        f"{what} cannot stand in YAML: it is neither printable nor a line end",
        Span(name, at, _end_of_run(text, at)),
        "stands here, unseen",
        hint=f"take it out, or write `\\u{number:04x}` inside double quotes" if escapable else "take it out",
    )


def _end_of_run(text: str, at: int) -> int:
    """Behind all of the same letter that stand there one after the other, as far as anybody looks."""
    some = text[at : at + _LONGEST_RUN]
    return at + len(some) - len(some.lstrip(text[at]))


_LONGEST_RUN = 100
_KINDS = ((_LINE_END, _line_end), (_CARRIAGE_RETURN, _carriage_return), (_CONTROL, _control))
