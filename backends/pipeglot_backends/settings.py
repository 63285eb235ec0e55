"""What is wrong with a target's map of settings in a profile, in words that all targets share."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, cast
from urllib.parse import urlsplit

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.suggestions import Meant
from pipeglot.ir import Json, Origin


@dataclass(frozen=True, slots=True)
class Form:
    """What a text has to be. `pattern` is for editors too; `holds` knows more than it."""

    pattern: str
    wanted: str
    longest: int = 4096
    holds: Callable[[str], bool] | None = None

    def __call__(self, text: str) -> str | None:
        """What it has to be, where it is not."""
        sound = self.holds(text) if self.holds else bool(re.fullmatch(self.pattern, text))
        return None if sound and len(text) <= self.longest else self.wanted

    def of(self, value: Json) -> str | None:
        """What is wrong with a value, as the end of a sentence."""
        if not isinstance(value, str):
            return "is text, and here is something else"
        wanted = self(value)
        return f"is `{value[:60]}`, and {wanted}" if wanted else None


@dataclass(frozen=True, slots=True)
class Flag:
    """On or off."""

    def of(self, value: Json) -> str | None:
        return None if isinstance(value, bool) else "is `true` or `false`, and here is something else"


@dataclass(frozen=True, slots=True)
class Several:
    """A list of texts of one form."""

    form: Form

    def of(self, value: Json) -> str | None:
        if not isinstance(value, list):
            return "is a list of texts, and here is something else"
        return next((f"has an element that {said}" for said in map(self.form.of, value) if said), None)


Shape: TypeAlias = Form | Flag | Several


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a target, as it is checked, and as pages and editors tell of it.

    `default` is a value, `otherwise` says in words what stands where it is not given. `owners` are the operators that
    it means something to, where not all.
    """

    says: str
    form: Shape | None = None
    example: Json = None
    default: Json = None
    otherwise: str = ""
    choices: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


def forms(settings: Mapping[str, Setting]) -> Mapping[str, Shape]:
    return {name: _form(setting) for name, setting in settings.items()}


def _form(setting: Setting) -> Shape:
    return _one_of(setting.choices) if setting.choices else setting.form or LINE


def _one_of(choices: tuple[str, ...]) -> Form:
    return Form("|".join(map(re.escape, choices)), f"there are {', '.join(f'`{each}`' for each in choices)}")


def _matching(pattern: str, wanted: str, longest: int = 253) -> Form:
    return Form(pattern, wanted, longest)


_LABEL: Final = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
NAMESPACE: Final = _matching(_LABEL, "a namespace has lower-case letters, digits and inner dashes, at most 63", 63)
OBJECT: Final = _matching(
    rf"{_LABEL}(?:\.{_LABEL})*", "an object of Kubernetes has lower-case letters, digits, inner dashes and dots"
)
SEMAPHORE: Final = _matching(
    rf"{_LABEL}(?:\.{_LABEL})*/[-._a-zA-Z0-9]{{1,253}}", "it is the key of a ConfigMap: `CONFIGMAP/KEY`", 507
)
NODE_LABEL: Final = _matching(
    rf"(?:{_LABEL}(?:\.{_LABEL})*/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{{0,61}}[A-Za-z0-9])?",
    "a label of a node is `NAME` or `DOMAIN/NAME`",
    317,
)
LINE: Final = _matching(r"(?! )[^\x00-\x1f\x7f]+(?<! )", "it is one line without blanks around it", 4096)
TEXT: Final = _matching(r"[^\x00]+", "it is empty", 4096)
WORD: Final = _matching(r"[^\s\x00-\x1f\x7f]+", "it is a name without blanks", 250)
PROJECT: Final = _matching(
    r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]", "a project's id has 6 to 30 lower-case letters, digits and dashes"
)
REGION: Final = _matching(r"[a-z]+(?:-[a-z]+)+[0-9]+", "a region is named as `europe-west4`")
ACCOUNT: Final = _matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "a service account is named by its address: `NAME@PROJECT.…`")
NETWORK: Final = _matching(
    r"projects/[^/\s]+/global/networks/[^/\s]+", "it is `projects/NUMBER/global/networks/NAME`", 400
)
DURATION: Final = _matching(
    r"(?:[0-9]{1,9}[smhd])+", "it is whole seconds, with units: `90s`, `1h30m`, `7d` (s, m, h, d)", 40
)
TAG: Final = _matching(r"(?! )[^\x00-\x1f\x7f]+(?<! )", "a tag is one line of at most 100 characters", 100)
BUCKET: Final = _matching(
    r"(?:gs://)?[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](?:/[^\s]*)?",
    "it is a bucket, or a place in one: `gs://BUCKET/PATH`",
    1100,
)


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text: str) -> int:
    """Of a `DURATION`."""
    return sum(int(number) * _SECONDS[unit] for number, unit in re.findall("([0-9]+)([smhd])", text))


def url(*schemes: str) -> Form:
    """An address with a host, by one of these protocols."""
    wanted = f"it is an address that begins with {' or '.join(f'`{each}://`' for each in schemes)}"
    return Form(_beginning(schemes), wanted, holds=lambda text: _is_url(text, schemes))


def _beginning(schemes: tuple[str, ...]) -> str:
    return rf"(?:{'|'.join(schemes)})://[^\s]+"


def _is_url(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    sound = text.isprintable() and " " not in text and port != 0
    return sound and parts.scheme in schemes and bool(parts.hostname or (parts.scheme == "unix" and parts.path))


def place(*schemes: str) -> Form:
    """A place in a store: `s3://bucket/path`."""
    wanted = f"it is a place in a store: {', '.join(f'`{each}://…`' for each in schemes)}"
    return Form(_beginning(schemes), wanted, holds=lambda text: _is_url(text, schemes))


def fault(name: str, message: str, hint: str | None = None) -> Diagnostic:
    """The place is told by the name of the setting; whoever knows the profile completes it."""
    return Diagnostic("PG430", message, Origin("", (name,)), hint=hint)


def not_texts(target: str, given: Mapping[str, Json], known: Collection[str] | Mapping[str, Shape]) -> list[Diagnostic]:
    """Names that the target has not, and values that are something else than they have to be: texts, most of them."""
    shapes = _shapes(known)
    found: list[Diagnostic] = []
    for name, value in given.items():
        if name not in known:
            found.append(unknown(target, name, sorted(known)))
        elif said := shapes.get(name, LINE).of(value):
            found.append(fault(name, f"`{target}.{name}` {said}"))
    return found


def _shapes(known: object) -> Mapping[str, Shape]:
    return cast("Mapping[str, Shape]", known) if isinstance(known, Mapping) else {}


_WORDS_OF_OTHERS: Final = {
    **dict.fromkeys(("location", "zone"), "region"),
    **dict.fromkeys(("project_id", "gcp_project"), "project"),
    **dict.fromkeys(("staging_bucket", "gcs_bucket"), "bucket"),
    **dict.fromkeys(("root", "pipeline_root_dir"), "pipeline_root"),
    **dict.fromkeys(("ns", "kube_namespace"), "namespace"),
    **dict.fromkeys(("argo_server", "server_url"), "server"),
    **dict.fromkeys(("endpoint", "base_url", "host_url"), "host"),
    **dict.fromkeys(("webserver", "api_url"), "url"),
    **dict.fromkeys(("dags", "dags_folder", "dag_dir"), "dag_folder"),
    **dict.fromkeys(("serviceAccountName", "service_account_name", "sa"), "service_account"),
}


def unknown(target: str, name: str, known: Collection[str]) -> Diagnostic:
    word = _WORDS_OF_OTHERS.get(name)
    meant = Meant(name, lambda: known)
    hint = None if meant.told() else f"known are {', '.join(known)}"
    if word in known:
        return Diagnostic(
            "PG430",
            f"`{target}` has no setting `{name}`",
            Origin("", (name,)),
            hint=f"did you mean `{word}`?",
            key=True,
        )
    found = Diagnostic(
        "PG430", f"`{target}` has no setting `{name}`", Origin("", (name,)), hint=hint, key=True, meant=meant
    )
    return found.hinted()
