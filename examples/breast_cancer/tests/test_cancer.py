"""The steps' own code, without any engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cancer import extract, models, plan, select, train
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "data.npz"
    assert extract.extract(7, path) == 569
    return path


def test_it_plans_every_setting_of_every_family() -> None:
    assert len(plan.settings(["logistic", "bayes", "tree"])) == 7
    assert plan.settings(["tree"]) == [{"family": "tree", "depth": 3}, {"family": "tree", "depth": 5}]


def test_it_refuses_an_unknown_family() -> None:
    with pytest.raises(SystemExit, match="forest"):
        plan.settings(["forest"])


@pytest.mark.parametrize("setting", plan.settings(["logistic", "bayes", "tree"]), ids=str)
def test_it_trains_the_same_bytes_twice(setting: dict[str, object], data: Path, tmp_path: Path) -> None:
    first = train.fit(data, 7, setting, tmp_path / "a.npz")
    assert first == train.fit(data, 7, setting, tmp_path / "b.npz")
    assert first > 0.85
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize(
    ("setting", "reference"),
    [
        ({"family": "bayes", "smoothing": 1e-9}, GaussianNB(var_smoothing=1e-9)),
        ({"family": "tree", "depth": 5}, DecisionTreeClassifier(max_depth=5, random_state=7)),
    ],
)
def test_it_scores_as_scikit_learn_does(setting: dict[str, object], reference: GaussianNB, data: Path) -> None:
    with np.load(data) as arrays:
        x, y, unseen = arrays["x_train"], arrays["y_train"], arrays["x_test"]
    expected = reference.fit(x, y).predict_proba(unseen)[:, 1]
    np.testing.assert_allclose(models.scores(models.fit(setting, 7, x, y), unseen), expected, atol=1e-9)


def test_it_selects_the_first_of_the_best(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_text(path.name)
    chosen = select.best(paths, [0.5, 0.9, 0.9], [{"family": name} for name in "abc"], tmp_path / "best")
    assert chosen == {"family": "b", "auc": 0.9, "of": 3}
    assert (tmp_path / "best").read_text() == "b"
