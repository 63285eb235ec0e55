"""The code of steps as archives: read from its folder, the same bytes wherever it is done, kept by what it holds."""

from __future__ import annotations

import bz2
import hashlib
import io
import re
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeglot import keeping
from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.files import write_bytes
from pipeglot.ir import Code, Origin, Pipeline
from pipeglot_expression.runtime.packing import lettered

KEPT, WIDTH = "code", 120
NEVER = (".git", ".pipeglot", "__pycache__", "*.pyc", ".venv", ".DS_Store", ".env", "secrets.toml", "/build")
"""What no step needs of a folder, what changes by itself, and what is secret."""
MOST = 64 * 1024 * 1024
"""Bytes of an archive before it is compressed: more is data, or a folder that was not meant."""


class Unpackable(Exception):
    """Why a folder cannot be packed, and what to write instead."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Archive:
    """`content` is a tar. `digest` is of that, so that it says what is held and not how it was compressed."""

    digest: str
    content: bytes
    files: int


def with_digests(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Notes at each step which code it is packed with; what cannot be packed is told."""
    made = _Made({})
    for code, _ in _packed(pipeline):
        try:
            code.digest = made.of(code).digest
        except Unpackable as fault:
            yield Diagnostic("PG346", fault.message, code.origin, hint=fault.hint)


def archives(pipeline: Pipeline) -> dict[str, tuple[Archive, Code, list[str]]]:
    """Each archive once, by its digest, with the code it holds and the steps it is for."""
    found: dict[str, tuple[Archive, Code, list[str]]] = {}
    made = _Made({})
    for code, step in _packed(pipeline):
        archive = made.of(code)
        found.setdefault(archive.digest, (archive, code, []))[2].append(step)
    return found


def package(pipeline: Pipeline, output: Path | None = None) -> Iterator[tuple[Archive, Code, list[str], Path]]:
    """Writes each archive, under the name of what it holds. Raises OSError."""
    folder = output or folder_of(pipeline)
    found = archives(pipeline)
    if found and output is None:
        keeping.make(folder.parent)
    for digest, (archive, code, steps) in found.items():
        path = folder / name_of(digest)
        write_bytes(path, compressed(archive))
        yield archive, code, steps, path


def texts(pipeline: Pipeline) -> dict[str, str]:
    """As they travel, made now: for runs on this machine, and for what only asks how large something is."""
    return {digest: in_lines(compressed(made)) for digest, (made, _, _) in archives(pipeline).items()}


def in_lines(packed: bytes) -> str:
    text = lettered(packed)
    return "".join(f"{text[start : start + WIDTH]}\n" for start in range(0, len(text), WIDTH))


def of_target(pipeline: Pipeline, target: str) -> dict[str, str]:
    """A run on this machine packs for itself; what is written for others takes what was packaged."""
    return texts(pipeline) if target == "local" else packaged(pipeline)


def packaged(pipeline: Pipeline) -> dict[str, str]:
    """As they travel, from where `pipeglot package` left them. Raises `SpecRejected`."""
    found: dict[str, str] = {}
    missing: list[Diagnostic] = []
    for digest, (_, code, steps) in archives(pipeline).items():
        path = folder_of(pipeline) / name_of(digest)
        try:
            found[digest] = in_lines(path.read_bytes())
        except OSError:
            who = ", ".join(f"`{step}`" for step in steps)
            message = f"the code of {who} as it is now is not packaged, and nothing is packed while compiling"
            hint = f"run `pipeglot package {pipeline.origin.source}` first"
            missing.append(Diagnostic("PG554", message, code.origin, hint=hint))
    if missing:
        raise SpecRejected(missing)
    return found


def compressed(archive: Archive) -> bytes:
    """The same wherever it is made: bzip2 has one author, and its bytes have not changed since."""
    return bz2.compress(archive.content, 9)


def folder_of(pipeline: Pipeline) -> Path:
    return keeping.kept_from(Path(pipeline.origin.source).parent.resolve()) / KEPT


def name_of(digest: str) -> str:
    return f"{digest.partition(':')[2]}.tar.bz2"


def places(pipeline: Pipeline) -> Iterator[Origin]:
    """Where the spec asks for it."""
    return (code.origin for code, _ in _packed(pipeline))


def _packed(pipeline: Pipeline) -> Iterator[tuple[Code, str]]:
    return ((step.code, step.id) for step in (*pipeline.steps, *pipeline.on_exit) if step.code is not None)


@dataclass(frozen=True, slots=True)
class _Made:
    """What was packed just now: steps mostly share their code."""

    known: dict[tuple[Path, tuple[str, ...], tuple[str, ...]], Archive]

    def of(self, code: Code) -> Archive:
        """Raises `Unpackable`."""
        key = (Path(code.origin.source).parent / code.source, code.include, code.exclude)
        if key not in self.known:
            try:
                self.known[key] = _archived(*key)
            except OSError as fault:
                raise Unpackable(f"`{fault.filename}` cannot be read: {fault.strerror}") from None
        return self.known[key]


def _archived(folder: Path, include: tuple[str, ...], exclude: tuple[str, ...]) -> Archive:
    if not folder.is_dir():
        raise Unpackable(f"there is no folder `{folder}` whose files could be packed")
    wanted, unwanted = patterns(include), patterns((*NEVER, *exclude))
    names = [name for name in _names(folder, folder, unwanted) if not include or is_named(name, wanted)]
    if not names:
        raise Unpackable(f"nothing in `{folder}` is to be packed", "write other `include` and `exclude`")
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(names, key=lambda each: each.as_posix().encode("utf-8", "surrogateescape")):
            _add(archive, folder, name)
            if content.tell() > MOST:
                raise Unpackable(
                    f"the files of `{folder}` have more than {MOST // 1024**2} MiB, which is more than code has",
                    "leave out what is data, or what is not needed: `exclude: [data]`",
                )
    packed = content.getvalue()
    return Archive(f"sha256:{hashlib.sha256(packed).hexdigest()}", packed, len(names))


def _names(folder: Path, top: Path, unwanted: re.Pattern[str]) -> Iterator[PurePosixPath]:
    """The files below, relative to the top; what is excluded is not even looked at."""
    for path in folder.iterdir():
        name = PurePosixPath(path.relative_to(top).as_posix())
        if is_named(name, unwanted):
            continue
        if path.is_symlink():
            raise Unpackable(
                f"`{path}` is a symbolic link, which means something else where it is unpacked",
                f"put the file itself there, or leave it out: `exclude: [{name}]`",
            )
        if path.is_dir():
            yield from _names(path, top, unwanted)
        elif path.is_file():
            yield name
        else:
            raise Unpackable(f"`{path}` is neither a file nor a folder", f"leave it out: `exclude: [{name}]`")


def _add(archive: tarfile.TarFile, folder: Path, name: PurePosixPath) -> None:
    """Without what differs from machine to machine: times, owners, all of the mode but that it can be executed."""
    path = folder / name
    content, mode = path.read_bytes(), path.stat().st_mode
    entry = tarfile.TarInfo(name.as_posix())
    entry.size = len(content)
    entry.mode = 0o755 if mode & stat.S_IXUSR else 0o644
    archive.addfile(entry, io.BytesIO(content))


def patterns(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_pattern, globs)) or r"(?!)")


def _pattern(glob: str) -> str:
    """As in a `.gitignore`: without `/` a name at any depth, else a path from the top; a folder with all in it."""
    bare = glob.strip("/")
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    inner = "".join(parts.get(each) or re.escape(each) for each in re.findall(r"\*\*/|\*\*|.", bare, re.DOTALL))
    return rf"{'' if '/' in bare or glob.startswith('/') else '(?:.*/)?'}{inner}(?:/.*)?\Z"


def is_named(name: PurePosixPath, these: re.Pattern[str]) -> bool:
    return these.match(name.as_posix()) is not None
