"""Called by its name."""


def count(said: str) -> int:
    return len(said)
