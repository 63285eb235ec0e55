"""What all tests share."""

from __future__ import annotations

import signal

from hypothesis import settings

# a deadline is a timed assertion, and says more of the machine than of the code
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# a shell starts what it puts in the background deaf to Ctrl-C, and so would be the runs that tests interrupt
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
