"""Models of the registry, with their versions and what was done to them."""

from __future__ import annotations

from typing import Final

from pipeglot_records.registry import declared, forms, history, models
from pipeglot_records.server.pages.page import Asked, Page, Shown


def listed(asked: Asked) -> Shown:
    declared.take_up(asked.store)
    return {"models": [forms.as_json(each) for each in models.models(asked.store)]}


def shown(asked: Asked) -> Shown:
    declared.take_up(asked.store)
    try:
        found = models.model(asked.store, asked.get("model"))
    except history.RegistryFault as unknown:
        raise asked.refusal(404, unknown.diagnostics[0].message) from None
    acts = [{**forms.act_json(act), "sentence": forms.sentence(act)} for act in reversed(found.acts)]
    return {"model": forms.as_json(found), "acts": acts}


PAGES: Final = (Page("/models", "models.html", listed), Page("/models/{model}", "model.html", shown))
