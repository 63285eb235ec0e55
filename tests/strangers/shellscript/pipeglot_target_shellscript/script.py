"""The script: what starts each step through the sidecar, and hands the values of earlier steps to later ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from shlex import quote

from pipeglot.ir import Missing, Param, Pipeline, Read, ReadKind, Step
from pipeglot_backends.protocol import Options
from pipeglot_expression.values import to_wire

HEAD = r"""#!/bin/sh
# Written by pipeglot: change the pipeline instead, and compile it again.
# Runs the pipeline once, in the folder of a run: sh {name}.sh FOLDER
set -u
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/words" "$1/results" "$1/logs"
run=$(cd "$1" && pwd)
echo {name} > "$run/pipeline"
echo {definition} > "$run/definition"
date -u +%Y-%m-%dT%H:%M:%SZ > "$run/began"
echo $$ > "$run/pid"
state=succeeded
stopped=
trap 'stopped=yes' INT TERM

export PIPEGLOT_ENGINE=shellscript PIPEGLOT_TABLE="$here/steps.json" PIPEGLOT_ATTEMPT=1
export PIPEGLOT_ARTIFACTS="$run/artifacts" PIPEGLOT_RECORD="$run/record"
# submit says which run this is; of one that a person starts the folder is the name
if [ -f "$run/id" ]; then
    PIPEGLOT_RUN_ID=$(cat "$run/id")
    export PIPEGLOT_RUN_ID
else
    export PIPEGLOT_INSTANCE=shellscript PIPEGLOT_NATIVE_RUN="$run"
fi

# param NAME DEFAULT
param() {{ cat "$run/params/$1" 2>/dev/null || printf %s "$2"; }}
# handed STEP NAME: what the sidecar of an earlier step left
handed() {{ cat "$run/results/$1/$2" 2>/dev/null; }}
word() {{ cat "$run/words/$1"; }}

# step ID "STEPS THAT MUST HAVE SUCCEEDED" SLOT=TEXT...
step() {{
    id=$1 after=$2
    shift 2
    if [ -n "$stopped" ]; then echo cancelled > "$run/words/$id"; return; fi
    for each in $after; do
        if [ "$(word "$each")" != succeeded ]; then echo upstream_failed > "$run/words/$id"; return; fi
    done
    echo running > "$run/words/$id"
    mkdir -p "$run/results/$id"
    if env "PIPEGLOT_RESULT=$run/results/$id" "$@" python3 "$here/sidecar.py" run "$id" > "$run/logs/$id.log" 2>&1
    then echo succeeded > "$run/words/$id"
    else state=failed; echo failed > "$run/words/$id"
    fi
}}
"""
TAIL = r"""
if [ -n "$stopped" ]; then state=cancelled; fi
date -u +%Y-%m-%dT%H:%M:%SZ > "$run/ended"
echo "$state" > "$run/state"
[ "$state" = succeeded ]
"""


def script(pipeline: Pipeline, options: Options) -> str:
    head = HEAD.format(name=pipeline.name, definition=options.definition_hash)
    params = {param.name: param for param in pipeline.params}
    return "\n".join([head, *(_step(step, params) for step in pipeline.steps)]) + "\n" + TAIL


def _step(step: Step, params: Mapping[str, Param]) -> str:
    """One that runs after failures too waits for nothing to succeed: its sidecar decides."""
    return " \\\n    ".join([f"step {step.id} {quote(' '.join(step.holding))}", *_reads(step, params)])


def _reads(step: Step, params: Mapping[str, Param]) -> Iterator[str]:
    for read in step.reads:
        yield f'"PIPEGLOT.{read.slot}=$({_CARRIED[read.kind](read, params)})"'


def _param(read: Read, params: Mapping[str, Param]) -> str:
    param = params[str(read.param)]
    told = "" if isinstance(param.default, Missing) else to_wire(param.default)
    return f"param {param.name} {quote(told)}"


_CARRIED: Mapping[ReadKind, Callable[[Read, Mapping[str, Param]], str]] = {
    ReadKind.PARAM: _param,
    ReadKind.OUTPUT: lambda read, _: f"handed {read.step} {read.output}",
    ReadKind.STATE: lambda read, _: f"handed {read.step} pipeglot-state",
    ReadKind.ENGINE: lambda read, _: f"word {read.step}",
}
"""The other kinds are of fan-outs and of `on_exit`, which are refused."""
