"""Builds the Go modules in go/, each once for every content of its folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rig.places import HERE, RELEASES, Release, cache, key, required
from rig.tools import COLLECTING, PATH, find, run

STATIC = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off", "PATH": PATH, **COLLECTING}

# Go modules carry no symbolic links; Argo's source has this one, and its executor needs it.
LINK = ("workflow/executor/osspecific/signal_linux.go", "signal_darwin.go")
NOT_CODE = ("docs", "sdks", "ui")
# Argo's server carries its pages, which the module lacks: one empty page stands for them.
PAGES = Path("ui/dist/app/index.html")
SERVER = "argo-server"


@dataclass(frozen=True, slots=True)
class Module:
    """A folder with a go.mod of ours, and the packages that become programs."""

    folder: Path
    programs: Mapping[str, str]
    linker: str = ""
    mended: str = ""

    @property
    def place(self) -> Path:
        words = [f"{name}={package}" for name, package in sorted(self.programs.items())]
        return cache() / "bin" / f"{self.folder.name}-{key(self.folder, self.linker, self.mended, *words)}"

    def program(self, name: str) -> Path:
        return self.place / name


def kube() -> Module:
    folder = HERE / "go" / "kube"
    version = required(folder, "k8s.io/kubernetes")
    major, minor, _ = version.removeprefix("v").split(".", 2)
    stamp = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    linker = " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in stamp.items())
    return Module(folder, {"kube": "."}, linker)


def etcd() -> Module:
    return Module(HERE / "go" / "etcd", {"etcd": "."})


def pause() -> Module:
    return Module(HERE / "go" / "pause", {"pause": "."})


def argo(release: Release) -> Module:
    programs = {
        "argo": ".",
        "argoexec": f"{release.module}/cmd/argoexec",
        "workflow-controller": f"{release.module}/cmd/workflow-controller",
    }
    if (release.folder / "server").is_dir():
        programs[SERVER] = "./server"
    return Module(release.folder, programs, f"-X {release.module}.version={release.version}", release.module)


def every() -> tuple[Module, ...]:
    return (pause(), etcd(), kube(), *(argo(release) for release in RELEASES.values()))


def built(module: Module) -> bool:
    return module.place.is_dir()


def build(module: Module) -> None:
    """All of a module's programs appear at once, or none."""
    if built(module):
        return
    fresh = module.place.with_name(f"{module.place.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    flags = ["-trimpath", "-ldflags", f"-s -w {module.linker}".strip()]
    source = fresh / "source"
    if module.mended:
        flags.append(f"-modfile={mend(module, source)}")
    for name, package in module.programs.items():
        command = (go(), "build", *flags, "-o", str(fresh / name), package)
        run(*command, environment=STATIC, folder=module.folder, log=cache() / "log" / f"build-{name}.log")
    shutil.rmtree(source, ignore_errors=True)
    fresh.rename(module.place)


def mend(module: Module, source: Path) -> Path:
    """A go.mod that is ours, except that the mended module is a copy in `source` with its link restored."""
    code = source / "code"
    original = downloaded(module, module.mended)
    shutil.copytree(original, code, ignore=shutil.ignore_patterns(*NOT_CODE))
    code.chmod(0o755)
    (code / PAGES).parent.mkdir(parents=True)
    (code / PAGES).touch()
    shutil.copy(original / "ui" / "embed.go", code / "ui")
    where = code / LINK[0]
    where.parent.chmod(0o755)
    where.symlink_to(LINK[1])
    asked = (module.folder / "go.mod").read_text()
    (source / "go.mod").write_text(f"{asked}\nreplace {module.mended} => {code}\n")
    shutil.copy(module.folder / "go.sum", source / "go.sum")
    return source / "go.mod"


def downloaded(module: Module, path: str) -> Path:
    """Where Go's module cache holds the module at `path`, in the version and with the sum that `module` pins."""
    run(go(), "mod", "download", path, environment=STATIC, folder=module.folder)
    return Path(run(go(), "list", "-m", "-f", "{{.Dir}}", path, environment=STATIC, folder=module.folder).strip())


def go() -> str:
    return find("go") or "go"
