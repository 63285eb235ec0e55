"""Raw files as numbers: `t` and `f`, percents, prices with a sign and commas."""

from __future__ import annotations

from pathlib import Path

from spaceflights import tables


def companies(companies: Path, cleaned: Path) -> None:
    rows = [row for row in tables.read(companies) if row["company_rating"]]
    told = [
        {
            "id": row["id"],
            "rating": str(float(row["company_rating"].rstrip("%")) / 100),
            "approved": str(int(row["iata_approved"] == "t")),
        }
        for row in rows
    ]
    tables.write(cleaned, told)


def shuttles(shuttles: Path, cleaned: Path) -> None:
    told = [
        {
            "id": row["id"],
            "company_id": row["company_id"],
            "engines": row["engines"],
            "price": row["price"].replace("$", "").replace(",", ""),
        }
        for row in tables.read(shuttles)
    ]
    tables.write(cleaned, told)
