"""From a checked spec to the IR: every reference looked up, every type and absence decided."""

from pipeglot.analysis.pipeline import Built as Built
from pipeglot.analysis.pipeline import build as build
from pipeglot.analysis.pipeline import check_component as check_component
