"""The cells of the chapters on data and inference: a reader can copy them, and odd tables pass."""

import ast
import builtins
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from simulated_tracks import make_tracks, typed
from test_bad_input import missing_values, no_genre, one_artist_with_half

from analysis import memory
from render.document import Cell, read_document
from tests.walk_report import find_unsaid

REPORT = Path(__file__).resolve().parents[2] / "report.qmd"
PARTS = read_document(REPORT).parts
# what a reader sets: the report's parameters
PARAMETERS = {"data", "budget"}


def chapter(first: str, last: str) -> list:
    """Return the parts of the report from one cell to another."""
    labels = [part.label if isinstance(part, Cell) else "" for part in PARTS]
    return PARTS[labels.index(first) : labels.index(last) + 1]


def seen(cell) -> bool:
    """Tell whether a reader of the page sees a cell."""
    return cell.options.get("include") is not False and cell.options.get("echo") is not False


def test_every_name_of_a_cell_comes_from_a_cell_that_is_seen():
    known = set(dir(builtins)) | PARAMETERS
    for cell in chapter("packages-and-data", "draw-associations"):
        if not isinstance(cell, Cell) or not seen(cell):
            continue
        nodes = list(ast.walk(ast.parse(cell.code)))
        names = [node for node in nodes if isinstance(node, ast.Name)]
        known |= {name.id for name in names if isinstance(name.ctx, ast.Store)}
        imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
        known |= {alias.asname or alias.name for node in imports for alias in node.names}
        known |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        known |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        assert not {name.id for name in names} - known, cell.label


def few_tracks(tracks):
    """Leave two hundred tracks."""
    return tracks.head(200)


@pytest.mark.parametrize(
    "spoil", [missing_values, no_genre, one_artist_with_half, few_tracks], ids=lambda x: x.__name__
)
def test_the_chapter_runs_on_odd_tables(spoil, monkeypatch):
    """Every cell but the figures, and every sentence; a number that is none would be an error."""
    monkeypatch.setattr(memory.SNAPSHOT, "holds", lambda: False)  # nothing is kept
    tracks = spoil(typed(make_tracks(artists=70, seed=3, size=400)))
    names = {"train": tracks, "budget": "quick", "has_genres": "genre" in tracks}
    (imports, *_) = chapter("packages-and-data", "tbl-account")
    exec(imports.code.split("published =")[0], names)
    for part in chapter("choose-formula", "draw-associations"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not isinstance(part, Cell):
                said = [(text, eval(text, names)) for text in part.expressions]
                assert not [text for text, value in said if not isinstance(value, str)]
                assert not [text for text, value in said if find_unsaid(value)]
            elif not part.label.startswith("draw-"):
                exec(part.code, names)
    for name in ("effects", "beside", "added", "slopes", "residuals"):
        assert len(names[name]) or name == "added"
    numbers = names["slopes"][["slope", "low", "high"]].to_numpy()
    assert np.isfinite(numbers).all()
    assert isinstance(names["compared"], pd.DataFrame)
