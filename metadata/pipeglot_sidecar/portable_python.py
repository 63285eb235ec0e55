"""`carry FOLDER`: leaves this Python in a folder, so that the sidecar runs in images that have none.

What is left starts by its own loader and with its own libraries: nothing of the image that it is used in is needed, not
even a C library. `FOLDER/ld.so --library-path FOLDER/libs FOLDER/bin/python3` is its command.
"""

from __future__ import annotations

import os
import sys

from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

USED = (
    *(
        "_thread",
        "base64",
        "binascii",
        "bz2",
        "datetime",
        "errno",
        "fnmatch",
        "functools",
        "hashlib",
        "http",
        "importlib",
        "io",
    ),
    *(
        "itertools",
        "json",
        "netrc",
        "os",
        "pathlib",
        "queue",
        "re",
        "select",
        "shutil",
        "signal",
        "site",
        "socket",
        "ssl",
        "stat",
        "subprocess",
        "sys",
    ),
    *("tarfile", "threading", "time", "traceback", "urllib", "zlib"),
)
"""What the sidecar imports, soon or late: the libraries that these load are taken along."""
NOT_CARRIED = ("site-packages", "dist-packages", "test", "tests", "idlelib", "tkinter", "turtledemo")
CARRIED = "obstore"
"""What opens object stores, where this Python has it: one package, which needs no other."""
AUTHORITIES = "authorities.pem"
UNUSED = ("ensurepip", "lib2to3", "pydoc_data", "sqlite3", "config-*", "*.opt-[12].pyc", "_test*.so")


def carry(folder: str) -> int:
    """Raises `Trouble` where the Python that runs this cannot be taken along."""
    from shutil import copy2, copytree, ignore_patterns

    library = os.path.dirname(os.__file__)
    kept = os.path.join(folder, "lib", os.path.basename(library))
    ignored = ignore_patterns(*NOT_CARRIED, *UNUSED)
    try:
        copytree(library, kept, ignore=ignored, ignore_dangling_symlinks=True, dirs_exist_ok=True)
        for home in ("bin", "libs"):
            os.makedirs(os.path.join(folder, home), exist_ok=True)
        copy2(os.path.realpath(sys.executable), os.path.join(folder, "bin", "python3"))
        package = _take_library(kept)
        _take_authorities(folder)
        for path in _loaded([CARRIED] if package else []):
            if os.path.basename(path).startswith("ld-"):
                copy2(path, os.path.join(folder, "ld.so"))
            elif not path.startswith((library, package or library)):
                _copy_known(path, os.path.join(folder, "libs"))
    except OSError as fault:
        raise Trouble(f"this Python cannot be taken along to `{folder}`: {fault}") from None
    _prove(folder, [CARRIED] if package else [])
    return 0


def _take_library(kept: str) -> str | None:
    """Where the package is that was taken along, beside the standard library, so that it is always found."""
    from importlib.util import find_spec
    from shutil import copytree, ignore_patterns

    found = find_spec(CARRIED)
    if found is None or not found.submodule_search_locations:
        return None
    package = os.path.realpath(found.submodule_search_locations[0])
    copytree(package, os.path.join(kept, CARRIED), ignore=ignore_patterns("*.pyi"), dirs_exist_ok=True)
    return package


def _take_authorities(folder: str) -> None:
    """Whom this image trusts, for images that say nothing of it."""
    from shutil import copy2
    from ssl import get_default_verify_paths

    file = get_default_verify_paths().cafile
    if file and os.path.isfile(file):
        copy2(os.path.realpath(file), os.path.join(folder, AUTHORITIES))


def _loaded(more: list[str]) -> Iterator[str]:
    """The files of code that are in memory, with all that the sidecar uses there."""
    from importlib import import_module

    for name in (*USED, *more):
        import_module(name)
    with open("/proc/self/maps", encoding="utf-8") as file:
        paths = {line.split(maxsplit=5)[5].rstrip() for line in file if ".so" in line}
    return (os.path.realpath(path) for path in sorted(paths))


def _copy_known(path: str, target: str) -> None:
    """With the other names that it has: what needs it looks for one of them."""
    from shutil import copy2

    home, own = os.path.split(path)
    copy2(path, target)
    for name in os.listdir(home):
        link = os.path.join(target, name)
        if name != own and os.path.realpath(os.path.join(home, name)) == path and not os.path.lexists(link):
            os.symlink(own, link)


def _prove(folder: str, more: list[str]) -> None:
    """It starts, finds itself and nothing of this image, and has all that the sidecar uses."""
    from subprocess import PIPE, STDOUT, run

    code = f"import {','.join([*USED, *more])};sys.exit(sys.prefix != sys.argv[1])"
    paths = [os.path.join(folder, name) for name in ("ld.so", "libs", "bin/python3")]
    command = [paths[0], "--library-path", *paths[1:], "-c", code, folder]
    try:
        done = run(command, env={}, stdout=PIPE, stderr=STDOUT, check=False)
    except OSError as fault:
        raise Trouble(f"this Python cannot be taken along: {fault}") from None
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace").strip().splitlines()
        raise Trouble(f"this Python cannot be taken along: {said[-1] if said else 'it does not find itself'}")
