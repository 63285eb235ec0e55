"""Addresses of data from outside: what they may be, said alike before a run and in it."""

from __future__ import annotations

SCHEMES = ("file", "s3", "gs", "az", "https")
ALIASES = {
    **dict.fromkeys(("http",), "https"),
    **dict.fromkeys(("s3a", "s3n"), "s3"),
    **dict.fromkeys(("gcs",), "gs"),
    **dict.fromkeys(("abfs", "abfss", "azure", "wasb", "wasbs"), "az"),
}
"""What other tools call them; the first of these is never the same place."""
WILD = "*?["
FOLDER = "directory"
"""The kind of an input that is a folder."""
LETTING_IN = ("sig", "signature", "token", "key", "secret", "password", "credential")
"""Words in the name of a part of an address that lets in whoever knows it."""


def scheme_of(address: str) -> str:
    """Empty for a path."""
    head, found, _ = address.partition("://")
    return head if found else ""


def is_pattern(address: str) -> bool:
    """Whether it names each file that fits. What a web server has it lists to nobody."""
    return scheme_of(address) != "https" and any(letter in WILD for letter in address.partition("://")[2] or address)


def unfit_scheme(scheme: str) -> str | None:
    """What is against it."""
    if scheme and scheme not in SCHEMES:
        known = ", ".join(f"`{each}://`" for each in SCHEMES)
        return f"`{scheme}://` is none of what data is fetched from: a path, {known}"
    return None


def unfit_address(address: str, kind: str) -> str | None:
    """What is against it, as far as its text says."""
    scheme, (place, _, key) = scheme_of(address), address.partition("://")[2].partition("/")
    fault = unfit_scheme(scheme)
    if fault:
        return fault
    if not address.strip():
        return "it is empty"
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in address):
        return "it holds a line end, or another character that no address has"
    if "@" in place:
        return "it holds the name of a user: credentials come from the environment"
    if scheme == "file":
        return None if place in ("", "localhost") and key else "a `file://` address is `file:///` and an absolute path"
    if scheme and not place:
        return f"it names no {'host' if scheme == 'https' else 'bucket'}"
    if scheme == "https" and kind == FOLDER:
        return "a web server lists no folder: name a file of it"
    return None if key or kind == FOLDER or scheme in ("", "https") else "it names a bucket, and nothing in it"


def split_pattern(path: str) -> tuple[str, list[str]]:
    """The folder before the first part that fits more than one name, and the parts from there on."""
    parts = path.split("/")
    first = next(place for place, part in enumerate(parts) if any(letter in WILD for letter in part))
    tail: list[str] = []
    for part in parts[first:]:
        if part and not (part == "**" and tail[-1:] == ["**"]):
            tail.append(part)
    return "/".join(parts[:first]) or ("/" if path.startswith("/") else ""), tail


def fits_pattern(name: list[str], pattern: list[str]) -> bool:
    """As shells have it, part by part: `**` stands for any number of folders, and no wildcard for a leading dot."""
    from fnmatch import fnmatchcase

    if not pattern:
        return not name
    if pattern[0] == "**":
        deeper = bool(name) and name[0][:1] != "." and fits_pattern(name[1:], pattern)
        return deeper or fits_pattern(name, pattern[1:]) or (len(pattern) == 1 and not name)
    fits = bool(name) and fnmatchcase(name[0], pattern[0]) and (name[0][:1] != "." or pattern[0][:1] == ".")
    return fits and fits_pattern(name[1:], pattern[1:])


def shown_address(address: str) -> str:
    """Without what lets in whoever knows it, such as the signature of an address that is signed."""
    import re

    words = "|".join(LETTING_IN)
    address = re.sub(r"(?<=://)[^/?#]*@", "[redacted]@", address)
    return re.sub(rf"(?i)([?&][^=&#]*(?:{words})[^=&#]*=)[^&#]*", r"\1[redacted]", address)


def recorded_address(address: str) -> str:
    """With a `/` in it, as no name of an output has one."""
    shown = shown_address(address)
    return shown if "/" in shown else f"./{shown}"
