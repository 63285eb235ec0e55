"""Settings of a target that others install: a field of a profile where it is installed, and no field elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiling.test_loading import written
from tests.strangers.distributions import WHOLE, install

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.origins import Origin
from pipeglot.driver.compiling import validate
from pipeglot.driver.loading import load


@pytest.fixture
def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(site))


def rejected(path: Path) -> Diagnostic:
    with pytest.raises(SpecRejected) as found:
        validate(path)
    (only,) = found.value.diagnostics
    return only


@pytest.mark.usefixtures("installed")
def test_it_has_the_settings_that_a_profile_gives(tmp_path: Path) -> None:
    path = written(tmp_path, prod="target: shellscript@1\nshellscript: {folder: here}\nargo: {namespace: ml}\n")
    assert load(path, "prod").settings == {"shellscript": {"folder": "here"}, "argo": {"namespace": "ml"}}
    assert validate(path).diagnostics == ()


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("profile", "code", "place", "hint"),
    [
        ("{shellscript: {foldr: x}}", "PG430", "shellscript.foldr", "did you mean `folder`?"),
        ("{shellscript: {folder: [x]}}", "PG430", "shellscript.folder", None),
        ("{shellscript: here}", "PG301", "shellscript", None),
        ("{shelscript: {folder: x}}", "PG210", "shelscript", "did you mean `shellscript`?"),
        ("{target: shelscript}", "PG502", "target", "did you mean `shellscript`?"),
        ("{target: shellscript@7}", "PG503", "target", None),
        ("{shellscript: {}, colour: {}}", "PG217", "colour", None),
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_it_checks_them_where_they_stand(
    profile: str, code: str, place: str, hint: str | None, beside: bool, tmp_path: Path
) -> None:
    path = written(tmp_path, **({"one": profile} if beside else {}))
    if not beside:
        path.write_text(f"{path.read_text('utf-8')}  one: {profile}\n", "utf-8")
    found = rejected(path)
    source, above = (tmp_path / "pipeline.one.yaml", ()) if beside else (path, ("profiles", "one"))
    assert (found.code, found.hint, found.origin) == (code, hint, Origin(str(source), (*above, *place.split("."))))


def test_it_has_no_settings_of_what_is_not_installed(tmp_path: Path) -> None:
    found = rejected(written(tmp_path, one="{target: shellscript, shellscript: {folder: x}}"))
    assert (found.code, found.key) == ("PG217", True)
    assert found.message == (
        "profile `one` has no field `shellscript`, and no target of that name is installed: "
        "`pipeglot targets` lists those that are"
    )


def test_a_name_that_is_kept_for_later_is_a_targets_who_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, one="{dagster: {}}")
    assert rejected(path).code == "PG390"
    site = install(
        tmp_path / "site", {"acme_dagster.py": WHOLE.replace('"acme"', '"dagster"')}, "dagster", "acme_dagster"
    )
    monkeypatch.syspath_prepend(str(site))
    assert validate(path).diagnostics == ()
