"""The settings of each target, in the page of that target: between two marks, from the tables that check them."""

from __future__ import annotations

import json
from pathlib import Path

from pipeglot_backends import setting_schemas
from pipeglot_backends.settings import Setting
from pipeglot_backends.targets import BUILT_IN

HERE = Path(__file__).parent
BEGIN, END = "<!-- settings: written by `make docs` -->", "<!-- end of settings -->"


def page(target: str) -> str:
    """The page as it lies there, with its table as it should be."""
    text = (HERE / "targets" / f"{target}.md").read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"targets/{target}.md has no `{BEGIN}` and `{END}`")
    return f"{before}{BEGIN}\n{_table(target)}\n{END}{after}"


def _table(target: str) -> str:
    settings = setting_schemas.table(target)
    heads = f"| `{target}: {{…}}` | what it is | for example | without it |\n|---|---|---|---|\n"
    return heads + "\n".join(_row(name, setting) for name, setting in settings.items())


def _row(name: str, setting: Setting) -> str:
    owners = f" Only with the operator {' or '.join(f'`{each}`' for each in setting.owners)}." if setting.owners else ""
    choices = f" One of {', '.join(f'`{each}`' for each in setting.choices)}." if setting.choices else ""
    example = "" if setting.example is None else f"`{_written(setting.example)}`"
    otherwise = f"`{setting.default}`" if setting.default is not None else setting.otherwise
    return f"| `{name}` | {setting.says}{choices}{owners} | {example} | {otherwise} |"


def _written(value: object) -> str:
    """As it is written in YAML."""
    return value if isinstance(value, str) and not value[0].isdigit() else json.dumps(value)


PAGES = {f"targets/{target}.md": target for target in BUILT_IN}
