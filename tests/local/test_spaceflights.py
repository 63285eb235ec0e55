"""A whole project whose three raw files come from outside: from a web server, a path and a `file://`, each told."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.local.test_again import Project
from tests.sidecar.web_server import served_by_tls

HERE = Path(__file__).parent / "spaceflights"


def generated() -> dict[str, str]:
    """The three raw files: prices that come of what is known, with some noise."""
    dice = random.Random(7)
    companies = ["id,company_rating,iata_approved"]
    shuttles, reviews = ["id,company_id,engines,price"], ["shuttle_id,review_scores_rating"]
    known: dict[int, tuple[int, bool]] = {}
    for id in range(40):
        known[id] = (dice.randint(40, 100), dice.random() < 0.5)
        rating = "" if id % 13 == 5 else f"{known[id][0]}%"
        companies.append(f"{id},{rating},{'t' if known[id][1] else 'f'}")
    for shuttle in range(300):
        company, engines, score = dice.randrange(40), dice.randint(1, 6), dice.randint(20, 100)
        share, approved = known[company]
        price = 1000 + 300 * engines + 5 * share + 250 * approved + 4 * score + dice.gauss(0, 60)
        shuttles.append(f'{shuttle},{company},{engines},"${price:,.1f}"')
        reviews.append(f"{shuttle},{score}")
    named = {"companies.csv": companies, "shuttles.csv": shuttles, "reviews.csv": reviews}
    return {name: "\n".join(lines) + "\n" for name, lines in named.items()}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    folder = tmp_path / "project"
    shutil.copytree(HERE, folder)
    raw = generated()
    (tmp_path / "lake").mkdir()
    for name in ("shuttles.csv", "reviews.csv"):
        (tmp_path / "lake" / name).write_text(raw[name], "utf-8")
    with served_by_tls(tmp_path, {"/raw/companies.csv": raw["companies.csv"].encode()}) as web:
        for name, value in web.environ.items():
            monkeypatch.setenv(name, value)
        places = {"raw": f"{web.url}/raw", "reviews": "../lake", "shuttles": f"file://{tmp_path}/lake/shuttles.csv"}
        (folder / "places.json").write_text(json.dumps(places), "utf-8")
        found = Project(folder)
        found.write((HERE / "pipeline.yaml").read_text("utf-8"))
        yield found


def test_three_raw_files_are_told_where_they_came_from(project: Project, tmp_path: Path) -> None:
    def told(*arguments: str) -> Any:
        return json.loads(project.pipeglot(*arguments, "--format", "json").stdout)

    def run() -> Any:
        project.pipeglot("run", "--params-file", "places.json")
        return told("show")

    first = run()
    steps = {step["step"]: step["attempts"][-1] for step in first["steps"]}
    assert steps["evaluate_model"]["outputs"]["r2"]["value"] > 0.9
    places = json.loads((tmp_path / "project" / "places.json").read_text("utf-8"))
    origins = {
        "preprocess_companies.companies": f"{places['raw']}/companies.csv",
        "preprocess_shuttles.shuttles": places["shuttles"],
        "create_model_input_table.reviews": "../lake/reviews.csv",
    }
    content = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in generated().items()}
    for port, origin in origins.items():
        step, name = port.split(".")
        entry = steps[step]["inputs"][name]
        assert (entry["uri"], entry["digest"]) == (origin, {"sha256": content[f"{name}.csv"]})
        assert [origin, port] in first["lineage"]
    listed = {one["name"]: one["uri"] for one in told("artifacts") if one["kind"] == "outside"}
    assert listed == origins
    lineage = project.pipeglot("lineage", "last", "train_model.regressor", "--up").stdout
    assert all(origin in lineage for origin in origins.values())

    (tmp_path / "lake" / "reviews.csv").write_text(generated()["reviews.csv"].replace(",20\n", ",21\n"), "utf-8")
    second = run()
    found = told("diff", first["run"], second["run"])
    changed = [(cause["kind"], cause["place"]) for cause in found["causes"]]
    assert changed == [("data", "create_model_input_table.reviews")]
