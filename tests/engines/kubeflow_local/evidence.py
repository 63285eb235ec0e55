"""Small pipelines by Kubeflow's own SDK that kfp.local does not run as Kubeflow does: why some cases are not run there.

Runs in the environment of `tests/engines/kubeflow/requirements.txt`: `python evidence.py FOLDER` writes each of them,
by the compiler of the SDK.
"""

# no annotations from the future here: the SDK looks at them as objects
import sys
from pathlib import Path

from kfp import compiler, dsl

IMAGE = "python:3.11-slim"
MAKE = "import os, sys; os.makedirs(os.path.dirname(sys.argv[2]), exist_ok=True); "
WRITE = MAKE + "open(sys.argv[2], 'w').write(sys.argv[1])"
EQUAL = "import sys; sys.exit(sys.argv[1] != sys.argv[2])"


@dsl.container_component
def tell(text: str, told: dsl.OutputPath(str)):
    return dsl.ContainerSpec(image=IMAGE, command=["python3", "-c", WRITE], args=[text, told])


@dsl.container_component
def listed(text: str, names: dsl.OutputPath(list)):
    return dsl.ContainerSpec(image=IMAGE, command=["python3", "-c", WRITE], args=[text, names])


@dsl.container_component
def equal(found: str, wanted: str):
    return dsl.ContainerSpec(image=IMAGE, command=["python3", "-c", EQUAL], args=[found, wanted])


@dsl.container_component
def take(values: dict):
    return dsl.ContainerSpec(image=IMAGE, command=["python3", "-c", ""], args=[values])


@dsl.container_component
def is_c(values: list):
    return dsl.ContainerSpec(image=IMAGE, command=["python3", "-c", EQUAL], args=[values, "c"])


@dsl.container_component
def second_try():
    """Succeeds at the second try: Kubeflow's launcher is told how many there were."""
    return dsl.ContainerSpec(image=IMAGE, command=["sh", "-c", 'test "$KFP_RETRY_INDEX" = 1'])


@dsl.pipeline(name="fine")
def fine(names: list = ["a", "a"]):  # noqa: B006
    """Nothing that kfp.local cannot do: it ends well."""
    with dsl.ParallelFor(names) as each:
        equal(found=each, wanted="a")
        tell(text=each)


@dsl.pipeline(name="loop-over-output")
def loop_over_output():
    """A loop over an output that has a name of its own."""
    made = listed(text='["a"]')
    with dsl.ParallelFor(made.outputs["names"]) as each:
        equal(found=each, wanted="a")


@dsl.pipeline(name="list-into-loop")
def list_into_loop():
    """A loop that is given what another one gathered: kfp.local gives it the item instead, so here this ends well."""
    with dsl.ParallelFor(["a", "b"]) as each:
        made = tell(text=each)
    with dsl.ParallelFor(["c"]):
        is_c(values=dsl.Collected(made.outputs["told"]))


@dsl.pipeline(name="null-in-dict")
def null_in_dict(values: dict):
    """A null inside a value."""
    take(values=values)


@dsl.pipeline(name="branches")
def branches():
    """Two tasks that fail, and do not wait for each other."""
    equal(found="a", wanted="b")
    equal(found="a", wanted="c")


@dsl.pipeline(name="number-of-the-try")
def number_of_the_try():
    """A task that is told how often it was tried."""
    second_try().set_retry(2, "1s", 1.0)


@dsl.pipeline(name="time-of-the-start")
def time_of_the_start():
    """A task that is told when the run was started."""
    tell(text=dsl.PIPELINE_JOB_CREATE_TIME_UTC_PLACEHOLDER)


PIPELINES = (
    *(fine, loop_over_output, list_into_loop, null_in_dict, branches, number_of_the_try),
    time_of_the_start,
)

if __name__ == "__main__":
    for each in PIPELINES:
        compiler.Compiler().compile(each, str(Path(sys.argv[1]) / f"{each.name}.yaml"))
