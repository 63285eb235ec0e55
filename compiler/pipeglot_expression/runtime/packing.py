"""Text that stands in a command: compressed, in 85 letters that no engine, shell or markup takes for its own."""

from __future__ import annotations

TAKEN = b"$&<>{"
"""Of the letters of `base64.b85encode`: `$(` and `{{` begin tags, and Go writes `&`, `<` and `>` as six letters."""
FREE = b",./:]"


def packed_text(text: str) -> str:
    """The same letters wherever it is made: bzip2 has one author, and its bytes have not changed since."""
    from bz2 import compress

    return lettered(compress(text.encode(), 9))


def lettered(compressed: bytes) -> str:
    """What bzip2 made, as a text."""
    from base64 import b85encode

    return b85encode(compressed).translate(bytes.maketrans(TAKEN, FREE)).decode()


def unpacked_text(text: str) -> bytes:
    """Raises `ValueError`."""
    from base64 import b85decode
    from bz2 import decompress

    try:
        return decompress(b85decode(text.encode().translate(bytes.maketrans(FREE, TAKEN))))
    except OSError as fault:
        raise ValueError(str(fault)) from None
