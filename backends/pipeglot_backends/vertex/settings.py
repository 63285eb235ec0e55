"""The settings of a profile's `vertex:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.settings import ACCOUNT, BUCKET, NETWORK, PROJECT, REGION, Form, Setting, forms, not_texts
from pipeglot_backends.vertex.emit.accelerators import PLAIN, known

GPU = Form("[A-Za-z0-9_-]+", "it is one of Google Cloud's", holds=known)


@dataclass(frozen=True, slots=True)
class Settings:
    """`bucket` is where runs keep their artifacts: a bucket, or a place in one, with or without `gs://`."""

    project: str | None = None
    region: str | None = None
    bucket: str | None = None
    service_account: str | None = None
    network: str | None = None
    gpu: str = PLAIN

    def root(self, artifacts: str | None) -> str | None:
        """The `gs://` URL of the artifacts; the profile's `artifacts` where no bucket is named."""
        named = self.bucket or artifacts
        if named is None or "://" in named:
            return named
        return f"gs://{named}"

    def beside(self, artifacts: str | None) -> str | None:
        """Where `submit` brings the sidecar and an importer finds it: on Cloud Storage alone."""
        found = artifacts if artifacts and artifacts.startswith("gs://") else self.root(None)
        return found.rstrip("/") if found and found.startswith("gs://") else None


SETTINGS: dict[str, Setting] = {
    "project": Setting(
        "The project of Google Cloud, by its id.",
        PROJECT,
        "acme-ml",
        otherwise="`GOOGLE_CLOUD_PROJECT`, else that of your credentials",
    ),
    "region": Setting("Where runs go on.", REGION, "europe-west4", otherwise="`GOOGLE_CLOUD_REGION`"),
    "bucket": Setting(
        "Where runs keep their artifacts and records: a bucket, or a place in one, with or without `gs://`.",
        BUCKET,
        "gs://acme-ml/runs",
        otherwise="the profile's `artifacts`",
    ),
    "service_account": Setting(
        "As whom the steps ask Google Cloud.",
        ACCOUNT,
        "trainer@acme-ml.iam.gserviceaccount.com",
        otherwise="the default account of Compute Engine",
    ),
    "network": Setting(
        "The network of yours that the steps' machines are in.",
        NETWORK,
        "projects/314159/global/networks/ml",
        otherwise="none: a network of Google's own",
    ),
    "gpu": Setting(
        "The kind of GPU of steps that name none.",
        GPU,
        "NVIDIA_L4",
        default=PLAIN,
    ),
}


def read(given: Mapping[str, Json]) -> Settings:
    """The settings, or all that is wrong with them."""
    faults = not_texts("vertex", given, forms(SETTINGS))
    if faults:
        raise SpecRejected(faults)
    return Settings(**{name: value for name, value in given.items() if isinstance(value, str)})
