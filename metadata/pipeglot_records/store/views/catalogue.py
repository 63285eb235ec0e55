"""The views: their names, their columns and what these mean stay from one version to the next."""

from __future__ import annotations

from typing import Final

from pipeglot_records.store.views.view import LAST, SECONDS, STATE, Column, View

_RUN: Final = (Column("run", "id of the run", "r.run"), Column("pipeline", "name of the pipeline", "r.pipeline"))

_PLACE: Final = (
    *_RUN,
    Column("step", "the step; inside of a group `GROUP.STEP`", "a.step"),
    Column("item", "number of the item of a fan-out, as text; null for a step that is none", "a.item"),
    Column("attempt", "id of the attempt", "a.attempt"),
)

_LAST: Final = Column(
    "is_last", "whether no later attempt of the step stands for this one", f"a.attempt = {LAST.format('a')}"
)

_OF_ATTEMPTS: Final = "{} JOIN attempts a ON a.attempt = {}.attempt JOIN runs r ON r.run = a.run"


def _seconds(table: str) -> str:
    return SECONDS.format(f"{table}.started", f"{table}.ended")


RUNS: Final = View(
    "v_runs",
    "one run",
    (
        *_RUN,
        Column(
            "state",
            "`succeeded`, `failed`, `cancelled`; before the end `running`, or `unknown` 90 seconds after its last word",
            STATE,
        ),
        Column("started", "when it began", "{moment:r.started}"),
        Column("ended", "when it ended", "{moment:r.ended}"),
        Column("duration", "seconds", _seconds("r")),
        Column("seen", "when something was heard of it last", "{moment:r.seen}"),
        Column("target", "where it ran: `local`, `airflow`, …", "r.target"),
        Column("profile", "the profile, if one was named", "r.profile"),
        Column("definition", "hash of its definition", "r.definition"),
        Column("params", 'JSON: `{"NAME": {"value": …}}`, `{"redacted": true}` for a sensitive one', "r.params"),
        Column("native", "JSON: what the engine calls it", "r.native"),
    ),
    "runs r",
)

PARAMS: Final = View(
    "v_params",
    "one param of a run, but the sensitive ones",
    (
        *_RUN,
        Column("name", "the param", "p.name"),
        Column("number", "its value, where it is a number", "p.number"),
        Column("word", "its value, where it is none: text as it is, the rest as JSON", "p.word"),
    ),
    "run_params p JOIN runs r ON r.run = p.run",
)

_PLACES: Final = (
    "(SELECT run, step, item, state, reason, derived, attempts FROM steps"
    " UNION ALL SELECT DISTINCT o.run, o.step, coalesce(o.item, ''), NULL, NULL, FALSE,"
    " (SELECT count(*) FROM attempts n WHERE n.run = o.run AND n.step = o.step"
    " AND coalesce(n.item, '') = coalesce(o.item, ''))"
    " FROM attempts o JOIN runs q ON q.run = o.run WHERE q.state IS NULL)"
)

STEPS: Final = View(
    "v_steps",
    "one step of a run, or one item of a fan-out (which has a row of its own besides, with a null `item`)",
    (
        *_RUN,
        Column("step", "the step; inside of a group `GROUP.STEP`", "s.step"),
        Column("item", "number of the item of a fan-out, as text; null for the step itself", "nullif(s.item, '')"),
        Column(
            "state",
            "`succeeded`, `failed`, `skipped`, `cached`, `cancelled`; before the end of the run also `running`",
            "coalesce(s.state, a.state, 'running')",
        ),
        Column(
            "reason",
            "why, where it did not succeed: `exit-code`, `timeout`, `condition-false`, …",
            "coalesce(s.reason, a.reason)",
        ),
        Column("derived", "whether nobody said so and it follows from the rest", "s.derived"),
        Column("attempts", "how often its command was started", "s.attempts"),
        Column("started", "when its last attempt began", "{moment:a.started}"),
        Column("ended", "when that ended", "{moment:a.ended}"),
        Column("duration", "seconds of that", _seconds("a")),
        Column("exit_code", "of that", "a.exit_code"),
        Column("message", "what it said of its failure", "a.message"),
        Column("host", "where it ran", "a.host"),
        Column("cpu", "seconds of processor time", "a.cpu"),
        Column("max_rss", "bytes of memory at its peak", "a.max_rss"),
    ),
    f"{_PLACES} s JOIN runs r ON r.run = s.run LEFT JOIN attempts a ON a.attempt = {LAST.format('s')}",
)

VALUES: Final = View(
    "v_values",
    "one output of an attempt that is a value",
    (
        *_PLACE,
        _LAST,
        Column("name", "the output", "o.name"),
        Column("value", "JSON", "o.value"),
        Column("number", "the value, where it is a number", "{number:o.value}"),
    ),
    f"{_OF_ATTEMPTS.format('outputs o', 'o')} WHERE o.value IS NOT NULL",
)

METRICS: Final = View(
    "v_metrics",
    "one metric of an attempt",
    (
        *_PLACE,
        _LAST,
        Column("name", "the metric", "m.name"),
        Column("value", "its last value; null for NaN", "m.value"),
        Column("at", "the step of the training, or whatever it was logged by, of the last value", "m.at"),
        Column("points", "how many values there are", "m.points"),
        Column("low", "the lowest", "m.low"),
        Column("high", "the highest", "m.high"),
        Column("time", "when the last value was logged", "{moment:m.time}"),
    ),
    _OF_ATTEMPTS.format("latest m", "m"),
)

POINTS: Final = View(
    "v_points",
    "one value of a metric",
    (
        *_PLACE,
        Column("name", "the metric", "p.name"),
        Column("value", "the value; null for NaN", "p.value"),
        Column("at", "the step of the training, or whatever it was logged by", "p.at"),
        Column("time", "when it was logged", "{moment:p.time}"),
    ),
    _OF_ATTEMPTS.format("metrics p", "p"),
)

_VERSIONS: Final = (
    "(SELECT g.pipeline, g.source, g.digest, row_number() OVER (PARTITION BY g.pipeline, g.source"
    " ORDER BY g.made, g.digest) AS version FROM (SELECT q.pipeline, i.source, i.digest, min(i.written) AS made"
    " FROM outputs i JOIN runs q ON q.run = i.run WHERE i.digest IS NOT NULL"
    " GROUP BY q.pipeline, i.source, i.digest) g)"
)

ARTIFACTS: Final = View(
    "v_artifacts",
    "one artifact that an attempt left",
    (
        *_PLACE,
        _LAST,
        Column("name", "`STEP.OUTPUT`", "o.source"),
        Column("version", "its content among the contents of that name in the pipeline, from 1 on", "v.version"),
        Column("kind", "`dataset`, `model`, …", "o.kind"),
        Column("hash", "of a file its SHA-256, of a folder its dirHash; null where it was not read", "{hash:o.digest}"),
        Column("digest", "JSON: all that is known of its content", "o.digest"),
        Column("size", "bytes", "o.size"),
        Column("files", "how many, where it is a folder", "o.files"),
        Column("uri", "where it lies", "o.uri"),
        Column("written", "when it was made", "{moment:o.written}"),
    ),
    f"{_OF_ATTEMPTS.format('outputs o', 'o')} LEFT JOIN {_VERSIONS} v"
    " ON v.pipeline = r.pipeline AND v.source = o.source AND v.digest = o.digest WHERE o.digest IS NOT NULL",
)

_EDGES: Final = (
    "(SELECT attempt, 'made' AS way, source AS port, source, digest FROM outputs WHERE digest IS NOT NULL"
    " UNION ALL SELECT attempt, 'read', port, source, digest FROM uses)"
)

LINEAGE: Final = View(
    "v_lineage",
    "one artifact that an attempt made, or read; what was read is known once the run is over",
    (
        *_PLACE,
        Column("way", "`made` or `read`", "e.way"),
        Column("port", "what the step calls it: `STEP.OUTPUT`, or `STEP.INPUT`", "e.port"),
        Column("artifact", "`STEP.OUTPUT` of the run, that it was made as", "e.source"),
        Column("hash", "as in `v_artifacts`: the same content, whichever run or pipeline made it", "{hash:e.digest}"),
        Column("digest", "JSON, likewise", "e.digest"),
    ),
    _OF_ATTEMPTS.format(f"{_EDGES} e", "e"),
)

REMARKS: Final = View(
    "v_remarks",
    "one thing that the code of a step said of itself, or that was found out about it",
    (
        *_PLACE,
        Column("kind", "`param`, `tag`, `note`, `captured`", "m.kind"),
        Column("name", "of what", "m.name"),
        Column("value", "JSON", "m.value"),
        Column("time", "when it was said", "{moment:m.time}"),
    ),
    _OF_ATTEMPTS.format("remarks m", "m"),
)

VIEWS: Final = (RUNS, PARAMS, STEPS, VALUES, METRICS, POINTS, ARTIFACTS, LINEAGE, REMARKS)
