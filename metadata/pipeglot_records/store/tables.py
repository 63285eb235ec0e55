"""The tables of the store: the journal, which is the truth, and what is projected from it."""

from __future__ import annotations

import sqlalchemy as sql

SCHEMA = 5
"""Raised when a projection, a view or a table is another: an older store is then rebuilt from its journal."""

metadata = sql.MetaData()

_EVENT_SHAPE = sql.text("shape = 1")
ON_POSTGRESQL = {"postgresql_where": _EVENT_SHAPE}
"""Of the index by shape; said when tables are made: to be told of it here SQLAlchemy would load all of that dialect."""


def _id(name: str, primary_key: bool = False) -> sql.Column[str]:
    return sql.Column(name, sql.Text, nullable=False, primary_key=primary_key)


def _text(name: str) -> sql.Column[str]:
    return sql.Column(name, sql.Text)


def _time(name: str) -> sql.Column[int]:
    return sql.Column(name, sql.BigInteger)


def _count(name: str) -> sql.Column[int]:
    return sql.Column(name, sql.BigInteger, nullable=False)


store_meta = sql.Table(
    "store_meta",
    metadata,
    _id("key", primary_key=True),
    _text("value"),
    comment="what the store itself is: its schema",
)

definitions = sql.Table(
    "definitions",
    metadata,
    _id("hash", primary_key=True),
    _id("pipeline"),
    _id("body"),
    comment="definitions as compile wrote them, by their hash",
)

events = sql.Table(
    "events",
    metadata,
    _id("run", primary_key=True),
    _id("writer", primary_key=True),
    sql.Column("seq", sql.BigInteger, primary_key=True, autoincrement=False),
    _id("kind"),
    _text("attempt"),
    sql.Column("shape", sql.SmallInteger, nullable=False),
    _id("body"),
    # The few events that carry state are read again and again; points and heartbeats, which can be many, are not.
    sql.Index("events_shape", "run", "attempt", sqlite_where=_EVENT_SHAPE),
    sqlite_with_rowid=False,
    comment="the journal, which is the truth: every event as it was written, once",
)

tokens = sql.Table(
    "tokens",
    metadata,
    _id("name", primary_key=True),
    _id("role"),
    _id("hash"),
    _count("made"),
    sqlite_with_rowid=False,
    comment="who may ask the server for what; in no journal, so that a rebuild leaves it alone",
)

model_acts = sql.Table(
    "model_acts",
    metadata,
    sql.Column("seq", sql.BigInteger, primary_key=True, autoincrement=False),
    _id("model"),
    _id("act"),
    sql.Column("version", sql.BigInteger),
    _text("name"),
    _text("value"),
    _text("origin"),
    _id("who"),
    _count("time"),
    sql.Index("model_acts_model", "model", "seq"),
    comment="what was done to models, in order; in no journal of runs, so that a rebuild leaves it alone",
)

webhooks = sql.Table(
    "webhooks",
    metadata,
    _id("name", primary_key=True),
    _id("variable"),
    _text("model"),
    _count("sent"),
    comment="who is told what is done to models: of which, by an address in which variable, and up to which act",
)

runs = sql.Table(
    "runs",
    metadata,
    _id("run", primary_key=True),
    _text("pipeline"),
    _text("definition"),
    _text("target"),
    _text("profile"),
    _text("native"),
    _text("params"),
    _text("state"),
    _time("started"),
    _time("ended"),
    _count("first"),
    _count("seen"),
    sql.Index("runs_first", "first", "run"),
    sql.Index("runs_pipeline", "pipeline", "first"),
    comment="runs; state is null before the end, times are nanoseconds since 1970",
)

run_params = sql.Table(
    "run_params",
    metadata,
    _id("run", primary_key=True),
    _id("name", primary_key=True),
    sql.Column("number", sql.Double),
    _text("word"),
    sql.Index("run_params_number", "name", "number"),
    sqlite_with_rowid=False,
    comment="what runs were given, but the sensitive: numbers as number, all else as word, text as it is or JSON",
)

attempts = sql.Table(
    "attempts",
    metadata,
    _id("attempt", primary_key=True),
    _id("run"),
    _id("step"),
    _text("item"),
    _time("started"),
    _time("ended"),
    _text("state"),
    _text("reason"),
    sql.Column("exit_code", sql.BigInteger),
    _text("signal"),
    _text("message"),
    _text("engine"),
    _text("native"),
    _text("definition"),
    _text("host"),
    sql.Column("cpu", sql.Double),
    sql.Column("max_rss", sql.BigInteger),
    sql.Index("attempts_run", "run", "step"),
    comment="attempts of steps: a command that was started, or taken from an earlier run",
)

outputs = sql.Table(
    "outputs",
    metadata,
    _id("attempt", primary_key=True),
    _id("name", primary_key=True),
    _id("run"),
    _id("source"),
    _text("value"),
    _text("kind"),
    _text("digest"),
    sql.Column("size", sql.BigInteger),
    sql.Column("files", sql.BigInteger),
    _text("uri"),
    _count("written"),
    sql.Index("outputs_source", "source", "digest"),
    sql.Index("outputs_digest", "digest"),
    sql.Index("outputs_run", "run"),
    comment="outputs of attempts; the same source (STEP.OUTPUT) with the same digest is the same artifact",
)

remarks = sql.Table(
    "remarks",
    metadata,
    _id("run", primary_key=True),
    _id("writer", primary_key=True),
    sql.Column("seq", sql.BigInteger, primary_key=True, autoincrement=False),
    _id("attempt"),
    _id("kind"),
    _id("name"),
    _text("value"),
    _time("time"),
    sql.Index("remarks_name", "kind", "name"),
    sqlite_with_rowid=False,
    comment="params, tags and notes of attempts, each as it was said",
)
"""Values can be longer than what an index of PostgreSQL holds."""

metrics = sql.Table(
    "metrics",
    metadata,
    _id("run", primary_key=True),
    _id("writer", primary_key=True),
    sql.Column("seq", sql.BigInteger, primary_key=True, autoincrement=False),
    _id("attempt"),
    _id("name"),
    sql.Column("value", sql.Double),
    sql.Column("at", sql.Double),
    _time("time"),
    sql.Index("metrics_name", "attempt", "name"),
    sqlite_with_rowid=False,
    comment="every value of every metric; null stands for NaN",
)

latest = sql.Table(
    "latest",
    metadata,
    _id("attempt", primary_key=True),
    _id("name", primary_key=True),
    _id("run"),
    sql.Column("value", sql.Double),
    sql.Column("at", sql.Double),
    _count("time"),
    _id("writer"),
    _count("seq"),
    _count("points"),
    sql.Column("low", sql.Double),
    sql.Column("high", sql.Double),
    sql.Index("latest_value", "name", "value"),
    comment="of each metric of an attempt the last value, the lowest and the highest",
)

steps = sql.Table(
    "steps",
    metadata,
    _id("run", primary_key=True),
    _id("step", primary_key=True),
    _id("item", primary_key=True),
    _id("state"),
    _text("reason"),
    sql.Column("derived", sql.Boolean, nullable=False),
    _count("attempts"),
    comment="steps of runs that are over, with the states that follow; item is empty for the step itself",
)

uses = sql.Table(
    "uses",
    metadata,
    _id("run", primary_key=True),
    _id("attempt", primary_key=True),
    _id("port", primary_key=True),
    sql.Column("position", sql.BigInteger, primary_key=True, autoincrement=False),
    _id("source"),
    _id("digest"),
    sql.Index("uses_source", "source", "digest"),
    sql.Index("uses_digest", "digest"),
    sql.Index("uses_attempt", "attempt"),
    comment="what attempts of runs that are over read, with the digest that its maker left",
)

OUTSIDE = "outside"
"""The kind of what no step made: its `source` is an address, in which is always a `/`."""

lineage = sql.Table(
    "lineage",
    metadata,
    _id("run", primary_key=True),
    _id("source", primary_key=True),
    _id("target", primary_key=True),
    comment="pairs of an artifact and the input that it went to, of runs that are over",
)

PROJECTED = (runs, run_params, attempts, outputs, remarks, metrics, latest, steps, uses, lineage)
"""All that `rebuild` empties and fills again."""
