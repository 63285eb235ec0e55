"""The examples as one writes them by hand with hera: a WorkflowTemplate of containers in a DAG.

Runs in the environment of `tests/engines/argo/requirements.txt`: `python hera_pipelines.py FOLDER`. Prints as JSON
what wrote them, and what of each example could not be said.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

from hera.workflows import DAG, Artifact, Container, Parameter, Resources, RetryStrategy, S3Artifact, WorkflowTemplate
from hera.workflows.archive import NoneArchiveStrategy
from hera.workflows.models import Backoff, ValueFrom

JOIN = 'import json, sys; open(sys.argv[2], "w").writelines(line + "\\n" for line in json.loads(sys.argv[1]))'
TRY = """\
if [ {{retries}} = 0 ]; then echo 'not today' >&2; exit 7; fi
wc -l < /tmp/text.txt > /tmp/lines
"""
EITHER = "if [ -e /tmp/loud.txt ]; then cat /tmp/loud.txt; else cat /tmp/text.txt; fi"
PUBLISHED = (
    "{{=let left = get(get(get(tasks, 'publish'), 'outputs'), 'parameters'); "
    "type(left) == 'map' ? get(left, 'version') ?? 'not published' : 'not published'}}"
)
MODELS = "breast-cancer/{{workflow.uid}}/train/model"
LACKS = {
    "hello": ("`run.status`: what arrives is Argo's own word",),
    "breast_cancer": (
        "`python:`: every function has a command line of its own",
        "a number for each item: `plan` writes it beside the setting, and models have keys by it",
        "`run.status`, as in hello; `run.failed_steps`: what arrives is Argo's JSON of what failed, not the steps",
    ),
}


def value(name: str) -> Parameter:
    return Parameter(name=name, value_from=ValueFrom(path=f"/tmp/{name}"))


def file(name: str) -> Artifact:
    """By its file's name, which is that of the artifact with an ending."""
    return Artifact(name=name.partition(".")[0], path=f"/tmp/{name}")


def stored(name: str, path: str, key: str) -> S3Artifact:
    """As it is: what is read by a common beginning of keys is not unpacked."""
    return S3Artifact(name=name, path=path, key=key, archive=NoneArchiveStrategy())


def given(name: str) -> str:
    return f"{{{{inputs.parameters.{name}}}}}"


def result(step: str, name: str) -> str:
    return f"{{{{tasks.{step}.outputs.parameters.{name}}}}}"


def taken(name: str, step: str, output: str | None = None, *, optional: bool | None = None) -> Artifact:
    return Artifact(name=name, from_=f"{{{{tasks.{step}.outputs.artifacts.{output or name}}}}}", optional=optional)


def collected(step: str, name: str) -> Parameter:
    return Parameter(name=name, value_from=ValueFrom(parameter=result(step, name)))


def retried(limit: int, delay: str) -> RetryStrategy:
    return RetryStrategy(limit=limit, retry_policy="Always", backoff=Backoff(duration=delay))


def slim(name: str, **said: object) -> Container:
    return Container(name=name, image="python:3.11-slim", active_deadline_seconds=60, **said)


def sh(name: str, script: str, **said: object) -> Container:
    return slim(name, command=["sh", "-c", script, "sh"], **said)


def hello() -> WorkflowTemplate:
    names, loud = Parameter(name="names", value='["ada", "grace", "linus"]'), Parameter(name="loud", value="false")
    with WorkflowTemplate(name="hello", entrypoint="main", on_exit="goodbye", arguments=[names, loud]) as made:
        write = "printf 'hello %s\\n' \"$1\" > /tmp/line"
        greet = sh("greet", write, inputs=Parameter(name="name"), args=[given("name")], outputs=value("line"))
        join = {"command": ["python3", "-c", JOIN], "args": [given("lines"), "/tmp/text.txt"]}
        letter = slim("letter", inputs=Parameter(name="lines"), outputs=file("text.txt"), **join)
        again = retried(2, "1s")
        count = sh("count", TRY, inputs=file("text.txt"), outputs=value("lines"), retry_strategy=again)
        louder = "tr a-z A-Z < /tmp/text.txt > /tmp/loud.txt"
        shout = sh("shout", louder, inputs=file("text.txt"), outputs=file("loud.txt"))
        either = Artifact(name="loud", path="/tmp/loud.txt", optional=True)
        send = sh("send", EITHER, inputs=[either, file("text.txt"), Parameter(name="lines")])
        sh("goodbye", 'echo "the run has $1"', args=["{{workflow.status}}"])
        with DAG(name="greet-each", parallelism=2, fail_fast=False, outputs=collected("greet", "line")) as each:
            greet(name="greet", arguments={"name": "{{item}}"}, with_param="{{workflow.parameters.names}}")
        with DAG(name="main", fail_fast=False):
            each(name="greet")
            letter(name="letter", depends="greet", arguments={"lines": result("greet", "line")})
            text = taken("text", "letter")
            count(name="count", depends="letter", arguments=text)
            shout(name="shout", depends="letter", arguments=text, when="{{workflow.parameters.loud}} == true")
            read = [
                taken("loud", "shout", optional=True),
                text,
                Parameter(name="lines", value=result("count", "lines")),
            ]
            send(name="send", depends="letter && count && shout", arguments=read)
    return made


def module(name: str, args: list[str], cpu: str = "1", memory: str = "2Gi", **said: object) -> Container:
    return Container(
        name=name,
        image="ghcr.io/example/breast-cancer:1.0",
        command=["python3", "-m", f"cancer.{name}"],
        args=args,
        working_dir="/app",
        env={"OMP_NUM_THREADS": "1"},
        retry_strategy=retried(1, "2s"),
        active_deadline_seconds=300,
        resources=Resources(cpu_request=cpu, cpu_limit=cpu, memory_request=memory, memory_limit=memory),
        **said,
    )


def flags(*pairs: tuple[str, str]) -> list[str]:
    return [word for name, text in pairs for word in (f"--{name}", text)]


def out(*names: str) -> list[str]:
    """Flags that say where to write: a file's ending is none of its flag."""
    return flags(*((name.partition(".")[0], f"/tmp/{name}") for name in names))


def steps() -> dict[str, Container]:
    seed = ("seed", "{{workflow.parameters.seed}}")
    data, model, roc = file("data.npz"), file("model.npz"), file("roc.svg")
    made = (
        module("extract", [*flags(seed, ("out", "/tmp/data.npz")), *out("rows")], outputs=[data, value("rows")]),
        module(
            "plan",
            [*flags(("families", "{{workflow.parameters.families}}")), *out("settings", "items")],
            outputs=[value("settings"), value("items")],
        ),
        module(
            "train",
            [*out("data.npz"), *flags(seed, ("setting", given("setting"))), *out("model.npz", "auc")],
            memory="1Gi",
            inputs=[data, Parameter(name="setting"), Parameter(name="index")],
            outputs=[stored("model", "/tmp/model.npz", f"{MODELS}/{given('index')}"), value("auc")],
        ),
        module(
            "select",
            [
                *out("models"),
                *flags(("aucs", given("aucs")), ("settings", given("settings"))),
                *out("model.npz", "chosen"),
            ],
            inputs=[
                stored("models", "/tmp/models", MODELS),
                Parameter(name="aucs"),
                Parameter(name="settings"),
            ],
            outputs=[model, value("chosen")],
        ),
        module(
            "evaluate",
            out("data.npz", "model.npz", "metrics.json", "roc.svg", "auc", "confusion"),
            inputs=[data, model],
            outputs=[file("metrics.json"), roc, value("auc"), value("confusion")],
        ),
        module(
            "publish",
            out("model.npz", "metrics.json", "bundle", "version"),
            inputs=[model, file("metrics.json")],
            outputs=[file("bundle"), value("version")],
        ),
        module(
            "card",
            [
                *flags(*((name, given(name)) for name in ("chosen", "auc", "confusion", "rows", "version"))),
                *out("roc.svg", "page.html"),
            ],
            inputs=[*(Parameter(name=name) for name in ("chosen", "auc", "confusion", "rows", "version")), roc],
            outputs=file("page.html"),
        ),
        module("summary", flags(("status", "{{workflow.status}}"), ("failed", "{{workflow.failures}}"))),
    )
    return {str(each.name): each for each in made}


def breast_cancer() -> WorkflowTemplate:
    params = {"seed": "7", "families": '["logistic", "bayes", "tree"]', "threshold": "0.95"}
    with WorkflowTemplate(
        name="breast-cancer",
        namespace="ml",
        entrypoint="main",
        on_exit="summary",
        arguments=[Parameter(name=name, value=text) for name, text in params.items()],
    ) as made:
        step = steps()
        with DAG(
            name="train-each",
            parallelism=4,
            fail_fast=False,
            inputs=[Parameter(name="items"), Artifact(name="data")],
            outputs=collected("train", "auc"),
        ) as each:
            item = {"setting": "{{item.setting}}", "index": "{{item.index}}"}
            data = Artifact(name="data", from_="{{inputs.artifacts.data}}")
            step["train"](name="train", arguments=[item, data], with_param=given("items"))
        with DAG(name="main", fail_fast=False):
            data, model = taken("data", "extract"), taken("model", "select")
            step["extract"](name="extract")
            step["plan"](name="plan")
            each(name="train", depends="extract && plan", arguments=[{"items": result("plan", "items")}, data])
            read = {"aucs": result("train", "auc"), "settings": result("plan", "settings")}
            step["select"](name="select", depends="plan && train", arguments=read)
            step["evaluate"](name="evaluate", depends="extract && select", arguments=[data, model])
            step["publish"](
                name="publish",
                depends="select && evaluate",
                arguments=[model, taken("metrics", "evaluate")],
                when=f"{result('evaluate', 'auc')} >= {{{{workflow.parameters.threshold}}}}",
            )
            shown = {
                "chosen": result("select", "chosen"),
                "auc": result("evaluate", "auc"),
                "confusion": result("evaluate", "confusion"),
                "rows": result("extract", "rows"),
                "version": PUBLISHED,
            }
            needs = "extract && select && evaluate && publish"
            step["card"](name="card", depends=needs, arguments=[shown, taken("roc", "evaluate")])
    return made


PIPELINES = {"hello": hello, "breast_cancer": breast_cancer}


if __name__ == "__main__":
    for name, pipeline in PIPELINES.items():
        (Path(sys.argv[1]) / f"{name}.yaml").write_text(pipeline().to_yaml(), encoding="utf-8")
    print(json.dumps({"peer": f"hera {version('hera')}", "lacks": LACKS}))
