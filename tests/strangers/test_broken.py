"""A target of others that is none: said in one line, and never called our own mistake."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.strangers.conftest import Run
from tests.strangers.distributions import WHOLE, install
from typing_extensions import get_protocol_members

from pipeglot_backends import strangers
from pipeglot_backends.protocol import Backend
from pipeglot_backends.targets import BUILT_IN, load, remote

SPEC = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: hello}
steps: {greet: {run: [echo, hello]}}
profiles: {prod: {target: acme, acme: {a: 1}}}
"""
COMPILE = ("compile", "--profile", "prod")
SUBMIT = ("submit", "--profile", "prod")
REMOTE = WHOLE.replace("False, None", 'False, "acme.remote"')
FALLS = "def submit(*given): return {}['nothing']\nstatus = cancel = collect = submit\ndef collectable(*given): ...\n"
USED, LOADED, ENVIRONMENT = "cannot be used: ", "cannot be loaded: ", 4

BROKEN: Mapping[str, tuple[tuple[str, ...], Mapping[str, str], str, str]] = {
    "import": (
        COMPILE,
        {"acme.py": "import nothing"},
        "PG431",
        f"{LOADED}ModuleNotFoundError: No module named 'nothing'",
    ),
    "exit": (COMPILE, {"acme.py": "raise SystemExit(0)"}, "PG431", f"{LOADED}SystemExit: 0"),
    "syntax": (COMPILE, {"acme.py": "def"}, "PG431", f"{LOADED}SyntaxError: "),
    "member": (COMPILE, {"acme.py": WHOLE + "del RUN, emit"}, "PG431", f"{USED}`acme` has no `RUN`, `emit`"),
    "kind": (
        COMPILE,
        {"acme.py": WHOLE + "VERSIONS = '1'"},
        "PG431",
        f"{USED}`acme` says `VERSIONS = '1'`, and it is a tuple",
    ),
    "name": (
        COMPILE,
        {"acme.py": WHOLE + "NAME = 'b'"},
        "PG431",
        f"{USED}`acme` calls itself `b`, and is installed as `acme`",
    ),
    "emit": (COMPILE, {"acme.py": WHOLE + "def emit(*given): return 1 / 0"}, "PG432", "failed: ZeroDivisionError: "),
    "settings": (
        ("validate",),
        {"acme.py": WHOLE + "def check_settings(given): 1 / 0"},
        "PG432",
        "failed: ZeroDivisionError: ",
    ),
    "unsaid": (SUBMIT, {"acme.py": WHOLE}, "PG504", "`acme` is no engine to submit to"),
    "no half": (
        SUBMIT,
        {"acme/__init__.py": REMOTE},
        "PG431",
        f"{LOADED}ModuleNotFoundError: No module named 'acme.remote'",
    ),
    "half": (
        SUBMIT,
        {"acme/__init__.py": REMOTE, "acme/remote/submit.py": "def submit(): ..."},
        "PG431",
        f"{USED}`acme.remote.submit` has no `collectable`, `status`, `cancel`, `collect`",
    ),
    "submit": (
        SUBMIT,
        {"acme/__init__.py": REMOTE, "acme/remote/submit.py": FALLS},
        "PG432",
        "failed: KeyError: 'nothing'",
    ),
    "no files": (
        COMPILE,
        {"acme.py": WHOLE + "def emit(*given): return ('acme.txt',)"},
        "PG432",
        "failed: its `emit` returned ('acme.txt',), and it returns a tuple of `EmittedFile`",
    ),
    "no handle": (
        SUBMIT,
        {"acme/__init__.py": REMOTE, "acme/remote/submit.py": FALLS.replace("{}['nothing']", "None")},
        "PG432",
        "failed: its `submit` returned None, and it returns a `Handle`",
    ),
    "listing": (("collect", "--all", "--profile", "prod"), {"acme/__init__.py": REMOTE}, "PG431", LOADED),
}


@pytest.mark.parametrize("name", BROKEN)
def test_it_says_what_is_wrong_with_it(name: str, pipeglot: Run, tmp_path: Path) -> None:
    command, files, code, message = BROKEN[name]
    (tmp_path / "pipeline.yaml").write_text(SPEC, "utf-8")
    told = pipeglot(*command, path=install(tmp_path / "site", files))
    assert told.stderr.startswith(f"error[{code}]: "), told.stderr
    assert message in told.stderr.splitlines()[0]
    assert told.returncode == (2 if code == "PG504" else ENVIRONMENT)


def test_it_lists_the_others(pipeglot: Run, tmp_path: Path) -> None:
    site = install(tmp_path / "site", {"acme.py": "import nothing"})
    told = pipeglot("targets", path=site)
    assert (told.returncode, told.stdout.splitlines()[0]) == (ENVIRONMENT, "local     1 (default)")
    assert "error[PG431]: the target `acme` of `acme 1.0` cannot be loaded" in told.stderr
    assert '"fault": "PG431: ' in pipeglot("targets", "--format", "json", path=site).stdout


def test_it_says_it_in_the_place_that_names_it_and_once(pipeglot: Run, tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text(SPEC, "utf-8")
    told = pipeglot("validate", "--format", "concise", path=install(tmp_path / "site", {"acme.py": "import nothing"}))
    assert told.stderr.count("PG431") == 1
    assert told.stderr.startswith("pipeline.yaml:5:27: error[PG431]: ")


def test_it_does_not_choose_between_two(pipeglot: Run, tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text(SPEC, "utf-8")
    site = install(tmp_path / "site", {"acme.py": WHOLE})
    told = pipeglot(*COMPILE, path=install(site, {"other.py": WHOLE}, "acme", "other", "other"))
    assert "error[PG431]: the target `acme` is installed by `acme 1.0` and `other 1.0`" in told.stderr


def test_it_knows_the_runs_of_a_target_that_has_gone(pipeglot: Run, site: Path, tmp_path: Path) -> None:
    text = SPEC.replace("acme: {a: 1}", "shellscript: {folder: engine}").replace("acme", "shellscript")
    (tmp_path / "pipeline.yaml").write_text(text, "utf-8")
    assert pipeglot(*SUBMIT, path=site).returncode == 0
    run = json.loads(pipeglot("runs", "--format", "json", path=None).stdout)[0]["run"]
    for command in ("status", "cancel", "collect"):
        assert pipeglot(command, run, path=None).stderr.startswith("error[PG502]: `shellscript` is no target")


def test_it_asks_for_what_the_protocol_asks_for() -> None:
    assert set(strangers._MEMBERS) == set(get_protocol_members(Backend))


@pytest.mark.parametrize("name", BUILT_IN)
def test_ours_are_whole(name: str) -> None:
    backend = load(name)
    assert [*strangers._missing(backend, strangers._MEMBERS), *strangers._odd(backend, name)] == []
    if backend.REMOTE:
        assert {"submit", "collectable", "status", "cancel", "collect"} <= set(dir(remote(name).submitter))
        assert "list_runs" in dir(remote(name).listing)
