"""The examples as one writes them by hand with Kubeflow's own SDK: container components, compiled by its compiler.

Runs in the environment of `tests/engines/kubeflow/requirements.txt`: `python kfp_pipelines.py FOLDER`. Prints as JSON
what wrote them, and what of each example could not be said.
"""

# no annotations from the future here: the SDK looks at them as objects
import json
import sys
from pathlib import Path

import kfp
from kfp import compiler, dsl, kubernetes

SLIM = "python:3.11-slim"
CANCER = "ghcr.io/example/breast-cancer:1.0"
JOIN = 'import json, sys; open(sys.argv[2], "w").writelines(line + "\\n" for line in json.loads(sys.argv[1]))'
TRY = """\
if [ "$KFP_RETRY_INDEX" = 0 ]; then echo 'not today' >&2; exit 7; fi
wc -l < "$1" > "$2"
"""
LACKS = {
    "hello": (
        "`first_of` where a step may not run: `send` stands in both branches of a condition",
        "`run.status`: what arrives is Kubeflow's JSON, with its own words",
        "file endings of artifacts",
    ),
    "breast_cancer": (
        "`default` where a step may not run: `card` stands in both branches of a condition",
        "`python:`: every function has a command line of its own",
        "`workdir`: PYTHONPATH instead",
        "`run.status` and file endings, as in hello; `run.failed_steps`, as in the copy",
    ),
}


def sh(script, *args):
    return dsl.ContainerSpec(image=SLIM, command=["sh", "-c", script, "sh"], args=[*args])


@dsl.container_component
def greet(name: str, line: dsl.OutputPath(str)):
    return sh("""printf 'hello %s\\n' "$1" > "$2\"""", name, line)


@dsl.container_component
def letter(lines: list, text: dsl.Output[dsl.Artifact]):
    return dsl.ContainerSpec(image=SLIM, command=["python3", "-c", JOIN], args=[lines, text.path])


@dsl.container_component
def count(text: dsl.Input[dsl.Artifact], lines: dsl.OutputPath(int)):
    return sh(TRY, text.path, lines)


@dsl.container_component
def shout(text: dsl.Input[dsl.Artifact], loud: dsl.Output[dsl.Artifact]):
    return sh('tr a-z A-Z < "$1" > "$2"', text.path, loud.path)


@dsl.container_component
def send(text: dsl.Input[dsl.Artifact], lines: int):
    return sh('cat "$1"', text.path)


@dsl.container_component
def goodbye(status: dsl.PipelineTaskFinalStatus):
    return sh('echo "the run has $1"', status)


def quick(task):
    kubernetes.set_timeout(task, 60)
    return task.set_caching_options(False)


@dsl.pipeline(
    name="hello",
    description="Fan-out, fan-in, a chain, a retry, a skip and a farewell, with sh and python3 alone",
)
def hello(names: list = ["ada", "grace", "linus"], loud: bool = False):  # noqa: B006
    with dsl.ExitHandler(quick(goodbye())):
        with dsl.ParallelFor(names, parallelism=2) as name:
            greeted = quick(greet(name=name))
        written = quick(letter(lines=dsl.Collected(greeted.outputs["line"])))
        counted = quick(count(text=written.outputs["text"])).set_retry(2, backoff_duration="1s")
        with dsl.If(loud == True):  # noqa: E712  (the SDK overloads the operator)
            shouted = quick(shout(text=written.outputs["text"]))
            quick(send(text=shouted.outputs["loud"], lines=counted.outputs["lines"]))
        with dsl.Else():
            quick(send(text=written.outputs["text"], lines=counted.outputs["lines"]))


def module(name, *args):
    return dsl.ContainerSpec(image=CANCER, command=["python3", "-m", f"cancer.{name}"], args=[*args])


@dsl.container_component
def extract(seed: int, data: dsl.Output[dsl.Dataset], rows: dsl.OutputPath(int)):
    return module("extract", "--seed", seed, "--out", data.path, "--rows", rows)


@dsl.container_component
def plan(families: list, settings: dsl.OutputPath(list)):
    return module("plan", "--families", families, "--settings", settings)


@dsl.container_component
def train(
    data: dsl.Input[dsl.Dataset], seed: int, setting: dict, model: dsl.Output[dsl.Model], auc: dsl.OutputPath(float)
):
    given = ("--data", data.path, "--seed", seed, "--setting", setting)
    return module("train", *given, "--model", model.path, "--auc", auc)


@dsl.container_component
def select(
    models: dsl.Input[list[dsl.Model]],
    aucs: list,
    settings: list,
    model: dsl.Output[dsl.Model],
    chosen: dsl.OutputPath(dict),
):
    given = ("--models", models, "--aucs", aucs, "--settings", settings)
    return module("select", *given, "--model", model.path, "--chosen", chosen)


@dsl.container_component
def evaluate(
    data: dsl.Input[dsl.Dataset],
    model: dsl.Input[dsl.Model],
    metrics: dsl.Output[dsl.Artifact],
    roc: dsl.Output[dsl.Artifact],
    auc: dsl.OutputPath(float),
    confusion: dsl.OutputPath(list),
):
    made = ("--metrics", metrics.path, "--roc", roc.path, "--auc", auc, "--confusion", confusion)
    return module("evaluate", "--data", data.path, "--model", model.path, *made)


@dsl.container_component
def publish(
    model: dsl.Input[dsl.Model],
    metrics: dsl.Input[dsl.Artifact],
    bundle: dsl.Output[dsl.Artifact],
    version: dsl.OutputPath(str),
):
    given = ("--model", model.path, "--metrics", metrics.path)
    return module("publish", *given, "--bundle", bundle.path, "--version", version)


@dsl.container_component
def card(
    chosen: dict,
    auc: float,
    confusion: list,
    roc: dsl.Input[dsl.Artifact],
    rows: int,
    version: str,
    page: dsl.Output[dsl.Artifact],
):
    given = ("--chosen", chosen, "--auc", auc, "--confusion", confusion, "--roc", roc.path)
    return module("card", *given, "--rows", rows, "--version", version, "--page", page.path)


@dsl.container_component
def summary(status: dsl.PipelineTaskFinalStatus):
    return module("summary", "--status", status, "--failed", "[]")


def settled(task, cpu="500m", memory="512Mi"):
    kubernetes.set_timeout(task, 300)
    task.set_cpu_request(cpu).set_cpu_limit(cpu).set_memory_request(memory).set_memory_limit(memory)
    task.set_env_variable("OMP_NUM_THREADS", "1").set_env_variable("PYTHONPATH", "/app")
    return task.set_caching_options(False).set_retry(1, backoff_duration="2s")


@dsl.pipeline(
    name="breast-cancer", description="Which of several small models tells malignant from benign tumours best?"
)
def breast_cancer(
    seed: int = 7,
    families: list = ["logistic", "bayes", "tree"],  # noqa: B006
    threshold: float = 0.95,
):
    with dsl.ExitHandler(settled(summary())):
        extracted = settled(extract(seed=seed)).outputs
        settings = settled(plan(families=families)).outputs["settings"]
        with dsl.ParallelFor(settings, parallelism=4) as setting:
            trained = settled(train(data=extracted["data"], seed=seed, setting=setting), "1", "1Gi").outputs
        models, aucs = dsl.Collected(trained["model"]), dsl.Collected(trained["auc"])
        best = settled(select(models=models, aucs=aucs, settings=settings)).outputs
        found = settled(evaluate(data=extracted["data"], model=best["model"])).outputs
        shown = {
            "chosen": best["chosen"],
            "auc": found["auc"],
            "confusion": found["confusion"],
            "roc": found["roc"],
            "rows": extracted["rows"],
        }
        with dsl.If(found["auc"] >= threshold):
            published = settled(publish(model=best["model"], metrics=found["metrics"]))
            settled(card(version=published.outputs["version"], **shown))
        with dsl.Else():
            settled(card(version="not published", **shown))


PIPELINES = {"hello": hello, "breast_cancer": breast_cancer}


if __name__ == "__main__":
    for name, pipeline in PIPELINES.items():
        compiler.Compiler().compile(pipeline, str(Path(sys.argv[1]) / f"{name}.yaml"))
    print(json.dumps({"peer": f"kfp {kfp.__version__}", "lacks": LACKS}))
