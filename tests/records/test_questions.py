"""Two runs side by side, the series of a run, and where artifacts come from and go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import pipeglot_records
from pipeglot.definition import definition_json
from pipeglot_records import FilterFault, Records, RunUnknown
from pipeglot_records.queries.lineage import lineage
from pipeglot_records.show.questions import artifact_list, comparison, curves, difference_text, lineage_forms
from pipeglot_records.show.questions.differences import Change, Differences, as_json, differences
from pipeglot_records.store.database import Store, open_store
from tests.records.conftest import OTHER, RUN, Log, churn, step, take

THIRD = "0190c3f2-aaaa-7c4b-9a55-0d3f6c1b2a10"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A whole run; one of a definition with a step more, given something else, that failed; one of another pipeline."""
    with open_store(str(tmp_path_factory.mktemp("records") / "records.db"), {}) as store:
        first = definition_json(churn())
        more = replace(churn(), steps=(*churn().steps, step("ship", needs=("publish",))))
        second = definition_json(replace(more, max_parallel=2))
        other = definition_json(replace(churn(), name="audit"))
        for definition in (first, second, other):
            store.register(definition)
        take(store, Log(first, RUN).whole().events())
        failing = Log(second, OTHER, 1_800_001_000).run(regions=["eu"], rate=0.5).extract()
        for at, value in enumerate((4.0, 2.0, float("nan"), 1.0)):
            told: Any = "NaN" if value != value else value
            failing.say("metric", "extract", None, failing.attempt("extract", None, 1), name="loss", value=told, at=at)
        take(store, failing.listed("train", 1).start("train", 0).fail("train", 0).over("failed").events())
        take(store, Log(other, THIRD, 1_800_002_000).whole().events())
        yield store


PAGE = """\
0190c3f2-7d1e of churn, succeeded  →  0190c3f2-9999 of churn, failed

what could have changed the result
  param regions          ["eu","us","asia"]  →  ["eu"]
  param threshold        0.8                 →  –
  param rate             –                   →  0.5
  step ship              –                   →  there
  pipeline max_parallel  –                   →  2

what came out otherwise
  run                    succeeded                        →  failed
  metric extract.loss    –                                →  1
  state train            succeeded                        →  failed, exit-code
  state train[0]         succeeded                        →  failed, exit-code
  output train[0].model  sha256:bb0bb0bb0bb0bb0bb0bb0bb0  →  –
  output train[0].auc    0.7                              →  –
  state train[1]         succeeded                        →  –
  state train[2]         succeeded                        →  –
  state pick             succeeded                        →  cancelled, upstream-failed
  state publish          succeeded                        →  cancelled, upstream-failed
  state report           succeeded                        →  failed, lost
  state ship             –                                →  cancelled, upstream-failed
"""


def test_it_says_first_what_could_have_changed_the_result(kept: Store) -> None:
    found = differences(kept, RUN, OTHER)
    assert difference_text.page(found) == PAGE
    told: Any = as_json(found)
    assert told["causes"][2] == {"kind": "param", "place": "rate", "before": None, "after": 0.5}
    assert len(told["effects"]) == 12


def test_it_says_that_nothing_differs(kept: Store) -> None:
    found = differences(kept, RUN, RUN)
    assert (found.causes, found.effects) == ((), ())
    assert "what came out otherwise: nothing" in difference_text.page(found)


def test_it_shows_long_values_where_they_differ() -> None:
    run = {"run": "0190", "pipeline": "p", "state": "succeeded"}
    change = Change("param", "p", "a" * 100 + "x" + "b" * 100, "a" * 100 + "y" + "b" * 100)
    line = difference_text.page(Differences(run, run, (change, Change("metric", "m", 1, 1.5)))).splitlines()
    assert "ax" in line[3]
    assert "ay" in line[3]
    assert len(line[3]) < 120
    assert line[4].endswith("+0.5")


def test_it_draws_how_a_metric_went(kept: Store) -> None:
    (curve,) = curves.curves(kept, OTHER, "extract", "loss")
    assert [point.value for point in curve.points] == [4.0, 2.0, None, 1.0]
    assert curves.bars(curve.points) == "█▃ ▁"
    assert curves.page((curve,)).splitlines()[1].split() == ["extract", "loss", "4", "1", "1", "4", "█▃", "▁"]
    assert curves.as_csv((curve,)).splitlines()[3].split(",")[4:6] == ["2", "NaN"]
    assert json.dumps(curves.as_json((curve,)), allow_nan=False)
    assert curves.page(curves.curves(kept, OTHER, "train")) == "no metrics\n"


def test_it_puts_runs_beside_each_other(kept: Store) -> None:
    found = comparison.of_runs(kept, [RUN, OTHER])
    assert found.names == ["run", "state", "params.regions", "params.threshold", "params.rate", "extract.loss"]
    assert found.rows[1] == dict(zip(found.names, [OTHER, "failed", ["eu"], None, 0.5, 1.0], strict=True))
    assert comparison.marked(found, "extract.loss", greatest=True).best == {1}
    assert comparison.for_text(found)[1]["best"] == "*"
    assert comparison.of_runs(kept, [RUN, RUN]).names == ["run", "state"]


def test_it_puts_items_beside_each_other(kept: Store) -> None:
    found = comparison.of_items(kept, RUN, "train")
    assert found is not None
    assert [(row["item"], row["state"]) for row in found.rows] == [(str(at), "succeeded") for at in range(3)]
    assert comparison.of_items(kept, RUN, "extract") is None


def test_many_points_are_a_few_bars() -> None:
    points = [curves.Point(float(at), float(at), at) for at in range(10_000)]
    drawn = curves.bars(points)
    assert (len(drawn), drawn[0], drawn[-1]) == (curves.WIDTH, "▁", "█")
    assert curves.bars(points[:1] * 3) == "▁▁▁"
    assert curves.bars([curves.Point(None, None, 0)]) == ""


def test_it_follows_an_artifact_up_and_down_and_over_pipelines(kept: Store) -> None:
    up = lineage(kept, RUN, "pick.model", down=False)
    assert {work.step for work in up.works.values() if work.run == RUN} == {"extract", "train", "pick"}
    down = lineage(kept, RUN, "extract.raw", up=False)
    assert {work.step for work in down.works.values() if work.run == RUN} == {"train", "pick", "publish"}
    assert {work.run for work in down.works.values()} == {RUN, THIRD}, "the same content, read by another pipeline"
    assert lineage(kept, RUN, "none.such").begun == []


TREE = """\
pick.model  sha256:cccccccccccc  12.3 kB
  from pick
    train.model  sha256:bb0bb0bb0bb0  12.3 kB
      from train[0]
        extract.raw  sha256:aaaaaaaaaaaa  12.3 kB
          from extract
          from 2 more, elsewhere
      from 1 more, elsewhere
    train.model  sha256:bb1bb1bb1bb1  12.3 kB
      from train[1]
        extract.raw  sha256:aaaaaaaaaaaa  12.3 kB  (above)
      from 1 more, elsewhere
    train.model  sha256:bb2bb2bb2bb2  12.3 kB
      from train[2]
        extract.raw  sha256:aaaaaaaaaaaa  12.3 kB  (above)
      from 1 more, elsewhere
  from 1 more, elsewhere
"""


def test_it_draws_lineage_as_a_tree(kept: Store) -> None:
    one = lineage(kept, RUN, "pick.model", down=False)
    assert lineage_forms.tree(one, RUN, down=False) == TREE
    whole = lineage(kept, RUN)
    assert lineage_forms.tree(whole, RUN, down=False) == TREE, "it begins at what the run left at last"
    drawn = lineage_forms.tree(whole, RUN).splitlines()
    assert drawn[0].startswith("extract.raw  "), "it begins at what the run made of nothing"
    assert [line for line in drawn if not line.startswith(" ")] == drawn[:1]
    assert lineage_forms.tree(lineage(kept, RUN, "none.such"), RUN) == "no artifacts\n"


def test_it_draws_lineage_as_a_graph(kept: Store) -> None:
    found = lineage(kept, RUN, "pick.model", down=False)
    edges = len(found.made) + len(found.read)
    assert (lineage_forms.dot(found).count(" -> "), lineage_forms.mermaid(found).count(" --> ")) == (edges, edges)
    assert '[label="pick.model  sha256:cccccccccccc  12.3 kB", shape=box];' in lineage_forms.dot(found)
    told: Any = lineage_forms.as_json(found)
    assert (told["begun"], len(told["made"]), told["cut"]) == ([{"sha256": "c" * 32}], len(found.made), False)
    assert json.dumps(told, allow_nan=False)


ARTIFACTS = """\
ARTIFACT        VERSION  KIND        SIZE  DIGEST               WHERE
extract.raw     v1       dataset  12.3 kB  sha256:aaaaaaaaaaaa  /a/aaaa
train.model[0]  v1       model    12.3 kB  sha256:bb0bb0bb0bb0  /a/bb0
train.model[1]  v2       model    12.3 kB  sha256:bb1bb1bb1bb1  /a/bb1
train.model[2]  v3       model    12.3 kB  sha256:bb2bb2bb2bb2  /a/bb2
pick.model      v1       model    12.3 kB  sha256:cccccccccccc  /a/cccc
"""


def test_it_lists_what_a_run_left(kept: Store) -> None:
    found = artifact_list.artifacts(kept, RUN)
    assert artifact_list.page(found) == ARTIFACTS
    assert artifact_list.page(()) == "no artifacts\n"
    assert json.dumps([one.as_json() for one in found], allow_nan=False)


def test_it_answers_from_python(kept: Store) -> None:
    with Records(kept.name) as records:
        rows = records.runs("duration < 1m", columns=["run", "params.rate"], sort="started")
        assert [list(row) for row in rows] == [["run", "params.rate"]] * 3
        assert [row["params.rate"] for row in rows] == [None, 0.5, None]
        assert [row["value"] for row in records.metrics(OTHER, step="extract")] == [4.0, 2.0, None, 1.0]
        assert records.show(RUN)["state"] == "succeeded"
        assert json.loads(records.normal(RUN))["run"] == "succeeded"
        assert [row["state"] for row in records.compare(RUN, OTHER)] == ["succeeded", "failed"]
        assert len(records.items(RUN, "train")) == 3
        assert records.items(RUN, "none") == []
        assert records.diff(RUN, RUN)["causes"] == []
        assert records.lineage(RUN, "pick.model")["cut"] is False
        with pytest.raises(RunUnknown):
            records.show("ffff")
        with pytest.raises(FilterFault):
            records.runs("sate == x")
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = pipeglot_records.Nothing
