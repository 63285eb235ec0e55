"""What can go wrong with the store, as errors whose text is made for the person at the terminal."""

from __future__ import annotations


class RecordsFault(Exception):
    """The store cannot be opened, read or written; `str()` is one line without a traceback's noise."""


class RunNotFound(LookupError):
    """No run, or more than one, goes by the name that was given."""


class DefinitionMissing(LookupError):
    """What is asked for needs the run's definition, and nobody registered it."""
