"""Container images without a registry: archives that containerd imports."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rig.binaries import SERVER, argo, build, pause
from rig.places import HERE, Release, cache, key
from rig.tools import install_into, run

STEP = "docker.io/library/pipeglot-step:1"
PYTHON = "docker.io/library/python:3.11-slim"
SIDECAR = "docker.io/library/pipeglot-sidecar:1"
PAUSE = "docker.io/library/pipeglot-pause:1"
SEARCH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Beside a cluster's containerd: the archives that it has.
RECORD = "imported"

# Debian 12 is the one with Python 3.11.
SUITE = "bookworm"
CONTENT = ("python3", "ca-certificates")
LEFT_OUT = ("doc", "man", "locale", "info")
# Needed while packages are set up, dead weight after: a third of the image.
TRIM = 'rm -rf "$1"/usr/share/perl "$1"/usr/lib/*/perl "$1"/usr/lib/*/gconv'
PYTHON_LINKS = 'ln -s /usr/bin/python3 "$1/usr/local/bin/python3"; ln -s /usr/bin/python3 "$1/usr/local/bin/python"'
SOURCES = (Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list"))

# What users build the same of; its base is the image above here, which has what that has: a Python and authorities.
DOCKERFILE = HERE.parents[2] / "Dockerfile.sidecar"
INSTALLED = re.compile(r'^RUN pip install --no-cache-dir "([^"]+)"$', re.MULTILINE)
PACKAGES = "usr/local/lib/python3.11/dist-packages"

# What a static binary still looks up on an empty root.
ROOT_FILES = {
    "etc/passwd": b"root:x:0:0:root:/:/sbin/nologin\nargo:x:8737:8737:argo:/:/sbin/nologin\n",
    "etc/group": b"root:x:0:\nargo:x:8737:\n",
    "etc/nsswitch.conf": b"hosts: files dns\n",
    "etc/mime.types": b"application/json json\napplication/gzip gz tgz\ntext/plain txt\n",
}


@dataclass(frozen=True, slots=True)
class Image:
    """Its names, its archive, and how a container of it starts."""

    names: tuple[str, ...]
    archive: Path
    config: Mapping[str, object] = field(default_factory=dict[str, object])


def executor_name(release: Release) -> str:
    return f"quay.io/argoproj/argoexec:{release.version}"


def controller_name(release: Release) -> str:
    return f"quay.io/argoproj/workflow-controller:{release.version}"


def server_name(release: Release) -> str:
    return f"quay.io/argoproj/argocli:{release.version}"


def step_image() -> Image:
    named = key(SUITE, *CONTENT, *LEFT_OUT, TRIM, PYTHON_LINKS)
    return Image((STEP, PYTHON), place("step", named), {"Env": [SEARCH], "Cmd": ["python3"]})


def sidecar_image() -> Image:
    """What `sidecar: {python: IMAGE}` names where steps go to object stores: `Dockerfile.sidecar`, without its base."""
    return Image((SIDECAR,), place("sidecar", key(step_image().archive.name, *wanted(), PACKAGES)), step_image().config)


def wanted() -> list[str]:
    """What the Dockerfile installs."""
    return INSTALLED.findall(DOCKERFILE.read_text("utf-8"))


def binary_image(name: str, binary: Path, **config: object) -> Image:
    entry: dict[str, object] = {"Env": [SEARCH], "Entrypoint": [f"/bin/{binary.name}"], "WorkingDir": "/", **config}
    return Image((name,), place(binary.name, key(name, binary.parent.name, json.dumps(entry))), entry)


def place(name: str, named: str) -> Path:
    return cache() / "images" / f"{name}-{named}.tar"


def every(release: Release) -> tuple[Image, ...]:
    """What a cluster of this release needs, all of it in containerd before the kubelet starts."""
    return (step_image(), sidecar_image(), *(image for image, _ in from_binaries(release)))


def absent(release: Release) -> tuple[Image, ...]:
    """Those that the cluster's containerd has not imported yet, in this content."""
    record = release.state / RECORD
    known = record.read_text().split() if record.exists() else []
    return tuple(image for image in every(release) if image.archive.name not in known)


def from_binaries(release: Release) -> tuple[tuple[Image, Path], ...]:
    module = argo(release)
    held, executor, controller = (
        pause().program("pause"),
        module.program("argoexec"),
        module.program("workflow-controller"),
    )
    made = (
        (binary_image(PAUSE, held), held),
        (binary_image(executor_name(release), executor), executor),
        (binary_image(controller_name(release), controller, User="8737"), controller),
    )
    if SERVER not in module.programs:
        return made
    server = module.program(SERVER)
    return (*made, (binary_image(server_name(release), server, User="8737"), server))


def build_step() -> None:
    image = step_image()
    if image.archive.exists():
        return
    layer = fresh(image.archive, "layer")
    without = [f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in LEFT_OUT]
    hooks = [f"--customize-hook={line}" for line in (TRIM, PYTHON_LINKS)]
    # A mirror that answers here is named in the machine's own sources, if they are of this suite.
    sources = [file for file in SOURCES if file.exists() and SUITE in file.read_text()]
    run(
        *("mmdebstrap", "--variant=minbase", f"--include={','.join(CONTENT)}", *without, *hooks),
        *("--format=tar", SUITE, str(layer), *map(str, sources)),
        log=cache() / "log" / "build-step.log",
    )
    pack(image, layer)
    layer.unlink()


def build_sidecar() -> None:
    """The layer of the step image, and one of what is installed above it."""
    image = sidecar_image()
    if image.archive.exists():
        return
    below, layer = fresh(image.archive, "below"), fresh(image.archive, "layer")
    with tarfile.open(step_image().archive) as tar:
        name = json.load(tar.extractfile("manifest.json") or io.BytesIO())[0]["Layers"][0]
        with below.open("wb") as file:
            shutil.copyfileobj(tar.extractfile(name) or io.BytesIO(), file)
    folder = layer.with_suffix("")
    install_into(folder, *wanted(), log=cache() / "log" / "build-sidecar.log")
    with tarfile.open(layer, "w") as tar:
        tar.add(folder, arcname=PACKAGES, filter=_of_root)
    pack(image, below, layer)
    shutil.rmtree(folder)
    for path in (below, layer):
        path.unlink()


def _of_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def build_binary(image: Image, binary: Path) -> None:
    if image.archive.exists():
        return
    layer = fresh(image.archive, "layer")
    with tarfile.open(layer, "w") as tar:
        for folder in ("bin", "etc", "tmp"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(entry)
        for name, content in ROOT_FILES.items():
            add(tar, name, content)
        add(tar, f"bin/{binary.name}", binary.read_bytes(), mode=0o755)
    pack(image, layer)
    layer.unlink()


def pack(image: Image, *layers: Path) -> None:
    """In the form that `docker save` writes."""
    digests = [sha256(layer) for layer in layers]
    made = "1970-01-01T00:00:00Z"
    described = {
        "architecture": "amd64",
        "os": "linux",
        "created": made,
        "config": image.config,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        "history": [{"created": made, "created_by": "pipeglot rig"}] * len(layers),
    }
    config = json.dumps(described).encode()
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    listed = [{"Config": config_name, "RepoTags": list(image.names), "Layers": [f"{digest}.tar" for digest in digests]}]
    target = fresh(image.archive, "archive")
    with tarfile.open(target, "w") as tar:
        add(tar, config_name, config)
        for digest, layer in zip(digests, layers, strict=True):
            tar.add(layer, arcname=f"{digest}.tar")
        add(tar, "manifest.json", json.dumps(listed).encode())
    target.rename(image.archive)


def sha256(file: Path) -> str:
    seen = hashlib.sha256()
    with file.open("rb") as content:
        while part := content.read(1 << 20):
            seen.update(part)
    return seen.hexdigest()


def add(tar: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    tar.addfile(entry, io.BytesIO(content))


def fresh(archive: Path, what: str) -> Path:
    archive.parent.mkdir(parents=True, exist_ok=True)
    return archive.with_name(f"{archive.name}.{what}.{os.getpid()}.tar")


def build_all(release: Release) -> None:
    build(pause())
    build(argo(release))
    build_step()
    build_sidecar()
    for image, binary in from_binaries(release):
        build_binary(image, binary)
