"""The record of a run in other tools' own forms: one folder a tool, which says what it carries and what it cannot."""
