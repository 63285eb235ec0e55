"""What may stand on the command line. Imports nothing but argparse, so that `--help` is quick."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from pipeglot.cli.models import options as of_models
from pipeglot.cli.parsing import Parser, at_least_one, code
from pipeglot.cli.serving import options as of_servers

_WHERE = "where to write (default: build/TARGET beside FILE, build/PROFILE with --profile)"
EXPORTS = ("openlineage", "mlflow", "otel", "in-toto")
_CHECK = "write nothing; exit 1 and say which files are stale (without target and profile: all that lies in build)"


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Leaves with exit code 2, and a diagnostic, for what cannot be read."""
    top, commands = _parsers()
    options, unknown = top.parse_known_args(argv)
    if unknown:
        commands.get(options.command, top).refuse_all(unknown)
    if options.command is None and not options.version:
        top.print_help(sys.stderr)
        top.exit(2)
    return options


def parser() -> Parser:
    return _parsers()[0]


def _parsers() -> tuple[Parser, dict[str, Parser]]:
    top = Parser(
        prog="pipeglot",
        description="One pipeline.yaml, compiled to many engines, with the same record of every run.",
        epilog="example: pipeglot init && pipeglot run && pipeglot show",
    )
    top.add_argument("--version", action="store_true", help="print the version and leave")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    found: dict[str, Parser] = {}
    for name, (summary, example, add) in COMMANDS.items():
        found[name] = commands.add_parser(name, help=summary, description=summary, epilog=f"example: {example}")
        add(found[name])
    return top, found


def _init(command: Parser) -> None:
    command.add_argument("folder", nargs="?", default=".", help="where to write pipeline.yaml (default: here)")
    command.add_argument("--name", help="name of the pipeline (default: that of the folder)")


def _validate(command: Parser) -> None:
    command.add_argument("files", nargs="*", metavar="FILE", help="pipeline files (default: pipeline.yaml)")
    command.add_argument(
        "--targets", action="store_true", help="refuse too what the target of a profile cannot keep, else a warning"
    )
    refuse = "refuse what is warned of under this code (may be given several times), else it is let pass"
    command.add_argument("--refuse", type=code, action="append", default=[], metavar="CODE", help=refuse)
    _changed(command)
    _format(command, "text", "concise", "json", "github")


def _changed(command: Parser) -> None:
    help_text = "FILEs are whatever changed: check the pipelines of the repository that this concerns (for hooks)"
    command.add_argument("--changed", action="store_true", help=help_text)


def _compile(command: Parser) -> None:
    command.add_argument("files", nargs="*", metavar="FILE", help="pipeline files (default: pipeline.yaml)")
    _target(command)
    _profile(command)
    command.add_argument("-o", "--output", metavar="FOLDER", help=_WHERE)
    command.add_argument("--stdout", action="store_true", help="print the native definition and write nothing")
    command.add_argument("--check", action="store_true", help=_CHECK)
    command.add_argument("--diff", action="store_true", help="with --check: show what differs")
    _changed(command)
    command.add_argument("--allow", action="append", default=[], metavar="CODE", help="go on in spite of this refusal")
    _format(command, "text", "concise", "json", "github")


def _package(command: Parser) -> None:
    _file(command)
    _profile(command)
    where = "where to write (default: the folder `code` of the project's .pipeglot, where `compile` looks)"
    command.add_argument("-o", "--output", metavar="FOLDER", help=where)


def _plan(command: Parser) -> None:
    _file(command)
    _target(command)
    _profile(command)
    command.add_argument("--graph", choices=("mermaid", "dot", "svg"), help="print the graph of the steps instead")
    _format(command, "text", "json")


def _run(command: Parser) -> None:
    _file(command)
    _profile(command)
    _params(command)
    _records(command)
    command.add_argument(
        "--jobs", "-j", type=at_least_one, metavar="N", help="steps at a time (default: the number of cores)"
    )
    command.add_argument("--isolated", action="store_true", help="give each step a fresh copy of the code")
    command.add_argument(
        "--keep", action="store_true", help="keep scratch folders and copies, but for steps with sensitive values"
    )
    command.add_argument("--run-id", metavar="UUID", help="the run's id (default: a new one)")
    help_text = "start every step, whatever is kept of its work, and keep nothing"
    command.add_argument("--no-cache", action="store_true", help=help_text)
    help_text = "do the work of STEP anew, and keep that (may be given several times)"
    command.add_argument("--refresh", action="append", default=[], metavar="STEP", help=help_text)
    _part(command)
    _format(command, "text", "json")


def _part(command: Parser) -> None:
    help_text = (
        "go on from an earlier run: start what did not succeed there, and what follows it, and take the rest from it"
    )
    command.add_argument("--resume", metavar="RUN", help=help_text)
    help_text = "run STEP and what follows it; take the rest from --resume, else from the last run of the pipeline"
    command.add_argument("--from", dest="again", metavar="STEP", help=help_text)
    command.add_argument("--only", metavar="STEP", help="run STEP alone; take what it needs as --from does")
    command.add_argument("--until", metavar="STEP", help="run nothing but STEP and what it needs")


def _replay(command: Parser) -> None:
    command.add_argument("run", metavar="RUN", help="a run's id or how it begins, on whichever engine; `last`")
    command.add_argument("step", metavar="STEP", help="the id of a step")
    item = "an item of a fan-out: its value, as `show` has it, or its number (default: all)"
    command.add_argument("item", nargs="?", metavar="ITEM", help=item)
    help_text = "open a shell where the step's command would start, with its variables; nothing is recorded"
    command.add_argument("--shell", action="store_true", help=help_text)
    help_text = "a param with another value than in the run, or one that is sensitive"
    command.add_argument("-p", dest="params", action="append", default=[], metavar="NAME=VALUE", help=help_text)
    command.add_argument("--keep", action="store_true", help="keep the scratch folder")
    _records(command)


def _submit(command: Parser) -> None:
    _file(command)
    _target(command)
    _profile(command)
    _params(command)
    _records(command)
    command.add_argument("--run-id", metavar="UUID", help="the run's id: the same one is submitted once (default: new)")
    command.add_argument(
        "--replace", action="store_true", help="replace a pipeline of the same name that came from elsewhere"
    )
    command.add_argument("--wait", action="store_true", help="follow the run to its end and collect its record")
    _format(command, "text", "json")


def _one_run(command: Parser) -> None:
    command.add_argument("run", nargs="?", metavar="RUN", help="a run's id or how it begins (default: the last run)")
    _records(command)


def _cancel(command: Parser) -> None:
    command.add_argument("run", nargs="?", metavar="RUN", help="a run's id or how it begins; none is guessed")
    _records(command)


def _status(command: Parser) -> None:
    _one_run(command)
    _format(command, "text", "json")


def _collect(command: Parser) -> None:
    what = "an engine's run, by its id, or a folder of event logs (default: the last run); with --all: a pipeline file"
    command.add_argument("place", nargs="?", metavar="RUN|FOLDER|FILE", help=what)
    command.add_argument("--all", action="store_true", help="every run of FILE on its engine, whoever started it")
    command.add_argument(
        "--limit", type=at_least_one, metavar="N", help="with --all: the N newest of the engine (default: 100)"
    )
    _target(command)
    _profile(command)
    command.add_argument("--definition", metavar="FILE", action="append", default=[], help="a definition.json")
    _records(command)
    _format(command, "text", "json")


def _runs(command: Parser) -> None:
    _records(command)
    command.add_argument("--pipeline", metavar="NAME", help="only runs of this pipeline")
    command.add_argument("--state", metavar="STATE", help="only runs in this state")
    command.add_argument(
        "--limit", type=at_least_one, default=20, metavar="N", help="at most N, newest first (default: 20)"
    )
    where = "only runs of which this holds, as `params.lr > 0.01 and metrics.train.auc >= 0.9 and state == failed`"
    command.add_argument("--where", metavar="FILTER", help=where)
    command.add_argument("--sort", metavar="FIELD", help="the least first, by a field as --where has them")
    command.add_argument("--desc", action="store_true", help="with --sort: the greatest first")
    command.add_argument(
        "--columns", metavar="FIELD,…", help="these fields of each run alone (default: the usual ones)"
    )
    command.add_argument("--disk", action="store_true", help="also the bytes of each run in its folder on this machine")
    _format(command, "text", "json", "csv")


def _show(command: Parser) -> None:
    _one_run(command)
    _format(command, "text", "json", "normal")


def _artifact(command: Parser) -> None:
    acts = command.add_subparsers(dest="act", metavar="get|open", required=True)
    for act, help_text in {"get": "bring an artifact here", "open": "open it with what the desktop has for it"}.items():
        one = acts.add_parser(act, help=help_text, description=help_text)
        name = "STEP.OUTPUT, of a fan-out STEP.OUTPUT[ITEM]; @VERSION as `artifacts` counts them (default: the last)"
        one.add_argument("name", metavar="NAME[@VERSION]", help=name)
        one.add_argument("--run", metavar="RUN", help="of this run: its id or how it begins (default: of all)")
        one.add_argument("--pipeline", metavar="NAME", help="of this pipeline (default: the only one that has it)")
        if act == "get":
            one.add_argument("-o", "--output", default=".", metavar="FOLDER", help="where to (default: here)")
            _format(one, "text", "json")
        _records(one)


def _fmt(command: Parser) -> None:
    files = "pipelines and components; - reads one and prints it (default: pipeline.yaml)"
    command.add_argument("files", nargs="*", metavar="FILE", help=files)
    command.add_argument("--check", action="store_true", help="change nothing; exit code 1 where something would be")
    command.add_argument("--diff", action="store_true", help="change nothing; print what would be changed")
    command.add_argument(
        "--changed", action="store_true", help="FILEs are whatever changed: leave those of others (for hooks)"
    )


def _set(command: Parser) -> None:
    key = "the way to it, as steps.train.timeout; what is on it and not there is made"
    command.add_argument("key", metavar="KEY", help=key)
    command.add_argument("value", metavar="VALUE", help="YAML: 2h, 3, [a, b], {limit: 2}")
    _file(command)


def _rename(command: Parser) -> None:
    key = "what: a step, params.NAME, steps.STEP.outputs.NAME, steps.STEP.inputs.NAME or components.NAME"
    command.add_argument("key", metavar="NAME", help=key)
    command.add_argument("new", metavar="NEW", help="its name from now on, wherever the file reads it")
    _file(command)


def _models(command: Parser) -> None:
    of_models.add(command, _records, _format)


def _gc(command: Parser) -> None:
    help_text = "keep what the N newest runs of each pipeline have, and of runs that are not over (default: of all)"
    command.add_argument("--keep-last", type=at_least_one, metavar="N", help=help_text)
    command.add_argument("--apply", action="store_true", help="remove it; without this it is only told")
    command.add_argument("--stores", action="store_true", help="in object stores too, that no other records are about")
    _records(command)
    _format(command, "text", "json")


def _cache(command: Parser) -> None:
    acts = command.add_subparsers(dest="act", metavar="gc", required=True)
    help_text = "say what the kept work of steps takes, and remove what is not asked for any more"
    one = acts.add_parser("gc", help=help_text, description=help_text)
    one.add_argument("--store", metavar="PLACE", help="the folder or bucket of a profile (default: of the project)")
    unused = "remove what no run has asked for in DAYS days (default: only what is left of broken writes)"
    one.add_argument("--unused", type=at_least_one, metavar="DAYS", help=unused)
    one.add_argument("--apply", action="store_true", help="remove it; without this it is only told")
    _records(one)
    _format(one, "text", "json")


def _why(command: Parser) -> None:
    command.add_argument("step", metavar="STEP", help="the id of a step with `cache`")
    help_text = "ids, or how they begin: two, or one that is held against the one before it (default: the last two)"
    command.add_argument("runs", nargs="*", metavar="RUN", help=help_text)
    _records(command)
    _format(command, "text", "json")


def _logs(command: Parser) -> None:
    command.add_argument("run", metavar="RUN", help="a run's id or how it begins; `last` is the newest")
    command.add_argument("step", metavar="STEP", help="the id of a step")
    item = "an item of a fan-out: its value, as `show` has it, or its number (default: all)"
    command.add_argument("item", nargs="?", metavar="ITEM", help=item)
    command.add_argument("--attempt", type=at_least_one, metavar="N", help="the N-th attempt (default: the last)")
    command.add_argument("--follow", "-f", action="store_true", help="go on with what is written, until the step ends")
    _records(command)


def _diff(command: Parser) -> None:
    command.add_argument("before", metavar="RUN", help="a run's id or how it begins; `last` is the newest")
    command.add_argument("after", nargs="?", metavar="RUN", help="the other one (default: the last run)")
    _records(command)
    _format(command, "text", "json")


def _compare(command: Parser) -> None:
    command.add_argument(
        "runs", nargs="*", metavar="RUN", help="ids of runs, or how they begin (default: the last run)"
    )
    command.add_argument(
        "--items", metavar="STEP", help="the items of this fan-out of the first run, one beside another"
    )
    best = command.add_mutually_exclusive_group()
    best.add_argument("--max", metavar="NAME", help="mark where this column is greatest")
    best.add_argument("--min", metavar="NAME", help="mark where this column is least")
    _records(command)
    _format(command, "text", "json", "csv")


def _lineage(command: Parser) -> None:
    command.add_argument("run", nargs="?", metavar="RUN", help="a run's id or how it begins (default: the last run)")
    command.add_argument("artifact", nargs="?", metavar="STEP.OUTPUT", help="one artifact of it (default: all)")
    command.add_argument("--up", action="store_true", help="only what it was made of")
    command.add_argument("--down", action="store_true", help="only what was made of it")
    _records(command)
    _format(command, "text", "json", "dot", "mermaid", "svg")


def _metrics(command: Parser) -> None:
    command.add_argument("run", nargs="?", metavar="RUN", help="a run's id or how it begins (default: the last run)")
    command.add_argument("--step", metavar="STEP", help="of this step alone")
    command.add_argument("--name", metavar="NAME", help="the series of this name alone")
    command.add_argument("--plot", metavar="FILE", help="draw them, into a file that ends in .svg or .png")
    _records(command)
    _format(command, "text", "json", "csv")


def _export(command: Parser) -> None:
    command.add_argument(
        "run", nargs="?", default="last", metavar="RUN", help="a run's id or how it begins (default: the last run)"
    )
    command.add_argument("--to", required=True, choices=EXPORTS, help="whose form it takes")
    there = command.add_mutually_exclusive_group()
    there.add_argument("--url", metavar="URL", help="the tool's server (default: what its own clients' variable says)")
    there.add_argument("-o", "--output", metavar="FILE", help="a file instead, a line a document; it is written anew")
    there.add_argument("--dry-run", action="store_true", help="print what would be sent, and send nothing")
    under = "the tool's own name for what holds runs together: a namespace, an experiment, a service"
    command.add_argument("--under", metavar="NAME", help=under)
    _records(command)


def _serve(command: Parser) -> None:
    of_servers.serve(command, _records, _format)


def _ui(command: Parser) -> None:
    of_servers.ui(command, _records)


def _explain(command: Parser) -> None:
    command.add_argument("code", metavar="CODE", help="the code of a diagnostic, as PG203")


def _schema(command: Parser) -> None:
    names = ("pipeline", "component", "base", "event")
    command.add_argument("name", nargs="?", default=names[0], choices=names, help="which schema")


def _completion(command: Parser) -> None:
    shells = ("bash", "zsh", "fish")
    command.add_argument("shell", choices=shells, help="whose: source <(pipeglot completion bash)")


def _lsp(command: Parser) -> None:
    command.add_argument("--stdio", action="store_true", help="speak on the standard streams, as it always does")


def _targets(command: Parser) -> None:
    _format(command, "text", "json")


def _file(command: Parser) -> None:
    command.add_argument("file", nargs="?", default="pipeline.yaml", metavar="FILE", help="default: pipeline.yaml")


def _target(command: Parser) -> None:
    command.add_argument("--target", "-t", metavar="NAME[@VERSION]", help="as `argo@4.0` (default: the profile's)")


def _profile(command: Parser) -> None:
    command.add_argument("--profile", metavar="NAME", help="the profile to merge")


def _params(command: Parser) -> None:
    command.add_argument("-p", dest="params", action="append", default=[], metavar="NAME=VALUE", help="a run parameter")
    command.add_argument("--params-file", metavar="FILE", help="run parameters: JSON if it ends in .json, else YAML")


def _store(command: Parser) -> None:
    acts = command.add_subparsers(dest="act", metavar="verify|rebuild|export|import|gc", required=True)
    for act, help_text in _STORE.items():
        one = acts.add_parser(act, help=help_text, description=help_text)
        if act == "export":
            one.add_argument("runs", nargs="*", metavar="RUN", help="ids, or how they begin (default: all runs)")
            one.add_argument(
                "-o", "--output", metavar="FILE", help="where to, packed where it ends in .gz (default: print)"
            )
        if act == "import":
            one.add_argument("file", metavar="FILE", help="what `pipeglot records export` wrote")
        if act == "gc":
            _old(one)
        _records(one)
        if act in ("verify", "gc"):
            _format(one, "text", "json")


def _old(command: Parser) -> None:
    help_text = "those that are not among the N newest runs of their pipeline"
    command.add_argument("--keep-last", type=at_least_one, metavar="N", help=help_text)
    help_text = "those that began more than DAYS days ago; with --keep-last both must hold"
    command.add_argument("--older-than", type=at_least_one, metavar="DAYS", help=help_text)
    command.add_argument("--pipeline", metavar="NAME", help="only runs of this pipeline")
    help_text = "a folder in which a profile keeps work, beside that of the project (may be given several times)"
    command.add_argument("--cache", action="append", default=[], metavar="FOLDER", help=help_text)
    command.add_argument("--apply", action="store_true", help="remove them; without this it is only told")


_STORE = {
    "verify": "say which events never arrived, and whether the tables are what the journal says",
    "rebuild": "make all tables anew from the journal",
    "export": "write runs, with all their events and definitions, as lines of JSON",
    "import": "take in what was exported, all of it or nothing; what is known folds",
    "gc": "say which old runs nobody needs, and remove their records",
}


def _records(command: Parser, default: str | None = None) -> None:
    help_text = "the store (else PIPEGLOT_RECORDS, else records.db in the project's .pipeglot)"
    command.add_argument("--records", default=default, metavar="URL", help=help_text)


def _format(command: Parser, *names: str) -> None:
    command.add_argument("--format", choices=names, default=names[0], help=f"how to print (default: {names[0]})")


COMMANDS: dict[str, tuple[str, str, Callable[[Parser], None]]] = {
    "init": ("write a first pipeline.yaml", "pipeglot init churn", _init),
    "validate": ("check pipeline files", "pipeglot validate pipeline.yaml", _validate),
    "fmt": ("write pipeline files in one form, with all their comments", "pipeglot fmt --check", _fmt),
    "set": ("set a value of a pipeline file, and keep all else", "pipeglot set steps.train.timeout 2h", _set),
    "rename": ("rename a step, a param, an input, an output or a component", "pipeglot rename train fit", _rename),
    "compile": ("write an engine's native definition", "pipeglot compile --target airflow", _compile),
    "package": ("pack the code of the steps, by what it holds", "pipeglot package pipeline.yaml", _package),
    "plan": ("say what each step becomes on a target, and what it cannot do", "pipeglot plan --target argo@4.0", _plan),
    "run": ("run a pipeline on this machine", "pipeglot run -p rows=100", _run),
    "replay": ("run one step of a recorded run again, on this machine", "pipeglot replay 0197 train", _replay),
    "submit": ("start a run on an engine", "pipeglot submit --profile prod --wait", _submit),
    "status": ("ask the engine how a run is doing", "pipeglot status 0197", _status),
    "watch": ("follow a run to its end, on whichever engine", "pipeglot watch 0197", _status),
    "cancel": ("stop a run on its engine", "pipeglot cancel 0197", _cancel),
    "collect": ("take the record of a run, or event logs, into the store", "pipeglot collect 0197", _collect),
    "runs": ("list recorded runs", "pipeglot runs --state failed", _runs),
    "show": ("show the record of a run", "pipeglot show --format json", _show),
    "logs": ("print the log of a step", "pipeglot logs 0197 train --follow", _logs),
    "diff": ("say what differs between two runs", "pipeglot diff 0197 last", _diff),
    "compare": ("put runs, or items of a fan-out, beside each other", "pipeglot compare 0197 0198", _compare),
    "metrics": ("show how the metrics of a run went", "pipeglot metrics last --step train", _metrics),
    "artifacts": ("list what a run left, and where it lies", "pipeglot artifacts last", _status),
    "artifact": ("bring an artifact here, or open it", "pipeglot artifact get train.model@2 -o models", _artifact),
    "gc": ("say what artifacts take, and remove those of old runs", "pipeglot gc --keep-last 5", _gc),
    "models": (
        "name artifacts as versions of models, and promote them",
        "pipeglot models show churn@champion",
        _models,
    ),
    "why": ("say which part of what goes into a cached step differs between two runs", "pipeglot why train", _why),
    "cache": ("look after the kept work of steps", "pipeglot cache gc --unused 30", _cache),
    "lineage": ("say what artifacts were made of, and what was made of them", "pipeglot lineage last", _lineage),
    "export": (
        "bring the record of a run into another tool, in its own form",
        "pipeglot export last --to openlineage --url https://marquez.acme.example",
        _export,
    ),
    "records": ("look after the store", "pipeglot records export -o records.jsonl.gz", _store),
    "ui": ("look at runs, models and lineage in a browser", "pipeglot ui", _ui),
    "serve": ("take records in and answer questions over HTTP", "pipeglot serve --records records.db", _serve),
    "lsp": ("answer an editor, in the Language Server Protocol", "pipeglot lsp", _lsp),
    "completion": ("print what a shell needs to complete commands", "pipeglot completion bash", _completion),
    "explain": ("explain the code of a diagnostic", "pipeglot explain PG203", _explain),
    "schema": ("print a JSON Schema", "pipeglot schema > pipeline.schema.json", _schema),
    "targets": ("list the targets and their versions", "pipeglot targets", _targets),
}
