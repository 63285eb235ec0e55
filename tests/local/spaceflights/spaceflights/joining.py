"""One table of what is known of each shuttle."""

from __future__ import annotations

from pathlib import Path

from spaceflights import tables


def table(companies: Path, shuttles: Path, reviews: Path, table: Path) -> None:
    of_company = {row["id"]: row for row in tables.read(companies)}
    of_shuttle = {row["shuttle_id"]: row for row in tables.read(reviews)}
    rows = [
        {
            "engines": row["engines"],
            "rating": of_company[row["company_id"]]["rating"],
            "approved": of_company[row["company_id"]]["approved"],
            "review": of_shuttle[row["id"]]["review_scores_rating"],
            "price": row["price"],
        }
        for row in tables.read(shuttles)
        if row["company_id"] in of_company and row["id"] in of_shuttle
    ]
    tables.write(table, rows)
