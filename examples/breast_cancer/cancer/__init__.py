"""The steps of the breast cancer pipeline."""
