"""The `airflow:` settings of a profile."""

from __future__ import annotations

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.airflow.settings import local_path, read


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"dagfolder": "x"}, "`airflow` has no setting `dagfolder`", "did you mean `dag_folder`?"),
        ({"webserver": "x"}, "`airflow` has no setting `webserver`", "did you mean `url`?"),
        (
            {"operator": "podman"},
            "`airflow.operator` is `podman`, and there are `bash`, `docker`, `kubernetes`",
            None,
        ),
        ({"user": "0"}, "`airflow.user` is for docker operators, and these are bash", None),
        (
            {"operator": "bash", "connection": "x"},
            "`airflow.connection` is for docker and kubernetes operators, and these are bash",
            None,
        ),
        (
            {"operator": "kubernetes", "code": "."},
            "`airflow.code` is for bash operators, and these are kubernetes",
            None,
        ),
        ({"url": 3}, "`airflow.url` is text, and here is something else", None),
    ],
)
def test_it_says_what_is_wrong(given: dict[str, Json], message: str, hint: str | None) -> None:
    with pytest.raises(SpecRejected) as rejected:
        read(given)
    assert [(fault.message, fault.hint) for fault in rejected.value.diagnostics] == [(message, hint)]


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("/srv/a", "/srv/a"),
        ("a/b", "a/b"),
        ("file:///srv/a%20b", "/srv/a b"),
        ("file://localhost/srv", "/srv"),
        ("file://elsewhere/srv", None),
        ("s3://bucket/a", None),
    ],
)
def test_it_knows_a_folder_from_a_store(uri: str, path: str | None) -> None:
    assert local_path(uri) == path
