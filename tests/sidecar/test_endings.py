"""How a command ends, by itself or because it is stopped."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.sidecar.stage import Stage, argv, python, sh, wait_for

SLEEP = "touch started; sleep 60"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('started', 'w'); time.sleep(60)"


@pytest.mark.parametrize(("code", "leaves"), [(1, 1), (3, 3), (255, 255), (2, 2), (142, 142)])
def test_it_passes_an_exit_code_on(any_stage: Stage, code: int, leaves: int) -> None:
    outcome = any_stage.step(sh(f"exit {code}")).run()
    assert (outcome.code, outcome.end, outcome.state) == (leaves, ("failed", "exit-code"), "failed")
    assert outcome.one("end")["exit_code"] == code
    assert outcome.err == f"pipeglot: step `s`: the command ended with exit code {code}\n"


@pytest.mark.parametrize("code", [64, 65, 66, 67, 68, 69, 99, 124, 137, 143])
def test_it_keeps_codes_that_mean_something_to_itself(stage: Stage, code: int) -> None:
    outcome = stage.step(sh(f"exit {code}")).run(PIPEGLOT_SKIP_CODE="99")
    assert (outcome.code, outcome.end) == (1, ("failed", "exit-code"))
    assert outcome.one("end")["exit_code"] == code


@pytest.mark.parametrize("name", ["KILL", "SEGV", "USR1"])
def test_it_names_the_signal_that_ended_a_command(stage: Stage, name: str) -> None:
    """All but 137: that is what engines see where the sidecar itself was killed, and the step lost."""
    outcome = stage.step(sh(f"kill -{name} $$")).run()
    leaves = 1 if name == "KILL" else 128 + signal.Signals[f"SIG{name}"]
    assert (outcome.code, outcome.end) == (leaves, ("failed", "signal"))
    end = outcome.one("end")
    assert end["signal"] == f"SIG{name}"
    assert "exit_code" not in end


def test_it_leaves_as_143_only_when_it_was_stopped_itself(stage: Stage) -> None:
    outcome = stage.step(sh("kill -TERM $$")).run()
    assert (outcome.code, outcome.end) == (1, ("failed", "signal"))
    assert outcome.one("end")["signal"] == "SIGTERM"


def test_it_ends_a_command_at_its_timeout(any_stage: Stage) -> None:
    outcome = any_stage.step(sh("trap 'echo asked; exit 0' TERM; sleep 60 & wait"), timeout=0.2).run()
    assert (outcome.code, outcome.end, outcome.out) == (124, ("failed", "timeout"), "asked\n")
    assert "the command ran longer than its timeout of 0.2 seconds" in outcome.err


def test_it_kills_what_ignores_its_timeout(any_stage: Stage) -> None:
    outcome = any_stage.step(sh("trap '' TERM; sleep 60 & wait; sleep 60"), timeout=1.5).run()
    assert (outcome.code, outcome.end) == (124, ("failed", "timeout"))
    assert outcome.one("end")["signal"] == "SIGKILL"


def test_it_leaves_the_others_of_a_group_time_to_end(stage: Stage) -> None:
    late = "trap 'sleep 0.3; echo x > \"$PIPEGLOT_OUTPUT_M\"; exit' TERM; touch started; sleep 60 & wait"
    stage.step(sh('sh -c "$L" & exec sleep 60', L=["lit", late]), outputs={"m": {"artifact": "file", "file": "m"}})
    outcome = stage.signalled(signal.SIGTERM, PIPEGLOT_GRACE="20")
    assert outcome.one("output")["name"] == "m"


def test_it_outlives_no_grandchild(stage: Stage) -> None:
    stage.step(sh("sleep 60 & echo $! > pid; exit 0")).run()
    pid = int((stage.folder / "code" / "pid").read_text())
    wait_for(lambda: gone(pid))


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_it_does_not_wait_for_who_holds_its_output_open(stage: Stage) -> None:
    outcome = stage.step(sh("setsid sleep 3 & echo done")).run()
    assert outcome.one("end")["state"] == "succeeded"


OTHERS = "for p in $(cat /proc/$PPID/task/$PPID/children); do [ $p = $$ ] || kill -%s $p; done; "


def test_it_is_outlived_by_no_command_although_all_processes_were_asked_to_stop(stage: Stage) -> None:
    stage.step(sh(OTHERS % "TERM" + "exec > log 2>&1; echo $$ > pid; touch started; exec sleep 60"))
    stage.signalled(signal.SIGKILL)
    pid = int((stage.folder / "code" / "pid").read_text())
    wait_for(lambda: gone(pid))


def test_it_goes_on_where_who_would_kill_its_command_was_killed(stage: Stage) -> None:
    assert stage.step(sh(OTHERS % "KILL" + "exit 0")).run().code == 0


STOPS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


def announced(stage: Stage) -> str:
    """As an engine says that it ends the run, before it sends a signal."""
    (stage.folder / "announced").touch()
    return str(stage.folder / "announced")


@pytest.mark.parametrize("number", STOPS)
def test_it_is_cancelled_by_who_said_so(any_stage: Stage, number: signal.Signals) -> None:
    any_stage.step(sh(SLEEP), outputs={"n": {"type": "int"}})
    outcome = any_stage.signalled(number, PIPEGLOT_ANNOUNCED=announced(any_stage))
    assert (outcome.code, outcome.end, outcome.state) == (143, ("cancelled", "run-cancelled"), "cancelled")
    assert outcome.results["n"] == "null"
    assert f"the run was stopped by {number.name}" in outcome.err


@pytest.mark.parametrize("number", STOPS)
def test_it_is_lost_where_nobody_said_so(any_stage: Stage, number: signal.Signals) -> None:
    """An eviction, a drained node, a spot machine that goes."""
    any_stage.step(sh(SLEEP), outputs={"n": {"type": "int"}})
    outcome = any_stage.signalled(number, PIPEGLOT_ANNOUNCED=str(any_stage.folder / "nowhere"))
    assert (outcome.code, outcome.end, outcome.state) == (69, ("failed", "lost"), "failed")
    assert outcome.results["n"] == "null"
    assert f"it was stopped by {number.name}, and nobody had said that the run is to end" in outcome.err


def test_it_is_lost_although_the_command_then_ends_well(stage: Stage) -> None:
    stage.step(sh("trap 'exit 0' TERM; touch started; sleep 60 & wait"))
    assert stage.signalled(signal.SIGTERM).end == ("failed", "lost")


@pytest.mark.parametrize("script", ["kill -TERM $PPID $$", "trap 'exit 0' TERM; kill -TERM $PPID $$; sleep 60"])
def test_it_is_lost_where_its_command_was_quicker(stage: Stage, script: str) -> None:
    """Argo's own first process sends what it gets to all processes of the container at once."""
    outcome = stage.step(sh(script)).run()
    assert (outcome.code, outcome.end) == (69, ("failed", "lost"))


def test_it_kills_what_ignores_that_it_is_stopped(stage: Stage) -> None:
    stage.step(python(DEAF))
    outcome = stage.signalled(signal.SIGTERM)
    assert (outcome.code, outcome.one("end")["signal"]) == (69, "SIGKILL")


def test_it_passes_other_signals_on(stage: Stage) -> None:
    stage.step(sh("trap 'echo got it; exit 0' USR1; touch started; while :; do sleep 0.05; done"))
    outcome = stage.signalled(signal.SIGUSR1)
    assert (outcome.code, outcome.out) == (0, "got it\n")


def test_it_stops_at_the_deadline_of_the_run(stage: Stage) -> None:
    import time

    outcome = stage.step(sh("sleep 60")).run(PIPEGLOT_DEADLINE="1.5", PIPEGLOT_RUN_STARTED=repr(time.time()))
    assert (outcome.code, outcome.end) == (143, ("cancelled", "deadline"))


def test_it_passes_output_through_as_it_comes(stage: Stage) -> None:
    stage.step(sh("echo one; echo two >&2; touch started; while [ ! -e go ]; do sleep 0.05; done"))
    process = stage.start()
    assert process.stdout is not None
    assert process.stdout.readline() == "one\n"
    (stage.folder / "code" / "go").touch()
    assert stage.finished(process).err == "two\n"


def test_it_reaps_what_it_inherits_as_the_first_process(stage: Stage) -> None:
    """`unshare` makes the sidecar process 1 of a PID namespace, as in a container; needs the right to do so."""
    import subprocess

    from tests.sidecar.stage import SIDECAR

    inside = [
        "unshare",
        "--user",
        "--map-root-user",
        "--pid",
        "--fork",
        "--mount-proc",
        stage.interpreter,
        str(SIDECAR),
    ]
    script = "sh -c 'sleep 0.1 & exit' ; sleep 0.5; ps -A -o stat= | grep -c Z || true"
    environment = stage.step(sh(script)).environment(None, {})
    if subprocess.run([*inside[:6], "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not allow PID namespaces")
    done = subprocess.run([*inside, "run", "s"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "0\n")


def test_it_fails_where_a_command_is_empty(stage: Stage) -> None:
    outcome = stage.step({"argv": [["args", ["lit", []]]]}).run()
    assert (outcome.code, outcome.end) == (127, ("failed", "exit-code"))
    assert "the command is empty" in outcome.err


def test_it_says_how_to_be_called(stage: Stage) -> None:
    outcome = stage.step(argv("true")).run("walk")
    assert (outcome.code, outcome.err) == (
        68,
        "usage: sidecar.py run STEP | items STEP | fetch STEP | store STEP "
        "| carry FOLDER | recover FOLDER | execute INPUT\n",
    )
