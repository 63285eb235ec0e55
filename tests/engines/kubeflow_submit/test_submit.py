"""What `submit` asks of a Kubeflow Pipelines: nothing twice, and all of it as the engine's own definition says."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.engines.kubeflow_submit.conftest import Submitted
from tests.engines.kubeflow_submit.server import TOKEN, Kubeflow

from pipeglot.definition import definition_json
from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.kubeflow.remote import submit as target
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import RunState
from pipeglot_records.engines import remote
from pipeglot_records.show.json_form import json_form
from pipeglot_records.store.database import Store, open_store
from pipeglot_records.store.details import Details
from pipeglot_records.store.runs import load


def test_it_starts_a_run_once(submitted: Submitted, server: Kubeflow) -> None:
    run = uuid.uuid4()
    first, second = submitted.submit(run), submitted.submit(run)
    assert (first.known, second.known, first.native) == (False, True, second.native)
    assert list(server.runs) == [str(run)]
    assert server.count("run_service_create_run") == 1


def test_it_uploads_a_version_once(submitted: Submitted, server: Kubeflow) -> None:
    submitted.submit()
    submitted.submit()
    replace(submitted, document=submitted.document.replace("'true'", "'false'")).submit()
    submitted.submit()
    assert server.count("upload_pipeline_version") == 2
    assert len({run["pipeline_version_reference"]["pipeline_version_id"] for run in server.runs.values()}) == 2
    assert [each["display_name"] for each in server.pipelines.values()] == ["churn"]


def test_it_hands_parameters_down_as_they_arrive_unchanged(submitted: Submitted, server: Kubeflow) -> None:
    run = uuid.uuid4()
    submitted.submit(run, text="{{=2*3}} 😀", rows=9, tags=["{{x}}", {"😀": 1}], secret="hush")
    assert server.runs[str(run)]["runtime_config"]["parameters"] == {
        "text": '"\\u007b\\u007b=2*3\\u007d\\u007d \\ud83d\\ude00"',
        "rows": 9,
        "tags": ['"\\u007b\\u007bx\\u007d\\u007d"', {'"\\ud83d\\ude00"': 1}],
        "secret": '"hush"',
        "pipeglot-run-id": str(run),
    }


@pytest.mark.parametrize("value", [[2**53], [{"a": -(2**53) - 1}], [[1e17]]], ids=str)
def test_it_says_what_kubeflow_would_change(value: list[Json], submitted: Submitted, server: Kubeflow) -> None:
    with pytest.raises(SpecRejected, match=r"PG501: .*tags"):
        submitted.submit(tags=value)
    assert not server.runs


def test_it_uses_the_profile(submitted: Submitted, server: Kubeflow) -> None:
    told = submitted.by(namespace="ml", experiment="night", service_account="trainer", pipeline_root="s3://b/root")
    handle = told.submit()
    (run,) = server.runs.values()
    assert (run["service_account"], run["runtime_config"]["pipeline_root"]) == ("trainer", "s3://b/root")
    assert [(each["display_name"], each["namespace"]) for each in server.experiments.values()] == [("night", "ml")]
    assert [each["namespace"] for each in server.pipelines.values()] == ["ml"]
    assert handle.native["artifacts"] == f"s3://b/root/churn/{handle.run}"


def test_it_finds_a_run_to_which_the_engine_gave_an_id(submitted: Submitted, server: Kubeflow) -> None:
    server.own_ids = True
    run = uuid.uuid4()
    first, second = submitted.submit(run), submitted.submit(run)
    assert second.known
    assert first.native["run"] == second.native["run"] == next(iter(server.runs)) != str(run)


def test_it_takes_what_another_made_in_between(submitted: Submitted, server: Kubeflow) -> None:
    submitted.submit()
    hidden, server.pipelines = server.pipelines, {}
    looked = server.pipeline_service_list_pipelines

    def look(*asked: object) -> object:
        answer = looked(*asked)
        server.pipelines = hidden
        return answer

    server.pipeline_service_list_pipelines = look  # type: ignore[method-assign, assignment]
    submitted.submit()
    assert len(server.runs) == 2
    assert server.count("pipeline_service_create_pipeline") == 2


def test_it_says_how_a_run_goes(submitted: Submitted, server: Kubeflow) -> None:
    handle = submitted.submit()
    assert target.status(handle, submitted.access).state is RunState.WAITING
    names = ("root-driver", "root", "a-driver", "a", "executor", "b", "b-driver", "b-driver-driver")
    tasks = [{"display_name": name, "state": "RUNNING", "start_time": f"2026-01-01T00:00:{60 - at}Z"}
             for at, name in enumerate(names, 1)]  # fmt: skip
    run = server.runs[handle.native["run"]]
    run |= {"state": "RUNNING", "run_details": {"task_details": tasks}}
    progress = target.status(handle, submitted.access)
    assert (progress.state, progress.tasks) == (RunState.RUNNING, (("b", "RUNNING"), ("a", "RUNNING")))


@pytest.mark.parametrize(
    ("state", "history", "word"),
    [
        ("SUCCEEDED", [], RunState.SUCCEEDED),
        ("FAILED", ["RUNNING"], RunState.FAILED),
        ("FAILED", ["RUNNING", "CANCELING"], RunState.CANCELLED),
        ("CANCELING", [], RunState.RUNNING),
        ("RUNTIME_STATE_UNSPECIFIED", [], RunState.WAITING),
    ],
)
def test_it_reads_the_end(
    state: str, history: list[str], word: RunState, submitted: Submitted, server: Kubeflow
) -> None:
    handle = submitted.submit()
    server.runs[handle.native["run"]] |= {"state": state, "state_history": [{"state": each} for each in history]}
    assert target.status(handle, submitted.access).state is word


def test_it_cancels_once(submitted: Submitted, server: Kubeflow) -> None:
    handle = submitted.submit()
    target.cancel(handle, submitted.access)
    assert server.runs[handle.native["run"]]["state"] == "CANCELING"
    server.runs[handle.native["run"]]["state"] = "SUCCEEDED"
    target.cancel(handle, submitted.access)
    assert server.count("run_service_terminate_run") == 1


def test_it_says_that_a_run_was_deleted(submitted: Submitted, server: Kubeflow) -> None:
    handle = submitted.submit()
    server.runs.clear()
    assert target.status(handle, submitted.access).state is RunState.GONE
    with pytest.raises(SpecRejected, match=r"PG522: .* has no run .* any more"):
        target.cancel(handle, submitted.access)


def test_it_reads_the_token_from_its_file_each_time(submitted: Submitted, server: Kubeflow, tmp_path: Path) -> None:
    """The kubelet writes a new one there before the old one is no longer good."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    told = submitted.by(environ={"KF_PIPELINES_SA_TOKEN_PATH": str(token)})
    handle = told.submit()
    server.tokens = {"another"}
    with pytest.raises(SpecRejected, match=r"PG521: .* does not accept who you are \(401\)"):
        target.status(handle, told.access)
    token.write_text("another\n")
    assert target.status(handle, told.access).state is RunState.WAITING


def test_it_finds_the_engine_by_its_own_variable(submitted: Submitted, server: Kubeflow) -> None:
    environ = {**submitted.access.environ, "KF_PIPELINES_ENDPOINT": f"{server.url}/"}
    access = replace(submitted.access, settings={}, environ=environ)
    assert replace(submitted, access=access).submit().native["url"] == server.url


def test_it_says_what_to_do_with_the_config_map(submitted: Submitted, tmp_path: Path) -> None:
    said: list[str] = []
    environ = {**submitted.access.environ, "KUBECONFIG": str(tmp_path / "none")}
    access = replace(submitted.access, environ=environ, say=said.append)
    texts = {"pipeline.yaml": submitted.document, "kubernetes/sidecar.yaml": "{}"}
    files = [EmittedFile(path, text) for path, text in texts.items()]
    target.submit(submitted.pipeline, files, uuid.uuid4(), {}, access)
    assert said[0].startswith("steps wait for the ConfigMaps in `kubernetes/` (no Kubernetes configuration can be")
    assert said[0].endswith("`kubectl apply -n kubeflow -f` them once")


def test_it_knows_no_other_settings(submitted: Submitted) -> None:
    with pytest.raises(SpecRejected, match="PG430: `kubeflow` has no setting `hosts`"):
        submitted.by(hosts="x").submit()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "records.db"), {}) as opened:
        yield opened


def begun(store: Store, submitted: Submitted, run: uuid.UUID, document: str = "{}", **params: Json) -> remote.Remote:
    pipeline = replace(submitted.pipeline, description=document)
    definition = definition_json(pipeline)
    files = [EmittedFile("pipeline.yaml", submitted.document), EmittedFile("definition.json", definition)]
    return remote.begin(store, pipeline, "kubeflow@2.17", files, run, params, submitted.access)


def test_it_refuses_another_run_of_the_same_id(store: Store, submitted: Submitted, server: Kubeflow) -> None:
    run = uuid.uuid4()
    assert [begun(store, submitted, run, rows=1).handle.known for _ in range(2)] == [False, True]
    for wrong in ({"rows": 2}, {"rows": 1, "document": "another"}):
        with pytest.raises(SpecRejected, match=r"PG528: there is another run .* already: it"):
            begun(store, submitted, run, **wrong)
    assert remote.find(store, str(run)) is not None
    shown = json_form(load(store, str(run)), Details({}, {}))["params"]
    assert shown["rows"] == {"value": 1}, "the record is of what ran"  # type: ignore[index, call-overload]


def test_it_asks_the_engine_where_the_store_is_another(submitted: Submitted, tmp_path: Path) -> None:
    run = uuid.uuid4()
    submitted.submit(run, rows=1)
    with open_store(str(tmp_path / "other.db"), {}) as store:
        with pytest.raises(SpecRejected, match=r"PG528: there is another run .* its params differ: `rows`"):
            begun(store, submitted, run, rows=2)
        assert begun(store, submitted, run, rows=1).handle.known


def test_it_cancels_nothing_that_is_over(store: Store, submitted: Submitted, server: Kubeflow) -> None:
    known = begun(store, submitted, uuid.uuid4())
    server.runs[known.handle.native["run"]]["state"] = "SUCCEEDED"
    assert remote.stop(store, known, submitted.access, "someone") is RunState.SUCCEEDED
    assert load(store, str(known.handle.run)).facts.cancelled is None
    assert server.count("run_service_terminate_run") == 0


def test_it_replaces_no_pipeline_that_came_from_elsewhere(submitted: Submitted, server: Kubeflow) -> None:
    def by(origin: str, *, insist: bool = False) -> Submitted:
        return replace(submitted, access=replace(submitted.access, origin=origin, replace=insist))

    by("here//a").submit()
    by("here//a").submit()
    with pytest.raises(
        SpecRejected, match=r"PG529: the pipeline .* came from `here//a`, and this pipeline is `there//b`"
    ):
        by("there//b").submit()
    assert not by("there//b", insist=True).submit().known


def task(name: str, parent: str | None = None, **more: Json) -> dict[str, Json]:
    inside = {"parent_task_id": parent} if parent else {}
    return {"task_id": f"{name}-{parent}", "display_name": name, **inside, **more}


def test_it_tells_items_apart_and_what_kubeflow_says(store: Store, submitted: Submitted, server: Kubeflow) -> None:
    """As a Kubeflow 2.17 shows a fan-out: all its items have one name."""
    known = begun(store, submitted, uuid.uuid4())
    run = server.runs[known.handle.native["run"]]
    why: dict[str, Json] = {"error": {"code": 5, "message": "pod\nwas lost"}}
    began, later = ({"start_time": f"2026-01-01T00:00:0{second}Z"} for second in (1, 2))
    items = [{**task("iteration-item", "each"), "task_id": name} for name in ("one", "two")]
    tasks = [task("root"), task("root-driver"), {**task("each"), "task_id": "each"}, task("each-driver"), *items]
    tasks += [task("iteration-item-driver", "each"), {**task("each", "one"), "state": "SUCCEEDED", **began}]
    tasks += [{**task("each", "two"), "state": "FAILED", **why, **later, "child_tasks": [{"pod_name": "p"}]}]
    run.update(state="FAILED", error={"code": 3, "message": "too large"}, run_details={"task_details": tasks})
    progress = remote.follow(known, submitted.access)
    assert dict(progress.tasks) == {"each": "PENDING", "each[0]": "SUCCEEDED", "each[1]": "FAILED"}
    assert (progress.message, dict(progress.messages)) == ("too large", {"each[1]": "pod was lost"})
