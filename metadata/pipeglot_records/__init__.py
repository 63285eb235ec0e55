"""The record's reader: an event journal, what is projected from it, and how it is shown."""
