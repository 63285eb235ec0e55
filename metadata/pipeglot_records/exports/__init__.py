"""The record of a run in other tools' own forms: one module a tool, which says what it carries and what it cannot."""
