"""What is said of a change: that it was made, or why it was not."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipeglot.cli.printing import print_text, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeglot_records.registry.gate import Figure
    from pipeglot_records.registry.models import Model, Version
    from pipeglot_records.store.database import Store


def figures_of(store: Store, version: Version, required: Sequence[str]) -> list[Figure]:
    from pipeglot_records.queries.filter import FilterFault, NotComparable
    from pipeglot_records.registry.gate import figures

    try:
        return figures(store, version.origin.run, required)
    except FilterFault as fault:
        place = f"{fault.message}, at letter {fault.start + 1} of the condition"
        raise SpecRejected([Diagnostic("PG553", place, hint=fault.hint)]) from None
    except NotComparable as fault:
        raise SpecRejected([Diagnostic("PG553", str(fault))]) from None


def refuse(options: argparse.Namespace, name: str, version: Version, figures: Sequence[Figure]) -> int:
    from pipeglot_records.registry import forms

    if options.format == "json":
        say_json({"model": name, "version": version.number, "gate": [forms.figure_json(each) for each in figures]})
    else:
        print_text(f"{name}@{version.number} is not promoted: run {version.origin.run}\n{forms.gate(figures)}")
    return 1


def say(options: argparse.Namespace, model: Model, version: Version, what: str, figures: Sequence[Figure] = ()) -> None:
    from pipeglot_records.registry import forms

    if options.format == "json":
        gate = {"gate": [forms.figure_json(each) for each in figures]} if figures else {}
        say_json({**forms.version_json(model, version), **gate})
        return
    called = ", ".join(alias for alias, number in sorted(model.aliases.items()) if number == version.number)
    head = f"{model.name}@{version.number} {what}{f' ({called})' if called else ''}\n"
    print_text(head + (forms.gate(figures) if figures else ""))


def gone(options: argparse.Namespace, model: Model) -> None:
    """That an alias means nothing any more."""
    from pipeglot_records.registry import forms

    if options.format == "json":
        say_json(forms.as_json(model))
    else:
        print_text(f"nothing is {model.name}@{options.alias} any more\n")
