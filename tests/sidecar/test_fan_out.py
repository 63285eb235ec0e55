"""Fan-out: the list task, items, and readers of what items left."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.sidecar.stage import RUN, Stage, argv, lit, ref, sh, text

FOREACH: dict[str, Any] = {"items": lit(["a", "b", "c"]), "item_type": "string"}
WORDS = {"slot": "steps.a.state", "step": "a", "type": "string"}
ITEMS = {"slot": "steps.a.items", "step": "a", "type": "string"}
N = {"slot": "steps.a.outputs.n", "step": "a", "output": "n", "type": "int", "fan": True}
M = {"slot": "steps.a.outputs.m", "step": "a", "output": "m", "type": "artifact", "file": "m.txt", "fan": True}
SHOW_N = argv("printf", "%s", ["call", "json", ref("steps.a.outputs.n")], " ", ["call", "json", ref("steps.a.indices")])


def test_it_lists_the_indices(any_stage: Stage) -> None:
    outcome = any_stage.step(argv("echo"), foreach=FOREACH).run("items")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.results == {"pipeglot-indices": "[0,1,2]", "pipeglot-state": '"succeeded"'}
    event = outcome.one("decided")
    assert (event["state"], event["items"], event["list"], event["item"]) == ("succeeded", 3, True, None)


def test_it_lists_no_indices_of_an_empty_list(stage: Stage) -> None:
    outcome = stage.step(argv("echo"), foreach={**FOREACH, "items": lit([])}).run("items")
    assert outcome.results == {"pipeglot-indices": "[]", "pipeglot-state": '"succeeded"'}


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"when": lit(False)}, "condition-false"),
        ({"requires": [["steps", "b", "outputs", "x"]]}, "upstream-skipped"),
        ({"foreach": {**FOREACH, "items": ref("steps.b.outputs.x")}}, "upstream-skipped"),
    ],
)
def test_it_skips_the_whole_fan_out(stage: Stage, entries: dict[str, Any], reason: str) -> None:
    reads = [{"slot": "steps.b.outputs.x", "step": "b", "output": "x", "type": "list"}]
    outcome = stage.step(argv("echo"), reads=reads, **{"foreach": FOREACH, **entries}).run("items")
    assert outcome.results == {"pipeglot-indices": "[]", "pipeglot-state": '"skipped"'}
    assert (outcome.code, outcome.end) == (0, ("skipped", reason))


def test_it_fails_where_the_list_does(stage: Stage) -> None:
    outcome = stage.step(argv("echo"), foreach={**FOREACH, "items": ["get", lit([[]]), lit(1)]}).run("items")
    assert (outcome.code, outcome.end, outcome.state) == (67, ("failed", "expression-error"), "failed")
    assert outcome.results["pipeglot-indices"] == "[]"


def test_it_runs_one_item(any_stage: Stage) -> None:
    outputs = {
        "n": {"type": "string"},
        "m": {"artifact": "file", "file": "m.txt"},
        "o": {"type": "int", "optional": True},
    }
    script = 'echo "$I $X" > "$PIPEGLOT_OUTPUT_N"; echo "$I" > "$PIPEGLOT_OUTPUT_M"'
    any_stage.step(sh(script, I=ref("item"), X=ref("index")), foreach=FOREACH, outputs=outputs)
    outcome = any_stage.run(PIPEGLOT_INDEX="1")
    path = outcome.artifacts / RUN / "s" / "1" / "1" / "m.txt"
    assert outcome.results == {
        "n": '[1,"b 1"]',
        "m": f'[1,"{path}"]',
        "o": "null",
        "pipeglot-state": '[1,"succeeded"]',
    }
    assert {event["item"] for event in outcome.events} == {"1"}


def test_it_skips_one_item(stage: Stage) -> None:
    when = ["!=", ref("item"), lit("b")]
    stage.step(argv("echo"), foreach=FOREACH, when=when, when_each=True, outputs={"n": {"type": "int"}})
    outcome = stage.run(PIPEGLOT_INDEX="1", PIPEGLOT_SKIP_CODE="99")
    assert outcome.code == 99
    assert outcome.results == {"n": "null", "pipeglot-state": '[1,"skipped"]'}
    assert outcome.end == ("skipped", "condition-false")


def test_it_keeps_items_of_any_type(stage: Stage) -> None:
    foreach = {"items": lit([{"lr": 0.1, "kind": "x {{y}}"}]), "item_type": "dict"}
    stage.step(
        argv("printf", "%s %s", ["get", ref("item"), lit("lr")], ["get", ref("item"), lit("kind")]), foreach=foreach
    )
    assert stage.run(PIPEGLOT_INDEX="0").out == "0.1 x {{y}}"


def test_it_has_no_item_beyond_the_list(stage: Stage) -> None:
    outcome = stage.step(argv("echo"), foreach=FOREACH).run(PIPEGLOT_INDEX="3")
    assert outcome.code == 68
    assert "PIPEGLOT_INDEX is 3, and `s` is fanned out over 3 items" in outcome.err


ROWS = {"slot": "steps.a.outputs.rows", "step": "a", "output": "rows", "type": "artifact", "file": "rows.jsonl"}


def in_file(stage: Stage, form: str, item_type: str = "any") -> Stage:
    foreach = {"items": ref("steps.a.outputs.rows"), "item_type": item_type, "format": form}
    return stage.step(argv("printf", "%s", ["get", ref("item"), lit("n")]), foreach=foreach, reads=[ROWS])


def test_it_goes_over_a_file_that_is_larger_than_a_value(stage: Stage, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"n": n, "pad": "x" * 100}) + "\n\n" for n in range(20_000)))
    given = {"steps.a.outputs.rows": json.dumps(str(rows))}
    listed = in_file(stage, "jsonl", "dict").run("items", reads=given)
    assert (listed.one("decided")["items"], listed.results["pipeglot-indices"][-7:]) == (20_000, ",19999]")
    assert stage.run(reads=given, PIPEGLOT_INDEX="19999").out == "19999"
    assert "fanned out over 20000 items" in stage.run(reads=given, PIPEGLOT_INDEX="20000").err


@pytest.mark.parametrize(
    ("form", "content", "reason", "said"),
    [
        ("json", '{"a": 1}', "expression-error", "it is no list"),
        ("json", "[1, 2", "expression-error", "it is not JSON at character 6"),
        ("json", "[1, null]", "expression-error", "element 1 of the list of `s`: it is null"),
        ("jsonl", "1\n\nNaN\n", "expression-error", "line 3 of the list of `s`: it holds NaN"),
        ("jsonl", "\udcff\n", "expression-error", "it is no UTF-8"),
        ("jsonl", '1\n"' + "x" * 70_000 + '"\n', "value-too-large", "line 2 of the list of `s`: the value is 70002"),
    ],
)
def test_it_says_what_is_wrong_in_a_file(
    stage: Stage, tmp_path: Path, form: str, content: str, reason: str, said: str
) -> None:
    (tmp_path / "rows").write_bytes(content.encode("utf-8", "surrogateescape"))
    given = {"steps.a.outputs.rows": json.dumps(str(tmp_path / "rows"))}
    outcome = in_file(stage, form).run("items", reads=given)
    assert outcome.end == ("failed", reason)
    assert said in outcome.err


@pytest.mark.parametrize(
    "aggregate",
    ["[[2,30],[0,10]]", '["[2,30]",null,"[0,10]"]', '[[2,30],"[0,10]","null",[1,5]]', '["=[0,10]","=[2,30]","null"]'],
)
def test_it_reads_kept_items_in_order(stage: Stage, aggregate: str) -> None:
    words = '[[2,"succeeded"],"[0,\\"succeeded\\"]",[1,"skipped"]]'
    stage.step(SHOW_N, reads=[WORDS, ITEMS, N])
    given = {WORDS["slot"]: '"succeeded"', ITEMS["slot"]: words, "steps.a.outputs.n": aggregate}
    assert stage.run(reads=given).out == "[10,30] [0,2]"


def test_it_hides_from_engines_what_they_would_read_in_their_own_way(stage: Stage) -> None:
    stage.step(sh('echo 1.0 > "$O"', O=ref("outputs.n")), outputs={"n": {"type": "float"}}, foreach=FOREACH)
    outcome = stage.run(PIPEGLOT_INDEX="2", PIPEGLOT_OPAQUE_ITEMS="1")
    assert outcome.results == {"n": "=[2,1.0]", "pipeglot-state": '=[2,"succeeded"]'}


@pytest.mark.parametrize("nothing", ["[]", "", "null", "[null,null]"])
def test_it_reads_no_items_as_an_empty_list(stage: Stage, nothing: str) -> None:
    stage.step(SHOW_N, reads=[WORDS, ITEMS, N])
    given = {WORDS["slot"]: '"succeeded"', ITEMS["slot"]: nothing, "steps.a.outputs.n": nothing}
    assert stage.run(reads=given).out == "[] []"


def test_it_takes_a_default_for_an_element_and_for_a_whole_fan_out(stage: Stage) -> None:
    stage.step(
        argv("printf", "%s", ["call", "json", ref("steps.a.outputs.n")]), reads=[WORDS, ITEMS, {**N, "default": 7}]
    )
    words = '[[0,"succeeded"],[1,"succeeded"]]'
    given = {WORDS["slot"]: '"succeeded"', ITEMS["slot"]: words, "steps.a.outputs.n": "[[1,3]]"}
    assert stage.run(reads=given).out == "[7,3]"
    assert stage.run(reads={WORDS["slot"]: '"skipped"'}).out == "7"


def test_it_is_skipped_by_reading_a_whole_fan_out_that_was(stage: Stage) -> None:
    stage.step(SHOW_N, reads=[WORDS, ITEMS, N])
    assert stage.run(reads={WORDS["slot"]: '"skipped"'}).end == ("skipped", "upstream-skipped")


def test_it_refuses_a_fan_in_that_is_too_large(stage: Stage) -> None:
    big = json.dumps([[index, "x" * 20_000] for index in range(5)])
    words = json.dumps([[index, "succeeded"] for index in range(5)])
    stage.step(
        argv("true", ["call", "json", ["call", "length", ref("steps.a.outputs.n")]]),
        reads=[WORDS, ITEMS, {**N, "type": "string"}],
    )
    outcome = stage.run(reads={WORDS["slot"]: '"succeeded"', ITEMS["slot"]: words, "steps.a.outputs.n": big})
    assert (outcome.code, outcome.end) == (66, ("failed", "value-too-large"))


def pieces(stage: Stage, *indices: int) -> list[Path]:
    paths = [stage.folder / "pieces" / str(index) / "m.txt" for index in indices]
    for index, path in zip(indices, paths, strict=True):
        path.parent.mkdir(parents=True)
        path.write_text(f"piece {index}\n")
    return paths


def test_it_reads_artifacts_of_kept_items_by_path(stage: Stage) -> None:
    first, last = pieces(stage, 0, 2)
    inputs = {"ms": {"type": "list[artifact]", "value": ref("steps.a.outputs.m")}}
    stage.step(argv("printf", "%s", ref("inputs.ms")), inputs=inputs, reads=[WORDS, ITEMS, M])
    given = {
        WORDS["slot"]: '"succeeded"',
        ITEMS["slot"]: '[[0,"succeeded"],[1,"skipped"],[2,"succeeded"]]',
        "steps.a.outputs.m": json.dumps([[2, str(last)], None, [0, str(first)]]),
    }
    outcome = stage.run(reads=given)
    assert json.loads(outcome.out) == [str(first), str(last)]
    start = outcome.one("start")
    assert start["inputs"] == {"ms": {"from": ["a.m"], "items": [0, 2]}}
    assert start["lineage"] == [["a.m", "s.ms"]]


def archive(folder: Path, index: int, *members: tuple[str, bytes | None, int]) -> None:
    (folder / str(index)).mkdir(parents=True)
    with tarfile.open(folder / str(index) / "data.tgz", "w:gz") as opened:
        for name, content, mode in members:
            member = tarfile.TarInfo(name)
            member.mode = mode
            if content is None:
                member.type = tarfile.DIRTYPE
                opened.addfile(member)
            else:
                member.size = len(content)
                opened.addfile(member, io.BytesIO(content))


def from_folder(stage: Stage, kept: str) -> dict[str, str]:
    stage.step(
        sh(
            'for m in $(echo "$L" | tr -d \'[]"\' | tr , " "); do ls -d "$m"; cat "$m"/* 2>/dev/null || cat "$m"; done',
            L=ref("steps.a.outputs.m"),
        ),
        reads=[WORDS, ITEMS, M],
    )
    return {
        WORDS["slot"]: '"succeeded"',
        ITEMS["slot"]: kept,
        "steps.a.outputs.m": json.dumps(str(stage.folder / "in")),
    }


def test_it_unpacks_exactly_the_kept_pieces(any_stage: Stage) -> None:
    folder = any_stage.folder / "in"
    archive(folder, 0, ("m.txt", b"zero\n", 0o644))
    archive(folder, 1, ("../../evil", b"x", 0o644))
    archive(folder, 10, ("m.txt/", None, 0o755), ("m.txt/tool", b"ten\n", 0o755))
    given = from_folder(any_stage, '[[10,"succeeded"],[1,"skipped"],[0,"succeeded"]]')
    outcome = any_stage.run(reads=given)
    assert outcome.code == 0, outcome.err
    assert [Path(line).name for line in outcome.out.split()] == ["m.txt", "zero", "m.txt", "ten"]
    assert outcome.one("start")["lineage"] == [["a.m", "s"]]


@pytest.mark.parametrize("name", ["../evil", "/evil", "a/../../evil"])
def test_it_lets_no_archive_out_of_its_folder(stage: Stage, name: str) -> None:
    archive(stage.folder / "in", 0, (name, b"x", 0o644))
    outcome = stage.run(reads=from_folder(stage, '[[0,"succeeded"]]'))
    assert outcome.code == 68
    assert "which lies outside of it" in outcome.err
    assert not list(stage.folder.rglob("evil"))


def test_it_reads_no_pieces_where_none_was_left(stage: Stage) -> None:
    assert stage.run(reads=from_folder(stage, "[]")).out == ""


def test_it_fans_out_over_artifacts(stage: Stage) -> None:
    first, last = pieces(stage, 0, 2)
    foreach = {"items": ref("steps.a.outputs.m"), "item_type": "artifact"}
    inputs = {"one": {"type": "artifact", "value": ref("item")}}
    stage.step(argv("cat", ref("inputs.one")), foreach=foreach, inputs=inputs, reads=[WORDS, ITEMS, M])
    given = {
        WORDS["slot"]: '"succeeded"',
        ITEMS["slot"]: '[[0,"succeeded"],[2,"succeeded"]]',
        "steps.a.outputs.m": json.dumps([[0, str(first)], [2, str(last)]]),
    }
    outcome = stage.run(reads=given, PIPEGLOT_INDEX="1")
    assert outcome.out == "piece 2\n"
    assert outcome.one("start")["inputs"] == {"one": {"from": ["a.m"], "items": [2]}}


def test_it_reads_a_single_artifact(stage: Stage) -> None:
    (path,) = pieces(stage, 0)
    read = {**M, "fan": False}
    stage.step(argv("cat", text(ref("steps.a.outputs.m"))), reads=[read])
    outcome = stage.run(reads={"steps.a.outputs.m": json.dumps(f"file://{path}")})
    assert outcome.out == "piece 0\n"
    assert outcome.one("start")["lineage"] == [["a.m", "s"]]
    gone = stage.run(reads={"steps.a.outputs.m": '"/no/such"'})
    assert gone.end == ("skipped", "upstream-skipped")
