"""What all tests share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.own_faults import seen

# a deadline is a timed assertion, and says more of the machine than of the code
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# a shell starts what it puts in the background deaf to Ctrl-C, and so would be the runs that tests interrupt
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two for each core: tests wait for processes, servers and their ends as long as they compute."""
    return 2 * (os.cpu_count() or 1)


@pytest.fixture(autouse=True)
def own_faults() -> Iterator[list[str]]:
    """What was said of PG901. A test that wants it takes the fixture and clears the list."""
    with seen() as found:
        yield found
    assert not found, "PG901, a fault of ours: " + "; ".join(found)
