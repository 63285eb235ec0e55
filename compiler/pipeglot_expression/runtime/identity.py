"""Ids of runs, step runs and attempts: every process computes the same ones without asking another."""

from __future__ import annotations

_HEX = frozenset("0123456789abcdef")


def is_uuid(text: str) -> bool:
    plain = text.lower()
    return [len(part) for part in plain.split("-")] == [8, 4, 4, 4, 12] and _HEX.issuperset(plain.replace("-", ""))


def derived_run_id(instance: str, native_run: str, scheduled: str = "") -> str:
    """The id of a run that only its engine knows: shaped like a UUIDv7, with the nominal time in front if there is one.

    `instance` names the engine (and the pipeline, where its run ids are not unique), `scheduled` is RFC 3339.
    """
    digest = light_hash("sha256", "\n".join(("pipeglot", instance, native_run, scheduled)).encode("utf-8"))
    return timed_uuid(milliseconds(scheduled), digest[:10])


def timed_uuid(unix_ms: int, noise: bytes) -> str:
    """A UUIDv7 of a time and ten bytes."""
    raw = bytearray(unix_ms.to_bytes(8, "big")[2:] + noise)
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return _dashed(raw.hex())


def step_run_id(run: str, step: str, index: int | None = None) -> str:
    return named_uuid(run, step if index is None else f"{step}[{index}]")


def attempt_id(run: str, step: str, index: int | None, number: int) -> str:
    """The id of a numbered try of a step, or of an item."""
    return named_uuid(step_run_id(run, step, index), str(number))


def named_uuid(namespace: str, name: str) -> str:
    """A UUIDv5."""
    space = bytes.fromhex(namespace.replace("-", ""))
    raw = bytearray(light_hash("sha1", space + name.encode("utf-8"))[:16])
    raw[6] = 0x50 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return _dashed(raw.hex())


def light_hash(name: str, data: bytes) -> bytes:
    """For a few bytes: `hashlib` is quicker at hashing, and takes longer to load than these take to hash."""
    for module in (f"_{name}", "_sha2"):
        try:
            found: bytes = getattr(__import__(module), name)(data).digest()
        except ImportError:
            continue
        return found
    import hashlib

    return hashlib.new(name, data).digest()


def _dashed(plain: str) -> str:
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))


def milliseconds(moment: str) -> int:
    """Unix milliseconds of an RFC 3339 time, 0 for none or what is none. `datetime` costs more than all of this."""
    try:
        year, month, day = (int(part) for part in moment[:10].split("-"))
        hour, minute, second = (int(part) for part in moment[11:19].split(":"))
        rest = moment[19:].lstrip(".0123456789")
        fraction = moment[20 : len(moment) - len(rest)]
        ahead = 0
        if rest[:1] in ("+", "-"):
            ahead = (int(rest[1:3]) * 60 + int(rest[4:6])) * (60 if rest[0] == "+" else -60)
    except ValueError:
        return 0
    seconds = _days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - ahead
    return max(0, seconds * 1000 + int((fraction + "000")[:3]))


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970; years begin in March, so that the leap day comes last."""
    year -= month <= 2
    month = (month + 9) % 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 719469
