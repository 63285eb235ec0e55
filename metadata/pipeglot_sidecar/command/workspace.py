"""The folders of one attempt: a scratch folder of its own, and the places its outputs are written to."""

from __future__ import annotations

import os

from pipeglot_sidecar.artifacts.archives import unpack_piece
from pipeglot_sidecar.artifacts.transfer import awaited, check_library, is_stored, store_of
from pipeglot_sidecar.artifacts.transfer import fetch_awaited as fetch_awaited
from pipeglot_sidecar.command.belongings import disown
from pipeglot_sidecar.externals.arrival import bring_externals as bring_externals
from pipeglot_sidecar.externals.arrival import expected as expected
from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pipeglot_sidecar.inputs.environment import Environment
    from pipeglot_sidecar.inputs.step_table import Table


SCRATCH = "pipeglot-"


class Workspace:
    """Nothing is made before it is needed: a step that is skipped leaves no trace."""

    def __init__(self, table: Table, surroundings: Environment) -> None:
        self._table = table
        self.stays = surroundings.keeps_work and not table.is_sensitive()
        self._from = surroundings
        self._scratch: str | None = None
        self._pieces: dict[tuple[str, int], str | None] = {}

    @property
    def scratch(self) -> str:
        if self._scratch is None:
            self._scratch = _new_folder(self._from.work or temporary(self._from.environ))
        return self._scratch

    def path(self, *parts: str) -> str:
        """A path in the scratch folder, in a folder that exists."""
        path = os.path.join(self.scratch, *parts)
        make_folders(os.path.dirname(path))
        return path

    def output_paths(self) -> dict[str, str]:
        """Where each output is to be written. The folder is there, the path is not."""
        paths: dict[str, str] = {}
        kept: str | None = None
        for name, output in self._table.outputs.items():
            if "artifact" not in output:
                paths[name] = self.path("outputs", name)
            elif self._from.executor:
                paths[name] = self._beside(self._from.executor.place(name), name, output["file"])
            elif self._from.out:
                paths[name] = os.path.join(self._from.out, name, output["file"])
                make_folders(os.path.dirname(paths[name]))
            else:
                kept = kept or self._kept_folder()
                paths[name] = os.path.join(kept, output["file"])
        return paths

    def named(self, path: str, slot: str, index: int | None, file: str) -> str:
        """The path of an input that has the name of its file: stores know artifacts by the name of the output."""
        if is_stored(path):
            return awaited(path, self.path("inputs", slot, *([] if index is None else [str(index)]), file))
        if self._from.executor is None or os.path.basename(path) == file or not os.path.lexists(path):
            return path
        link = self.path("named", slot, *([] if index is None else [str(index)]), file)
        if not os.path.lexists(link):
            os.symlink(path, link)
        return link

    def _beside(self, place: str | None, name: str, file: str) -> str:
        """An earlier try may have left something there, where tries share a disk."""
        if place is None:
            raise Trouble(f"the executor input does not say where `{name}` is to be written")
        path = os.path.join(os.path.dirname(place), file)
        make_folders(os.path.dirname(path))
        for left in (place, path):
            if os.path.isdir(left) and not os.path.islink(left):
                remove_tree(left)
            elif os.path.lexists(left):
                os.unlink(left)
        return path

    def unpacked(self, slot: str, folder: str, index: int) -> str | None:
        """A piece of a fan-in of artifacts that came under a slot as a folder."""
        key = (slot, index)
        if key not in self._pieces:
            self._pieces[key] = unpack_piece(folder, index, self.path("inputs", slot, str(index), "")[:-1])
        return self._pieces[key]

    def renew(self) -> None:
        """For another try: nothing of the last one is to be found, and packed code is where we are."""
        os.chdir("/")
        self.remove()
        self._scratch = None
        self._pieces.clear()

    def remove(self) -> None:
        if self._scratch is not None:
            disown(self._scratch)
        if self._scratch is not None and not self.stays:
            remove_tree(self._scratch)

    def _kept_folder(self) -> str:
        """The folder of this attempt among the artifacts. A try that is repeated gets another one."""
        place = self._from
        if far := store_of(place.environ):
            check_library(far)
            return self.path("artifacts", "")[:-1]
        if place.artifacts is None:
            raise Trouble(
                "the step has artifacts among its outputs, and PIPEGLOT_ARTIFACTS does not say where to keep them"
            )
        item = [] if place.index is None else [str(place.index)]
        parent = os.path.join(place.artifacts, place.run, self._table.id, *item)
        make_folders(parent)
        for again in range(10_000):
            path = os.path.join(parent, f"{place.number or 1}" + (f".{again}" if again else ""))
            try:
                os.mkdir(path)
            except FileExistsError:
                continue
            except OSError as fault:
                raise Trouble(f"the folder `{path}` cannot be made: {fault.strerror}") from None
            return path
        raise Trouble(f"`{parent}` is full of earlier tries")


def make_folders(path: str) -> None:
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as fault:
        raise Trouble(f"the folder `{path}` cannot be made: {fault.strerror}") from None


def remove_tree(path: str) -> None:
    """Best effort: what the command made unremovable stays where it is."""
    try:
        os.chmod(path, 0o700)
        with os.scandir(path) as found:
            entries = list(found)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                remove_tree(entry.path)
            else:
                os.unlink(entry.path)
        os.rmdir(path)
    except OSError:
        return


def temporary(environ: dict[str, str]) -> str:
    for name in (environ.get("TMPDIR"), "/tmp", "/var/tmp", os.getcwd()):
        if name and os.access(name, os.W_OK | os.X_OK):
            return os.path.abspath(name)
    raise Trouble("there is no folder for temporary files: set PIPEGLOT_WORK to one that can be written")


def _new_folder(parent: str) -> str:
    make_folders(parent)
    path = os.path.join(parent, SCRATCH + os.urandom(6).hex())
    try:
        os.mkdir(path, 0o700)
    except OSError as fault:
        raise Trouble(f"no folder can be made in `{parent}`: {fault.strerror}") from None
    return path
