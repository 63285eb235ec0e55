"""`get FILE`: artifacts of a store for whoever asks by a file: of each path the address of what is to be there."""

from __future__ import annotations

import json

from pipeglot_expression.runtime.contract import EXIT_CODES, LOST
from pipeglot_sidecar.artifacts.object_store import check_library
from pipeglot_sidecar.artifacts.store_faults import StoreFault
from pipeglot_sidecar.artifacts.transfer import fetch_artifacts
from pipeglot_sidecar.record.messages import print_message


def get(file: str) -> int:
    with open(file, encoding="utf-8") as asked:
        wanted: dict[str, str] = json.load(asked)
    for url in wanted.values():
        check_library(url)
    try:
        fetch_artifacts(wanted, print_message, lambda: None)
    except (StoreFault, OSError) as fault:
        print_message(str(fault))
        return EXIT_CODES[LOST]
    return 0
