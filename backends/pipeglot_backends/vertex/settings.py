"""The settings of a profile's `vertex:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.settings import ACCOUNT, BUCKET, NETWORK, PROJECT, REGION, Form, not_texts


@dataclass(frozen=True, slots=True)
class Settings:
    """`bucket` is where runs keep their artifacts: a bucket, or a place in one, with or without `gs://`."""

    project: str | None = None
    region: str | None = None
    bucket: str | None = None
    service_account: str | None = None
    network: str | None = None

    def root(self, artifacts: str | None) -> str | None:
        """The `gs://` URL of the artifacts; the profile's `artifacts` where no bucket is named."""
        named = self.bucket or artifacts
        if named is None or "://" in named:
            return named
        return f"gs://{named}"


FORMS: dict[str, Form] = {
    "project": PROJECT,
    "region": REGION,
    "bucket": BUCKET,
    "service_account": ACCOUNT,
    "network": NETWORK,
}


def read(given: Mapping[str, Json]) -> Settings:
    """The settings, or all that is wrong with them."""
    faults = not_texts("vertex", given, FORMS)
    if faults:
        raise SpecRejected(faults)
    return Settings(**{name: value for name, value in given.items() if isinstance(value, str)})
