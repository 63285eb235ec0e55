"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# a deadline is a timed assertion, and says more of the machine than of the code
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
