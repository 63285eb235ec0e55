"""From a checked spec to the IR: every reference looked up, every type and absence decided."""

from pipeglot.analysis.pipeline import Analyzed as Analyzed
from pipeglot.analysis.pipeline import analyze as analyze
from pipeglot.analysis.pipeline import check_component as check_component
from pipeglot.analysis.sizes import crowds as crowds
