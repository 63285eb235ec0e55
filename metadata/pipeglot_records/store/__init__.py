"""The database: journal, projections, queries."""
