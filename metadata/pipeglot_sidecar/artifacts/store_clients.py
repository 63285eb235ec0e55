"""The stores that obstore opens, each with the settings and credentials that the environment has for it."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

S3_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
BUNDLES = ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
TIMES_OF_A_CLIENT = {"connect_timeout": "10s", "read_timeout": "120s", "timeout": "1day"}
"""A large object takes as long as it takes, as long as something of it arrives."""
CONNECTION = {
    "AccountName": "account_name",
    "AccountKey": "account_key",
    "BlobEndpoint": "endpoint",
    "SharedAccessSignature": "sas_token",
}
"""Parts of `AZURE_STORAGE_CONNECTION_STRING`."""


def _options(endpoint: str) -> dict[str, Any]:
    from datetime import timedelta

    client: dict[str, Any] = {**TIMES_OF_A_CLIENT, "allow_http": endpoint.startswith("http://")}
    carried = os.path.join(sys.prefix, "authorities.pem")
    bundle = next((os.environ[name] for name in BUNDLES if os.environ.get(name)), carried)
    if os.path.isfile(bundle):
        with open(bundle, "rb") as file:
            client["root_certificate"] = file.read()
    backoff = {"init_backoff": timedelta(seconds=0.2), "max_backoff": timedelta(seconds=2), "base": 2}
    retry = {"max_retries": 4, "retry_timeout": timedelta(seconds=30), "backoff": backoff}
    return {"client_options": client, "retry_config": retry}


def _s3(stores: Any, name: str) -> Any:
    endpoint = next((os.environ[variable] for variable in S3_ENDPOINTS if os.environ.get(variable)), "")
    given = {"endpoint": endpoint} if endpoint else {}
    return stores.S3Store(name, **given, **_options(endpoint), **_known_to_boto3())


def _known_to_boto3() -> dict[str, Any]:
    """Credentials of a profile of AWS, which obstore does not read by itself."""
    home = os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or os.path.expanduser("~/.aws/credentials")
    if os.environ.get("AWS_ACCESS_KEY_ID") or not (os.environ.get("AWS_PROFILE") or os.path.exists(home)):
        return {}
    from importlib import import_module

    try:
        provider: Any = import_module("obstore.auth.boto3")
    except ImportError:
        return {}
    return {"credential_provider": provider.Boto3CredentialProvider()}


def _gs(stores: Any, name: str) -> Any:
    emulator = os.environ.get("STORAGE_EMULATOR_HOST", "")
    if not emulator:
        return stores.GCSStore(name, **_options(""))
    endpoint = emulator if "://" in emulator else f"http://{emulator}"
    account = '{"gcs_base_url":"%s","disable_oauth":true,"client_email":"","private_key":"","private_key_id":""}'
    return stores.GCSStore(name, service_account_key=account % endpoint.rstrip("/"), **_options(endpoint))


def _az(stores: Any, name: str) -> Any:
    parts = [part.partition("=") for part in os.environ.get("AZURE_STORAGE_CONNECTION_STRING", "").split(";")]
    given = {CONNECTION[key]: value for key, _, value in parts if key in CONNECTION}
    endpoint = given.get("endpoint") or os.environ.get("AZURE_STORAGE_ENDPOINT") or ""
    return stores.AzureStore(name, config=given, **_options(endpoint))


STORES: dict[str, Callable[[Any, str], Any]] = {"s3": _s3, "gs": _gs, "az": _az}
