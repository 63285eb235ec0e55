"""Mistakes of shape in our own words, each at its place, with the spelling that is wanted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from pipeglot import installed
from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.suggestions import Meant, nearest
from pipeglot.spec import foreign, naming
from pipeglot.spec.gathering import MEANT, TIMES
from pipeglot.spec.merging import Merged
from pipeglot.spec.naming import called, kind_of, path_of
from pipeglot.spec.schema import patterns, reserved, tags
from pipeglot.spec.schema.respelling import flow, long_form, respelt
from pipeglot.spec.shape import FIELDS, OF, OTHERS, Fault
from pipeglot.spec.spelled import spelled
from pipeglot_expression.values import kind, shortened, with_article

Said: TypeAlias = "tuple[str, str, str | None]"
"""A code, a message and a hint."""

WRITTEN = "written"
"""In the context of a fault: how the number or bool there was written."""
QUOTE = "put quotes around it"
UNQUOTE = "take the quotes off"
NOT_INSTALLED = ", and no target of that name is installed: `pipeglot targets` lists those that are"
_WORDS = {"int": "the number {}", "float": "the number {}", "bool": "the bool {}", "string": "the text `{}`"}


def translated(fault: Fault, merged: Merged) -> Diagnostic:
    path = path_of(fault.location)
    is_key = fault.location[-1:] == ("[key]",)
    if fault.kind == "missing":
        return _missing(fault, merged)
    if fault.kind == "extra_forbidden":
        return _unknown(path, fault, merged)
    if not is_key and kind(fault.found) in ("int", "float", "bool"):
        fault = fault._replace(context={**fault.context, WRITTEN: spelled(merged, path, fault.found)})
    code, message, hint = _key(path, fault) if is_key else _TOLD.get(fault.kind, _other)(path, fault)
    return Diagnostic(code, f"{message}{_elsewhere(fault)}", merged.origin(*path), hint=hint, key=is_key)


def found(fault: Fault) -> str:
    """What stands there, for messages."""
    value = fault.found
    if value is None:
        return "nothing"
    name = kind(value)
    text = value if isinstance(value, str) else str(fault.context.get(WRITTEN, ""))
    return _WORDS[name].format(shortened(text)) if name in _WORDS else with_article(name)


def _missing(fault: Fault, merged: Merged) -> Diagnostic:
    path = path_of(fault.location)
    owner, field = path[:-1], str(path[-1])
    message = f"{called(owner, fault.location)} has no `{field}`, which is required"
    hint: str | None = None
    if fault.location[-2:] == (tags.VALUE, "type"):
        message = f"{called(owner, fault.location)} has neither `type` nor `artifact`: it is a value or an artifact"
        hint = None
    elif fault.location[-2:] == (tags.LONG, "value"):
        hint = "a dict is written `{type: dict, value: {…}}`"
    return Diagnostic("PG303", f"{message}{_elsewhere(fault)}", merged.origin(*owner), hint=hint, key=bool(owner))


def _unknown(path: naming.Location, fault: Fault, merged: Merged) -> Diagnostic:
    owner, field = path[:-1], str(path[-1])
    origin, place = merged.origin(*path), kind_of(owner)
    if reserved.is_unbuilt(place, field):
        return Diagnostic("PG390", reserved.message(field), origin, key=True)
    what = called(owner, fault.location)
    if fault.location[-2:-1] == (tags.VALUE,) and field == "artifact":
        message = f"{what} is a value by `type` and an artifact by `artifact`: it is one of them"
        return Diagnostic("PG319", message, origin, key=True)
    if fault.location[-2:-1] == (tags.OUTSIDE,) and field in ("value", "type", "items"):
        message = f"{what} has `uri` and `{field}`: its data comes from outside, or it is given a value"
        return Diagnostic("PG319", message, origin, key=True)
    if not owner and fault.location[0] == tags.GRAPH and field in BODIES:
        message = f"the component has `{field}` and `steps`: it is one step, or steps of its own"
        evidence = ((merged.origin("steps"), "`steps` are here"),)
        return Diagnostic("PG305", message, origin, evidence=evidence, key=True)
    message = f"{what} has no field `{shortened(field)}`{_so_many(fault)}"
    held = merged.fields(owner)
    hint = _instead(fault, held)
    settings = place == "profile" and hint is None and isinstance(fault.found, dict)
    if settings and nearest(field, _known(fault)) is None:
        return Diagnostic("PG217", message + NOT_INSTALLED, origin, key=True)
    elsewhere = None if hint else (None if owner else _of_step(field, fault)) or _ELSEWHERE.get((place, field))
    if elsewhere:
        return Diagnostic("PG210", f"{message}: {elsewhere}", origin, key=True)
    meant = None if hint else Meant(field, lambda: (each for each in _known(fault) if each not in held))
    return Diagnostic("PG210", message, origin, hint=hint, key=True, meant=meant)


def _known(fault: Fault) -> tuple[str, ...]:
    """What may stand there: in a profile the settings of every installed target too."""
    if FIELDS in fault.context:
        return tuple(fault.context[FIELDS])
    strangers = installed.names() if kind_of(path_of(fault.location[:-1])) in ("profile", "targets") else ()
    owner = path_of(fault.location[:-1])
    steps = ("steps",) if not owner and fault.location[0] == tags.COMPONENT else ()
    return (*naming.fields(fault.location[:-1]), *strangers, *steps)


def _so_many(fault: Fault) -> str:
    """How many more there are of it, where it stands for all."""
    others = fault.context.get(OTHERS, 0)
    beside = f", nor {others:,} others that stand beside it" if others else ""
    return f"{beside}{_elsewhere(fault)}"


def _elsewhere(fault: Fault) -> str:
    times = fault.context.get(TIMES, 1)
    return f", and so it is in {times - 1:,} other places" if times > 1 else ""


def _instead(fault: Fault, held: frozenset[str]) -> str | None:
    """The required field that was meant, or what stands for the word of another tool."""
    field, place = str(fault.location[-1]), kind_of(path_of(fault.location[:-1]))
    form = foreign.field(place, field, fault.found)
    if MEANT in fault.context and ":" not in (form or ""):
        return f"did you mean `{fault.context[MEANT]}`?"
    if form == "params" and fault.location[0] in (tags.COMPONENT, tags.GRAPH):
        return None if field == "inputs" else "did you mean `inputs`?"
    name = (form or "").partition(":")[0]
    if form is None or name in held or name not in naming.fields(fault.location[:-1]):
        return None
    if ":" not in form:
        return f"did you mean `{form}`?"
    fits = kind(fault.found) in ("int", "string", "list") and form.count("…") == 1 and "{…}" not in form
    value = flow(fault.found) if fits else "…"
    return f"write `{form.replace('…', value)}`"


def _of_step(field: str, fault: Fault) -> str | None:
    if field not in naming.step_fields() or nearest(field, naming.fields(fault.location[:-1])):
        return None
    if fault.location[0] == tags.GRAPH:
        return f"`{field}` belongs to each of its steps"
    return f"`{field}` belongs to a step, or under `defaults` for all steps"


_ELSEWHERE = {
    ("sidecar", "language"): "`python: IMAGE` brings one from another image where there is none",
    ("input", "mode"): "it belongs to data from outside, beside `uri`",
    ("input", "digest"): "it belongs to data from outside, beside `uri`",
    ("kubernetes", "namespace"): "all pods of a run are in one, which a profile names: `argo: {namespace: …}`",
    ("step", "namespace"): "all pods of a run are in one, which a profile names: `argo: {namespace: …}`",
    ("step", "name"): "a step is named by its key under `steps`",
    ("step", "id"): "a step is named by its key under `steps`",
    ("step", "runs-on"): "where steps run, a profile says: `profiles: {NAME: {target: …}}`",
}


def _text(path: naming.Location, fault: Fault) -> Said:
    field = kind_of(path)
    if field in _DURATIONS:
        hint = f"write `{fault.found}s`, with its unit" if kind(fault.found) in ("int", "float") else None
        return "PG304" if hint else "PG310", f"`{field}` is a duration, and here is {found(fault)}", hint
    if field == "when" and isinstance(fault.found, bool):
        return _settled(path, fault)
    message = f"{_where(path)} is text, and here is {found(fault)}"
    hint = QUOTE if kind(fault.found) in ("int", "float", "bool") else None
    return "PG302", message, hint


def _settled(path: naming.Location, fault: Fault) -> Said:
    """A condition that is none."""
    message = f"`when` is a condition, and here is {found(fault)}, which is the same in every run"
    hints = {True: "take it out: a step runs unless a condition says otherwise"}
    hint = hints.get(bool(fault.found), "ask a param: `when: ${{ params.NAME }}`, of type `bool` with `default: false`")
    return "PG307", message, hint


def _where(path: naming.Location) -> str:
    """A scalar as messages call it; those of lists and maps by the field that holds them."""
    if isinstance(path[-1], int):
        return f"an element of `{kind_of(path)}`"
    if path[-2:-1] == ("env",) or path[-2:-1] == ("labels",):
        return f"`{path[-1]}` of `{path[-2]}`"
    return f"`{path[-1]}`"


def _pattern(path: naming.Location, fault: Fault) -> Said:
    if fault.context["pattern"] == patterns.IMAGE:
        return _image(path, str(fault.found))
    pattern = str(fault.context["pattern"])
    code, wanted = _PATTERNS[pattern]
    better = respelt(str(fault.found), pattern)
    return code, f"{_where(path)} is {found(fault)}, and {wanted}", f"write `{better}`" if better else None


def _image(path: naming.Location, text: str) -> Said:
    where, better = _where(path), text.strip()
    if not text:
        return "PG301", f"{where} is empty", None
    if "${{" in text:
        return "PG309", f"{where} is plain text, and here an expression stands in it", None
    if "$" in text:
        message = f"{where} is `{shortened(text)}`, and nothing is put in the place of a variable"
        return "PG338", message, "name the image itself; a profile names another one by `defaults: {image: …}`"
    better = re.sub("^[a-z]+://", "", better)
    host, slash, rest = better.rpartition("/")
    name, colon, tag = rest.partition(":")
    better = f"{host.lower()}{slash}{name.lower()}{colon}{tag}"
    hint = f"write `{better}`" if better != text and _fits(better, patterns.IMAGE) else None
    return "PG338", f"{where} is `{shortened(text)}`, and an image is named `[HOST/]NAME[:TAG][@DIGEST]`", hint


def _key(path: naming.Location, fault: Fault) -> Said:
    pattern = str(fault.context.get("pattern"))
    what, wanted = _KEYS.get(pattern, ("a name", "names are not empty"))
    name = str(path[-1])
    better = name.lower().replace(" ", "_").replace("-", "_" if pattern == patterns.NAME else "-")
    hint = f"write `{better}`" if better != name and _fits(better, pattern) else None
    return "PG201", f"`{shortened(name)}` is no name of {what}: {wanted}", hint


def _fits(name: str, pattern: str) -> bool:
    return re.match(pattern, name) is not None


def _choice(path: naming.Location, fault: Fault) -> Said:
    value = fault.found
    expected = str(fault.context["expected"]).split("'")[1::2]
    known = ", ".join(f"`{each}`" for each in expected)
    meant = (foreign.value(value, expected) or nearest(value, expected)) if isinstance(value, str) else None
    meant = meant or (expected[0] if len(expected) == 1 else None)
    one = "one of " if len(expected) > 1 else ""
    message = f"{_where(path)} is {found(fault)}, and it can be {one}{known}"
    better = None if meant or not isinstance(value, str) else _of_artifact(path, value)
    return "PG317", message, f"did you mean `{meant}`?" if meant else better


def _of_artifact(path: naming.Location, word: str) -> str | None:
    better = foreign.artifact(kind_of(path), word) if kind_of(path[:-1]) == "output" else None
    return f"write `{better}`" if better else None


def _collection(path: naming.Location, fault: Fault) -> Said:
    wanted = "a list" if fault.kind == "list_type" else "a map"
    where = _where(path) if isinstance(path[-1], int) else called(path)
    message = f"{where} is {wanted}, and here is {found(fault)}"
    form = long_form(kind_of(path), fault.found)
    if fault.context.get(OF) == "text" and isinstance(fault.found, str):
        form = f"[{flow(fault.found)}]"
    hint = f"write `{form}`" if form else None
    return ("PG304" if hint else "PG301"), message, hint


BODIES = ("run", "python", "uses")


def _shape(path: naming.Location, fault: Fault) -> Said:
    field = kind_of(path)
    if fault.found is None:
        return "PG301", f"{called(path)} is empty, and there is no null", None
    if field == "output":
        return _collection(path, fault._replace(kind="dict_type"))
    wanted = _SHAPES.get("items" if path[-2:-1] == ("matrix",) else field, "another kind of value")
    return "PG301", f"{called(path)} is {wanted}, and here is {found(fault)}", None


_SHAPES = {
    "run": "a list of arguments or the text of a script",
    "items": "a list or an expression that makes one",
}


def _number(path: naming.Location, fault: Fault) -> Said:
    limits = {
        "greater_than_equal": f"at least {fault.context.get('ge')}",
        "less_than_equal": f"at most {fault.context.get('le')}",
    }
    wanted = limits.get(fault.kind, "a whole number")
    is_number = isinstance(fault.found, str) and _DIGITS.fullmatch(fault.found)
    return "PG318", f"{_where(path)} is {found(fault)}, and it has to be {wanted}", UNQUOTE if is_number else None


_DIGITS = re.compile("-?(0|[1-9][0-9]{0,18})")


def _file_mode(path: naming.Location, fault: Fault) -> Said:
    written = str(fault.context[WRITTEN])
    message = f"{_where(path)} is `{written}`, which is the decimal number {int(written)} in YAML 1.2, and no octal one"
    return "PG318", message, f"write `0o{written.lstrip('0') or '0'}`"


def _bool(path: naming.Location, fault: Fault) -> Said:
    word = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(str(fault.found).lower())
    if fault.found in ("true", "false"):
        return "PG301", f"{_where(path)} is `true` or `false`, and here is {found(fault)}", UNQUOTE
    hint = f"write `{word}`" if word and isinstance(fault.found, str) else None
    return "PG301", f"{_where(path)} is `true` or `false`, and here is {found(fault)}", hint


def _empty(path: naming.Location, fault: Fault) -> Said:
    return "PG301", f"{_where(path)} is empty", None


def _other(path: naming.Location, fault: Fault) -> Said:
    return "PG301", f"{called(path)} does not have the shape that is wanted, and here is {found(fault)}", None


_DURATIONS = ("timeout", "deadline", "delay", "max_delay", "termination_grace")
_NAME = "lower-case letters, digits and `_`, at most 40, a letter first"
_PATTERNS = {
    patterns.PIPELINE: (
        "PG201",
        "a pipeline's name has lower-case letters, digits and inner dashes, at most 40",
    ),
    patterns.DURATION: ("PG310", "a duration is numbers with units: `90s`, `1h30m` (ms, s, m, h, d)"),
    patterns.CPU: ("PG311", "processors are counted as `500m`, `2` or `0.5`"),
    patterns.SIZE: ("PG311", "a size is a whole number with a unit: `512Mi`, `16Gi` (Ki Mi Gi Ti K M G T)"),
    patterns.FUNCTION: ("PG315", "a function is named `module:function`"),
    patterns.NOTEBOOK: ("PG315", "a notebook is named by its file, `*.ipynb`, in the folder of the code"),
    patterns.TARGET: ("PG301", "a target is named `NAME` or `NAME@VERSION`"),
    patterns.SECRET: ("PG301", "a secret is named by lower-case letters, digits, `.` and inner dashes"),
    patterns.SECRET_KEY: ("PG301", "a key of a secret has letters, digits, `.`, `_` and `-`"),
    patterns.POD_FIELD: (
        "PG301",
        "Kubernetes tells of `metadata.name`, `.namespace`, `.uid`, `.labels['KEY']`, `.annotations['KEY']`, "
        "`spec.nodeName`, `spec.serviceAccountName`, `status.podIP` and `status.hostIP`",
    ),
    patterns.QUANTITY: ("PG311", "a quantity is a number with a unit of Kubernetes: `512Mi`, `1.5Gi`, `500m`"),
    patterns.RESOURCE: ("PG301", "a resource is named `DOMAIN/NAME`: `nvidia.com/mig-1g.5gb`"),
    patterns.MOUNT: ("PG301", "a volume is mounted at an absolute path without `:`"),
    patterns.FORMAT: ("PG301", "a format is a word or a file ending: `csv`"),
    patterns.DIGEST: ("PG348", "a digest is `sha256:` and 64 digits, 0 to 9 and a to f"),
}
_KEYS = {
    patterns.STEP: ("a step", f"{_NAME.replace('`_`', '`_`, `-`')}"),
    patterns.NAME: ("a param, input, output or axis", _NAME),
    patterns.ENV: ("an environment variable", "letters, digits and `_`, no digit first"),
    patterns.PROFILE: ("a profile", "lower-case letters, digits, `_`, `-`, at most 40"),
}
_TOLD: dict[str, Callable[[naming.Location, Fault], Said]] = {
    "string_type": _text,
    "string_pattern_mismatch": _pattern,
    "string_too_short": _empty,
    "too_short": _empty,
    "literal_error": _choice,
    "list_type": _collection,
    "dict_type": _collection,
    "union_tag_not_found": _shape,
    "int_type": _number,
    "int_from_float": _number,
    "greater_than_equal": _number,
    "less_than_equal": _number,
    "file_mode": _file_mode,
    "bool_type": _bool,
}
