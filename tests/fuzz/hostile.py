"""What is put where something else is expected: scalars as they are written, and expressions made of their grammar."""

from __future__ import annotations

import json
from random import Random

SCALARS = (
    "", "null", "~", "true", "False", "yes", "no", "on", "y", "0", "-0", "1", "-1", "1.10", "1e3", "1e400", "-1e400",
    ".inf", "-.inf", ".nan", "0x7fff1", "0o17", "017", "1_000", "+5", "9007199254740993", "-9007199254740993",
    "1" * 400, "1" * 5000, "1e999999999", "1" * 40 + ".5", "2026-11-22", "2026-11-22T10:00:00Z", "12:30:45", "=", "<<",
    '""', "' '", '"\\u0000"', '"\\ud800"', '"\\udc00x"', '"\\ud83d\\ude00"', '"\\U0001F600"', '"\\uFEFF"', '"\\u2028"',
    '"\\x7f"', '"\\u0085"', '"\\t"', '"\\n"', '"a\\nb"', '"\\r"', '"\\e[31m"', '"\\u202e"', "é", "ｐ", "日本", "ß", "İ",
    "[]", "{}", "[[]]", "[null]", "{a: null}", "{1: 2}", "{null: 1}", "{[1]: 2}", "{? a}", "[1, a, {}]", "*a", "&a 1",
    "!!int 1", "!!python/name:os.system x", "!x y", "!!binary aGk=", "!!set {a}", "|\n   x", ">-\n   x", "# x", "@x",
    "`x`", "%x", "%s", "%(x)s", "{0}", "{{ x }}", '"{{ x }}"', '"{% raw %}"', '"{{inputs.parameters.x}}"', '"$(x)"',
    '"$$"', '"${x}"', '"`id`"', "'\"'", '"\'"', '"\\\\"', "'''", '"\\"\\"\\""', "/", "//", "..", "../x", "./x.yaml",
    "/etc/passwd", "pipeline.yaml", "./pipeline.yaml", "a" * 300, "a" * 70_000, "é" * 30_000, "a b", "a,b", "a-b", "A",
    "a.b", "-", "_", "x" * 64, "x" * 41, "1h", "0s", "1h30m", "-1s", "99999999999h", "1.5h", "500m", "1Gi", "1e3Gi",
    "0.0001", "s3://x/y", "gs://x", "gs://", "file:///x", "http://[::1", "ghcr.io/a/b:1", "a@sha256:0", "* * * * *",
    "0 0 30 2 *", "*/0 * * * *", "UTC", "Europe/Berlin", "airflow", "argo@4.0", "local@9", "kubeflow", "vertex",
    "docker",
    "kubernetes", "bash", "sh", "python", "string", "int", "float", "bool", "list", "dict", "file", "model", "metrics",
    "always", "failure", "[a]", "[a, a]", "json:x", "os.path:join", "__import__:x", "a:b", ":", "a:", "^(a+)+$", "'['",
    "'(?P<n>x)'", "'\\p{L}'", "'(?<=a)b'", "'x{99999}'",
)  # fmt: skip
RESPELT = {"1.10": "`1.1`", "1e3": "`1000.0`", "0x7fff1": "`524273`", "0o17": "`15`", "1_000": "`1000`", "+5": "`5`"}
"""How a value would be spelt by someone who had read it, and did not look at what is written."""
KEYS = (
    "null", "1", "true", "1.5", '""', "'a b'", "é", "x-y", "<<", "? x", "[a]", "{a: b}", "~", '"\\ud800"', '"\\u0000"',
    "a" * 300, "run", "python", "uses", "with", "image", "env", "inputs", "outputs", "needs", "when", "run_if",
    "foreach",
    "matrix", "retry", "timeout", "resources", "kubernetes", "workdir", "shell", "type", "default", "value", "artifact",
    "items", "enum", "min", "max", "pattern", "sensitive", "optional", "steps", "params", "profiles", "defaults",
    "on_exit", "schedule", "records", "metadata", "name", "kind", "apiVersion", "target", "airflow", "argo", "sidecar",
    "__class__", "model_config", "self", "secret", "key", "deadline", "fail_fast", "max_parallel", "labels",
    "2026-11-22",
)  # fmt: skip
_ROOTS = (
    "params.{0}", "inputs.{0}", "outputs.{0}", "steps.{0}.outputs.{1}", "steps.{0}.status", "item", "item.{0}", "index",
    "matrix.{0}", "run.id", "run.attempt", "run.status", "run.failed_steps", "run.scheduled_time", "run.{0}", "{0}",
    "steps.{0}", "steps", "params", "env.{0}", "item[0]", "params.{0}[0]", 'params["{0}"]',
)  # fmt: skip
_LITERALS = ("1", "-1", "0", "1.5", "'x'", '"x"', "''", "true", "false", "null", "[]", "[1, 'a']", "{}", "{'a': 1}",
             "9007199254740993", "1e400", "1" * 400, "'\\ud800'", "'é'", "01", "1.", ".5", "'")  # fmt: skip
_OPERATORS = (
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "&&",
    "||",
    "+",
    "-",
    "*",
    "/",
    "%",
    "and",
    "or",
    "in",
    "not in",
    "=",
    "??",
)
_FUNCTIONS = ("first_of", "json", "len", "string", "int", "float", "bool", "join", "default", "contains", "range", "x")


def expression(random: Random, names: list[str], depth: int = 0) -> str:
    """By the grammar for most of it."""
    kind = random.randrange(9 if depth < 5 else 3)
    if kind < 2:
        return random.choice(_ROOTS).format(_name(random, names), _name(random, names))
    if kind == 2:
        return random.choice(_LITERALS)
    one, two = (expression(random, names, depth + 1) for _ in range(2))
    forms = (
        f"{one} {random.choice(_OPERATORS)} {two}",
        f"{random.choice(_FUNCTIONS)}({one}, {two})",
        f"{random.choice(_FUNCTIONS)}({one})",
        f"({one})",
        f"!{one}",
        f"{one} ? {two} : {one}" if random.random() < 0.5 else f"[{one}, {two}]",
    )
    return forms[kind - 3]


def _name(random: Random, names: list[str]) -> str:
    return random.choice(names) if names and random.random() < 0.85 else random.choice(("x", "é", "", "0", "a-b", "_"))


def templated(random: Random, names: list[str]) -> str:
    """A scalar with an expression in it, alone or with text around it, whole or not."""
    inner = "(" * 300 + "1" + ")" * 300 if random.random() < 0.01 else expression(random, names)
    form = random.choice(
        ("${{ %s }}",) * 5 + ("${{%s}}", "a ${{ %s }} b", "${{ %s", "%s }}", "${{ ${{ %s }} }}", "$${{ %s }}")
    )
    return json.dumps(form.replace("%s", inner), ensure_ascii=False)


def typo(random: Random, word: str) -> str:
    """A letter lost, doubled, swapped or changed."""
    if len(word) < 2:
        return word + "x"
    at = random.randrange(len(word) - 1)
    forms = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + "x" + word[at + 1 :],
        word.upper(),
        word.replace("_", "-"),
        word + "s",
    )
    return random.choice(forms)
