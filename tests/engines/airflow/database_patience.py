"""How long each part of Airflow waits for the one SQLite file that all of them write. Airflow loads this at its start.

The API server writes its log of actions in its event loop: while it waits there for a request of its own that holds the
file, neither goes on until one gives up. So it gives up soon, and whoever asked asks again; all others can wait.
"""

import sys

SOON, LATE = 3, 120

connect_args = {"timeout": SOON if "api-server" in sys.argv else LATE}
