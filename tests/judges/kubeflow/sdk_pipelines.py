"""Pipelines by Kubeflow's own SDK, written by its own compiler, for the reader to accept.

Runs in the environment of `tests/engines/kubeflow/requirements.txt`: `python sdk_pipelines.py FOLDER`.
"""

# no annotations from the future here: the SDK looks at them as objects
import sys
from pathlib import Path

from kfp import compiler, dsl, kubernetes

IMAGE = "python:3.11-slim"


@dsl.container_component
def make(text: str, rows: dsl.OutputPath(int), data: dsl.Output[dsl.Dataset]):
    return dsl.ContainerSpec(image=IMAGE, command=["sh", "-c", "true"], args=[text, rows, data.path, data.uri])


@dsl.container_component
def perhaps(text: str = "no"):
    flag = dsl.IfPresentPlaceholder(input_name="text", then=["--text", dsl.ConcatPlaceholder(["=", text])])
    return dsl.ContainerSpec(image=IMAGE, command=["sh", "-c", "true"], args=[flag])


@dsl.component(base_image=IMAGE)
def items() -> list[int]:
    return [1, 2]


@dsl.component(base_image=IMAGE)
def double(x: int, weight: float = 0.5, note: str = None) -> int:  # noqa: RUF013
    return x * 2


@dsl.component(base_image=IMAGE)
def fit(x: int, model: dsl.Output[dsl.Model], metrics: dsl.Output[dsl.Metrics]):
    pass


@dsl.component(base_image=IMAGE)
def total(xs: list[int], models: dsl.Input[list[dsl.Model]]) -> int:
    return len(xs)


@dsl.component(base_image=IMAGE)
def count(xs: list):
    pass


@dsl.component(base_image=IMAGE)
def show(x: int, config: dict = {}, on: bool = True):  # noqa: B006
    pass


@dsl.component(base_image=IMAGE)
def say(text: str = "nothing") -> str:
    return text


@dsl.component(base_image=IMAGE)
def read(data: dsl.Input[dsl.Dataset]) -> str:
    return data.uri


@dsl.component(base_image=IMAGE)
def read_any(data: dsl.Input[dsl.Artifact], other: dsl.Input[dsl.Dataset] = None):
    pass


@dsl.component(base_image=IMAGE)
def bye(status: dsl.PipelineTaskFinalStatus, text: str):
    pass


@dsl.pipeline(name="loops")
def loops(xs: list = [1, 2, 3]):  # noqa: B006
    made = items()
    with dsl.ParallelFor(items=made.output, parallelism=2) as x:
        doubled = double(x=x)
        fitted = fit(x=doubled.output)
        with dsl.ParallelFor(items=["a", "b"]) as text:
            say(text=text)
            show(x=doubled.output)
    total(xs=dsl.Collected(doubled.output), models=dsl.Collected(fitted.outputs["model"]))
    with dsl.ParallelFor(items=[{"a": 1}, {"a": 2}]) as each:
        double(x=each.a)
    with dsl.ParallelFor(xs) as x:
        double(x=x)


@dsl.pipeline(name="nested-loops")
def nested_loops():
    with dsl.ParallelFor(["a", "b"]) as text:
        with dsl.ParallelFor([1, 2]) as x:
            doubled = double(x=x)
        say(text=text)
    count(xs=dsl.Collected(doubled.output))


@dsl.pipeline(name="conditions")
def conditions(rows: int = 3, text: str = "a") -> int:
    first = double(x=rows)
    with dsl.If(first.output > 5):
        large = double(x=1)
    with dsl.Elif(first.output == 3):
        middle = double(x=2)
    with dsl.Else():
        small = double(x=3)
    one = dsl.OneOf(large.output, middle.output, small.output)
    show(x=one).after(first)
    with dsl.If(text == "a"):
        show(x=one, config={"a": [1, {"b": 1.5}]}, on=False)
    return one


@dsl.pipeline(name="inner")
def inner(k: int, data: dsl.Input[dsl.Dataset]) -> int:
    read(data=data)
    return double(x=k).output


@dsl.pipeline(name="handled")
def handled(text: str = "x"):
    with dsl.ExitHandler(bye(text=text), name="my handler"):
        made = make(text=text)
        read(data=made.outputs["data"]).set_retry(3, "30s", 2.0, "1h")
        used = inner(k=made.outputs["rows"], data=made.outputs["data"])
        show(x=used.output).set_caching_options(False)
        read_any(data=made.outputs["data"])
        found = dsl.importer(artifact_uri="gs://b/x", artifact_class=dsl.Dataset, reimport=False)
        read(data=found.output)


@dsl.pipeline(name="texts")
def texts(text: str = "a", rows: int = 1):
    first = say(text=f"{text} and {rows}")
    second = say(text=f"x {first.output}")
    perhaps(text=second.output)
    double(x=rows).after(second)
    say(text=first.output).ignore_upstream_failure()
    say(text=dsl.PIPELINE_JOB_ID_PLACEHOLDER)


@dsl.pipeline(name="placed")
def placed(secret: str = "s"):
    task = double(x=1).set_env_variable("A", "b")
    task.set_cpu_limit("2").set_cpu_request("500m").set_memory_limit("4Gi").set_memory_request("1Gi")
    task.set_accelerator_type("nvidia.com/gpu").set_accelerator_limit(2)
    kubernetes.use_secret_as_env(task, secret_name="tokens", secret_key_to_env={"k": "TOKEN"})
    kubernetes.use_secret_as_volume(task, secret_name=secret, mount_path="/s")
    kubernetes.use_config_map_as_volume(task, config_map_name="cm", mount_path="/cm")
    kubernetes.add_node_selector(task, "a", "b")
    kubernetes.add_toleration(task, key="k", operator="Exists", effect="NoSchedule")
    kubernetes.mount_pvc(task, pvc_name="claim", mount_path="/data")
    kubernetes.empty_dir_mount(task, volume_name="w", mount_path="/w", size_limit="1Gi")
    kubernetes.set_timeout(task, 60)
    kubernetes.set_image_pull_policy(task, "Always")
    kubernetes.add_pod_label(task, "a", "b")
    kubernetes.add_pod_annotation(task, "a", "b")
    kubernetes.use_field_path_as_env(task, env_name="NODE", field_path="metadata.name")


PIPELINES = (loops, nested_loops, conditions, inner, handled, texts, placed)


if __name__ == "__main__":
    for each in PIPELINES:
        compiler.Compiler().compile(each, str(Path(sys.argv[1]) / f"{each.name}.yaml"))
