"""Secrets by the names that the profile has for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias, cast

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.suggestions import Meant
from pipeglot.ir import Json, Origin, Pipeline, Pod, Secret, Step, Volume

Naming: TypeAlias = Callable[[str], str]
Fields: TypeAlias = Mapping[str, Json]


def secrets_named(pipeline: Pipeline) -> tuple[Pipeline, tuple[Diagnostic, ...]]:
    """Every secret has the name that it has where the pipeline runs: in variables, volumes and for pulling images."""
    if not pipeline.secrets or pipeline.profile_origin is None:
        return pipeline, ()
    met: set[str] = set()

    def named(name: str) -> str:
        met.add(name)
        return pipeline.secrets.get(name, name)

    steps, on_exit = (tuple(_step(each, named) for each in group) for group in (pipeline.steps, pipeline.on_exit))
    unused = tuple(_unused(name, met, pipeline.profile_origin) for name in pipeline.secrets if name not in met)
    return replace(pipeline, steps=steps, on_exit=on_exit), unused


def _unused(name: str, met: set[str], profile: Origin) -> Diagnostic:
    message = f"the profile has another name for the secret `{name}`, but no step has such a secret"
    place = Origin(profile.source, (*profile.path, "secrets", name))
    return Diagnostic("PG203", message, place, key=True, meant=Meant(name, lambda: met)).hinted()


def _step(step: Step, named: Naming) -> Step:
    env = {
        variable: replace(value, name=named(value.name)) if isinstance(value, Secret) else value
        for variable, value in step.env.items()
    }
    return replace(step, env=env, pod=_pod(step.pod, named) if step.pod else None)


def _pod(pod: Pod, named: Naming) -> Pod:
    return replace(
        pod,
        image_pull_secrets=tuple(map(named, pod.image_pull_secrets)),
        volumes=tuple(_volume(each, named) for each in pod.volumes),
        env_from=tuple(_within(each, "secretRef", "name", named) for each in pod.env_from),
    )


def _volume(volume: Volume, named: Naming) -> Volume:
    return replace(volume, source=_within(volume.source, "secret", "secretName", named))


def _within(fields: Fields, kind: str, field: str, named: Naming) -> Fields:
    inner = fields.get(kind)
    name = inner.get(field) if isinstance(inner, dict) else None
    if not isinstance(name, str):
        return fields
    return {**fields, kind: {**cast("Fields", inner), field: named(name)}}
