"""What Kubeflow cannot do, and what is done in its place."""

from __future__ import annotations

from pipeglot_backends.protocol import Limit

CANNOT: tuple[Limit, ...] = ()
EMULATES: tuple[Limit, ...] = ()
