"""Children that leave their group and session: none of them outlives the step that started them."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from tests.forked import Forked
from tests.local.runs import HEAD, alive, run, until

LINUX = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux hands orphans on to a subreaper")
STRAYS = r"""
      setsid sh -c 'echo $$ > one; exec sleep 1000' &
      (setsid env -i sh -c 'echo $$ > two; exec /bin/sleep 1000' &)
      python3 -c "
      import os, time
      if os.fork() == 0:
          os.setsid()
          if os.fork() == 0:
              open('three', 'w').write(str(os.getpid()))
              time.sleep(1000)
          os._exit(0)
      "
      until [ -s one ] && [ -s two ] && [ -s three ]; do sleep 0.05; done
"""


def text(last: str, more: str = "") -> str:
    return f"steps:\n  a:\n    {more}\n    run: |{STRAYS}      {last}\n"


def strays(folder: Path) -> list[int]:
    return [int((folder / name).read_text()) for name in ("one", "two", "three")]


def lives(pid: int) -> bool:
    """Not one that is dead and waits for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@LINUX
@pytest.mark.parametrize(
    ("last", "more", "state"),
    [("exit 0", "", "succeeded"), ("exit 3", "", "failed"), ("sleep 1000", "timeout: 3s", "failed")],
    ids=["end", "failure", "timeout"],
)
def test_it_ends_them_with_their_step(last: str, more: str, state: str, tmp_path: Path) -> None:
    ran = run(tmp_path, text(last, more))
    assert ran.result.state == state
    assert not [pid for pid in strays(tmp_path) if lives(pid)]


@LINUX
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_it_ends_them_when_the_run_is_stopped(name: str, tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text(HEAD + text("touch ready; sleep 1000"))
    environ = {**os.environ, "PIPEGLOT_GRACE": "0.5"}
    engine = Forked(("run",), tmp_path, environ)
    until((tmp_path / "ready").exists)
    engine.send_signal(getattr(signal, name))
    engine.wait(60)
    until(lambda: not [pid for pid in strays(tmp_path) if lives(pid)])


@LINUX
def test_it_ends_them_when_their_sidecar_is_killed(tmp_path: Path) -> None:
    ran = run(tmp_path, text("kill -9 $PPID; sleep 1000"))
    assert ran.words() == {"a": "lost"}
    until(lambda: not [pid for pid in strays(tmp_path) if lives(pid)])


def test_it_ends_nobody_who_is_not_of_the_run(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "1000"], start_new_session=True, cwd=tmp_path)
    try:
        run(tmp_path, "steps:\n  a: {run: 'kill -9 $PPID'}\n")
        assert alive(stranger.pid)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_it_gives_strays_the_time_to_end_that_a_command_has(tmp_path: Path) -> None:
    stray = "trap 'sleep 0.3; echo ended > said; exit 0' TERM; echo > ready; while :; do sleep 0.05; done"
    ran = run(
        tmp_path,
        f'steps:\n  a:\n    timeout: 2s\n    run: |\n      setsid sh -c "{stray}" &\n      sleep 1000\n',
        environ={"PIPEGLOT_GRACE": "20"},
    )
    assert ran.words() == {"a": "timeout"}
    if Path("/proc/self/stat").exists():
        assert (tmp_path / "said").read_text() == "ended\n"
