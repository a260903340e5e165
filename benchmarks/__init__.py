"""Comparisons with tools that the report itself does not use; see README.md."""
