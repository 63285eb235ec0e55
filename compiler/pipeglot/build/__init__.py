"""From a checked spec to the IR: every reference looked up, every type and absence decided."""

from pipeglot.build.pipeline import Built as Built
from pipeglot.build.pipeline import build as build
from pipeglot.build.pipeline import check_component as check_component
