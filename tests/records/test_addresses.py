"""Addresses of a store that cannot be used: said in one line, and without the password."""

from __future__ import annotations

import pytest

from pipeglot.cli.main import main


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:SECRET/db",
        "postgresql://me:SECRET@h:p@x/db",
        "postgresql://me:SECRET@[::1/db",
        "postgresql://me:SECRET@127.0.0.1:99999/db",
        "postgresql+foo://me:SECRET@127.0.0.1/db",
        "postgresql+asyncpg://me:SECRET@127.0.0.1/db",
        "postgresql:/me:SECRET@127.0.0.1/db",
        "mysql://me:SECRET@127.0.0.1/db",
        "sqlite:///x?key=SECRET",
        "://me:SECRET@127.0.0.1/db",
    ],
)
def test_it_is_told_without_the_password(
    address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEGLOT_TRACEBACK", "1")
    assert main(["runs", "--records", address]) == 4
    said = "".join(capsys.readouterr())
    assert "PG540" in said
    assert "SECRET" not in said
