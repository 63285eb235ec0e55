"""Two changes that look at more than one place: a profile with settings of targets, and a name of other letters."""

from __future__ import annotations

import json
from random import Random

from tests.fuzz.hostile import SCALARS
from tests.fuzz.trees import Map, Node, Scalar, Seq, inner

from pipeglot_backends.setting_schemas import table
from pipeglot_backends.targets import BUILT_IN

LETTERS = (
    "é", "e\u0301", "\u0430", "\u202e", "\u200b", "\u00ad", "\ufeff", "\u2028", "\U0001f600", "\u0660", "ß", "ﬁ", "İ",
    "\u3000", "\u00a0", "\ud800", "\x00", "\x1b[2J", "\n", "\t", " ", "'", '"', "`", "$", "\\", "/", "..", ":", "#",
    "%", "{{", "${{", "x" * 300,
)  # fmt: skip
"""Composed or not, of another script, without width, from right to left, no letters at all."""
FIELDS = ("name", "artifacts", "records", "schedule", "params", "defaults", "steps", "kubernetes", "sidecar")
SETTINGS = {target: [*table(target)] for target in BUILT_IN}


def with_profile(random: Random, tree: Node, names: list[str]) -> None:
    """One more, or another value in one that is there."""
    if not isinstance(tree, Map):
        return
    profiles = next((value for key, value in tree.pairs if key == "profiles" and isinstance(value, Map)), None)
    if profiles is None:
        profiles = Map([])
        tree.pairs.append(("profiles", profiles))
    target = random.choice([*BUILT_IN])
    profile = Map([("target", Scalar(random.choice((target, target, f"{target}@1", random.choice(SCALARS)))))])
    settings = [
        (key, _setting(random, names)) for key in random.sample(SETTINGS[target], min(2, len(SETTINGS[target])))
    ]
    profile.pairs.append((target, Map(settings)))
    if random.random() < 0.4:
        profile.pairs.append((random.choice(FIELDS), _setting(random, names)))
    profiles.pairs.append((random.choice(("dev", "prod", random.choice(names or ["a"]))), profile))


def _setting(random: Random, names: list[str]) -> Node:
    value = Scalar(random.choice((*GOOD, random.choice(SCALARS), random.choice(names or ["a"]))))
    forms: tuple[Node, ...] = (value, value, value, Seq([value]), Map([(random.choice(names or ["a"]), value)]))
    return random.choice(forms)


GOOD = ("bash", "docker", "kubernetes", "https://a.example.com", "gs://a/b", "s3://a/b", "/dags", "team", "3", "true")


def renamed(random: Random, tree: Node, names: list[str]) -> None:
    """A name gets another letter, wherever it is named."""
    old = random.choice(names or ["a"])
    if not old.isidentifier():
        return
    at = random.randint(0, len(old))
    new = old[:at] + random.choice(LETTERS) + old[at:]
    for each in inner(tree):
        if isinstance(each, Map):
            each.pairs = [(json.dumps(new) if key == old else key, value) for key, value in each.pairs]
        elif isinstance(each, Scalar) and old in each.raw and random.random() < 0.9:
            plain = each.raw[:1] not in ("'", '"')
            each.raw = json.dumps(each.raw.replace(old, new)) if plain else each.raw.replace(old, json.dumps(new)[1:-1])
