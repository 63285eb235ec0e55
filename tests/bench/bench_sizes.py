"""How large the files for Kubeflow and Argo are, beside what kfp and hera write of the same pipelines."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.engines import environment  # noqa: E402  (a benchmark runs as a script)

from pipeglot.driver.compiling import compiled, find_target, load, options_for, refusals  # noqa: E402
from pipeglot.ir import Pipeline  # noqa: E402
from pipeglot_backends.emit.yaml_text import Data, dump  # noqa: E402
from pipeglot_backends.kubeflow.emit.delivery import inline  # noqa: E402
from pipeglot_backends.kubeflow.emit.step_tables import Tables, blocks  # noqa: E402
from pipeglot_backends.protocol import EmittedFile  # noqa: E402

EXAMPLES = ("hello", "breast_cancer")
PROFILES = {("breast_cancer", "argo"): "prod"}
PEERS = {"kubeflow": "kfp_pipelines.py", "argo": "hera_pipelines.py"}
"""Programs in `peers/`, by target: the environment of that engine's tests has what they need."""
CHANGES = {"breast_cancer": {"${{ json(run.failed_steps) }}": "[]"}}
"""What a copy for Kubeflow says instead: there the exit task is not told which steps failed."""
HEAD = """\
Ratios are to what the peer writes. Only pipeglot's files hold a sidecar, which writes the record of the run. The step
table holds the commands, as the peer's file does: the fair ratio lies between those with the table and without it."""


@dataclass(frozen=True, slots=True)
class Size:
    plain: int
    gzipped: int

    def __sub__(self, other: Size) -> Size:
        return Size(self.plain - other.plain, self.gzipped - other.gzipped)


@dataclass(frozen=True, slots=True)
class Peer:
    """`lacks`: what of each example it could not say."""

    name: str
    texts: Mapping[str, str]
    lacks: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Inside:
    """Texts that stand in the files beside the engine's own, each as a whole value."""

    texts: frozenset[str]

    def times(self, files: tuple[EmittedFile, ...]) -> int:
        return sum(each in self.texts for file in files for each in values(list(documents(file))))


def documents(file: EmittedFile) -> Iterator[Data]:
    yield from yaml.load_all(file.text, yaml.CSafeLoader)


def values(data: Data) -> Iterator[str]:
    """All texts in it."""
    if isinstance(data, str):
        yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from values(each)


def size(*texts: str) -> Size:
    data = "".join(texts).encode()
    return Size(len(data), len(gzip.compress(data)))


def without(files: tuple[EmittedFile, ...], *gone: Inside) -> Size:
    return size(*(_without(file, gone) for file in files))


def _without(file: EmittedFile, gone: tuple[Inside, ...]) -> str:
    """Without the comments too, which show what stands in the table."""
    texts = {text for each in gone for text in each.texts}
    return dump(*(_blank(document, texts) for document in documents(file)))


def _blank(data: Data, texts: set[str]) -> Data:
    if isinstance(data, dict):
        return {key: _blank(each, texts) for key, each in data.items()}
    if isinstance(data, list):
        return [_blank(each, texts) for each in data]
    return "" if isinstance(data, str) and data in texts else data


def insides(pipeline: Pipeline, target: str) -> tuple[Inside, Inside]:
    """Sidecar and step tables, by a ConfigMap, in the command of a task or with each task."""
    options = options_for(pipeline, *find_target(target))
    own = Tables(options.table)
    tables = {options.table + "\n", *blocks(options.table), *(f"{own.of(step)}\n" for step in steps_of(pipeline))}
    return Inside(frozenset((options.sidecar, inline(options.packed).command[-1]))), Inside(frozenset(tables))


def steps_of(pipeline: Pipeline) -> tuple[str, ...]:
    return tuple(step.id for step in (*pipeline.steps, *pipeline.on_exit))


def lines_of(pipeline: Pipeline) -> tuple[str, ...]:
    """What stands in every file for the pipeline, whoever wrote it."""
    images = {f"image: {step.image}\n": None for step in (*pipeline.steps, *pipeline.on_exit)}
    return (*images, *(f"name: {step}\n" for step in steps_of(pipeline)))


def copied(example: str, changes: Mapping[str, str], folder: Path) -> Pipeline:
    """An example that has not what is to be changed stops the benchmark."""
    text = source(example).read_text("utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, f"{example} says {old!r} {text.count(old)} times"
        text = text.replace(old, new)
    path = folder / example / "pipeline.yaml"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    return load(path, None)


def source(example: str) -> Path:
    return ROOT / "examples" / example / "pipeline.yaml"


def written(target: str, folder: Path) -> Peer:
    """What the peer's own compiler writes. Raises `CannotInstall`."""
    program = Path(__file__).with_name("peers") / PEERS[target]
    command = [str(environment.interpreter(target)), str(program), str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    said = json.loads(done.stdout.splitlines()[-1])
    return Peer(said["peer"], {name: (folder / f"{name}.yaml").read_text("utf-8") for name in EXAMPLES}, said["lacks"])


def row(what: str, found: Size, steps: int, peer: Size) -> str:
    plain, gzipped = found.plain / peer.plain, found.gzipped / peer.gzipped
    per_step = f"{found.plain:>9,} {found.plain / steps:>9,.0f} {plain:>7.2f}x"
    return f"  {what:38}{per_step} {found.gzipped:>9,} {gzipped:>7.2f}x"


def rows(pipeline: Pipeline, target: str, peer: Peer, example: str) -> Iterator[str]:
    files = compiled(pipeline, target).native
    sidecar, table = insides(pipeline, target)
    whole, bare, native = size(*(file.text for file in files)), without(files, sidecar), without(files, sidecar, table)
    theirs, steps = size(peer.texts[example]), len(steps_of(pipeline))
    sidecars, tables = sidecar.times(files), table.times(files)
    assert sidecars, "the sidecar is not where it is looked for"
    assert tables, "the step tables are not where they are looked for"
    yield f"  {'':38}{'bytes':>9} {'a step':>9} {'ratio':>8} {'gzipped':>9} {'ratio':>8}"
    yield row(peer.name, theirs, steps, theirs)
    yield row("pipeglot", whole, steps, theirs)
    yield row(f"  of it the sidecar, {sidecars} x", whole - bare, steps, theirs)
    yield row(f"  of it step tables, in {tables} pieces", bare - native, steps, theirs)
    yield row("pipeglot without sidecar", bare, steps, theirs)
    yield row("pipeglot without sidecar and tables", native, steps, theirs)
    yield "  files: " + ", ".join(f"{file.path} {len(file.text.encode()):,}" for file in files)


def loaded(example: str, target: str, folder: Path) -> tuple[Pipeline, tuple[str, ...]]:
    """The pipeline, and what is to be said of it: what Kubeflow refuses of the example, and what stands for it."""
    pipeline = load(source(example), PROFILES.get((example, target)))
    changes = CHANGES.get(example, {})
    if target != "kubeflow" or not changes:
        return pipeline, ()
    refused = tuple(f"refused as it is: {each.message}" for each in refusals(pipeline, *find_target(target)))
    words = [f"`{new}` for `{old}`" for old, new in changes.items()]
    return copied(example, changes, folder), (*refused, f"measured: a copy with {' and '.join(words)}")


def told(example: str, target: str, peer: Peer, folder: Path) -> Iterator[str]:
    pipeline, said = loaded(example, target, folder)
    missing = [line for line in lines_of(pipeline) if line not in peer.texts[example]]
    assert not missing, f"{peer.name} writes no {missing}: its program is another pipeline than the example"
    yield f"{example} on {target}, {len(steps_of(pipeline))} steps"
    yield from (f"  {each}" for each in said)
    yield from rows(pipeline, target, peer, example)
    yield from (f"  {peer.name} cannot say: {each}" for each in peer.lacks[example])


def main() -> None:
    print(HEAD)
    for target in PEERS:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            try:
                peer = written(target, folder)
            except environment.CannotInstall as fault:
                print(f"{target}: no peer can be installed here: {str(fault).splitlines()[-1]}")
                continue
            for example in EXAMPLES:
                print(*told(example, target, peer, folder), sep="\n")


if __name__ == "__main__":
    main()
