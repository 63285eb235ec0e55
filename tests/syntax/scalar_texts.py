"""Scalars as people write them, in every style, inside a small document."""

from __future__ import annotations

from hypothesis import strategies as st

PLAIN = (
    "a",
    "b c",
    " ",
    "  ",
    "\n   ",
    "\n\n  ",
    "\r\n   ",
    "é",
    "😀",
    "it's",
    '"',
    "\\",
    "${{ x }}",
    "#",
    ":x",
    "\t",
    "\n\n\n   ",
)
SINGLE = (*PLAIN, "''", ": ", " # ", "{", ",")
DOUBLE = (
    *(
        "a",
        " ",
        "  ",
        "\t",
        "\n  ",
        "\n\n   ",
        "\r\n  ",
        "é",
        "😀",
        "'",
        ": ",
        " #",
        "{",
        "\\\n   ",
        "\\\r\n  ",
        " \\\n\n  ",
    ),
    *("\\n", "\\t", "\\\\", '\\"', "\\/", "\\x41", "\\u00e9", "\\U0001F600", "\\ ", "\\e", "\\_", "\\N", "\\L", "\\\t"),
)
LINES = ("a", "b c  ", "", "   ", " more", "  more still", "\ttab", "é😀", "# text", "x: y", "'", " ", "- z")
ENDS = ("\n", "\r\n")


def joined(pieces: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), min_size=1, max_size=12).map("".join)


def block_scalar(mark: str, chomping: str, written: bool, lines: list[str], end: str, blanks: int) -> str:
    digit = "2" if written else ""
    return f"{mark}{digit}{chomping}{end}" + "".join(f"    {line}{end}" for line in lines) + end * blanks


BLOCK = st.builds(
    block_scalar,
    st.sampled_from("|>"),
    st.sampled_from(("", "-", "+")),
    st.booleans(),
    st.lists(st.sampled_from(LINES), max_size=8),
    st.sampled_from(ENDS),
    st.integers(0, 3),
)
SCALARS = st.one_of(
    joined(PLAIN).map(str.strip),
    joined(SINGLE).map(lambda text: f"'{text}'"),
    joined(DOUBLE).map(lambda text: f'"{text}"'),
    BLOCK,
)
DOCUMENTS = st.tuples(SCALARS, st.sampled_from(("", "&name ", "&name\n    "))).map(
    lambda drawn: f"top:\n  value: {drawn[1]}{drawn[0]}\n  next: 1\n"
)
