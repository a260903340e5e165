"""Frames in, pictures and words out: figures, tables and sentences of the report."""

from analysis.surroundings import settle_figures

settle_figures()
