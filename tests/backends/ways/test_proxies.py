"""Which proxy is asked for which address, by what the environment says."""

from __future__ import annotations

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.remote.proxies import proxy

NAMED = {"HTTPS_PROXY": "http://a:1", "http_proxy": "b:2", "ALL_PROXY": "http://c:3"}


@pytest.mark.parametrize(
    ("url", "environ", "found"),
    [
        ("https://x", NAMED, "http://a:1"),
        ("http://x", NAMED, "http://b:2"),
        ("http://x", {"ALL_PROXY": "http://c:3"}, "http://c:3"),
        ("https://x", {**NAMED, "https_proxy": "http://d:4"}, "http://d:4"),
        ("https://x", {"HTTPS_PROXY": "http://a:1", "https_proxy": ""}, None),
        ("https://x", {}, None),
        ("https://x", {**NAMED, "NO_PROXY": "*"}, None),
        ("https://x.acme", {**NAMED, "NO_PROXY": "acme"}, None),
        ("https://x.acme", {**NAMED, "no_proxy": "y, .acme"}, None),
        ("https://x.acme", {**NAMED, "NO_PROXY": "*.acme"}, None),
        ("https://xacme", {**NAMED, "NO_PROXY": "acme"}, "http://a:1"),
        ("https://x:8443", {**NAMED, "NO_PROXY": "x:8443"}, None),
        ("https://x", {**NAMED, "NO_PROXY": "x:443"}, None),
        ("https://x:8443", {**NAMED, "NO_PROXY": "x:443"}, "http://a:1"),
        ("https://10.1.2.3:6443", {**NAMED, "NO_PROXY": "10.0.0.0/8"}, None),
        ("https://11.1.2.3:6443", {**NAMED, "NO_PROXY": "10.0.0.0/8"}, "http://a:1"),
        ("https://[::1]:1", {**NAMED, "NO_PROXY": "::1"}, None),
        ("https://X.Acme", {**NAMED, "NO_PROXY": "x.acme"}, None),
    ],
)
def test_it_goes_by(url: str, environ: dict[str, str], found: str | None) -> None:
    way = proxy(url, environ)
    assert (way.url if way else None) == found


def test_it_keeps_who_one_is_out_of_what_it_shows() -> None:
    way = proxy("https://x", {"HTTPS_PROXY": "http://me:p%40ss@a:1"})
    assert way is not None
    assert (way.plain, way.user) == ("http://a:1", "me:p@ss")


@pytest.mark.parametrize("value", ["socks5://me:hush@a:1", "http://", "http://a:port"])
def test_it_refuses_what_it_cannot_go_by(value: str) -> None:
    with pytest.raises(SpecRejected, match="PG520: HTTPS_PROXY names no proxy that can be asked") as rejected:
        proxy("https://x", {"HTTPS_PROXY": value})
    assert "hush" not in str(rejected.value)
