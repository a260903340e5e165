"""Frames in, pictures and words out: figures, tables and sentences of the report."""
