"""Take what the cells showed from the last run, as long as nothing they may read has changed.

The rule is that of `analysis.memory`: what was asked, code without comments, and the packages; here
also the tables and records that cells read. Prose, captions, layout and the bibliography are no
business of the cells: who changes only those has the report again without running it.
"""

import contextlib
import importlib.metadata
import json
import os
import platform
from pathlib import Path

import joblib

from analysis.provenance import name_commit
from analysis.sources import ROOT, bare_code
from analysis.tracks.schema import BadInput
from analysis.writing import write_text
from render.document import Cell, Document
from render.executing import Run, epoch, execute
from render.settings import Settings

FIGURE = ("fig-width", "fig-height", "fig-dpi", "fig-format")


def recall_or_execute(document: Document, settings: Settings, parameters: dict, say=print) -> Run:
    """Return what a document's cells show: from the last run on the same inputs, or from a new one.

    Parameters and errors are those of `executing.execute`; only a whole run is kept.
    """
    before = digest_inputs(document, settings, parameters)
    path = document.path.parent / ".cache" / "cells" / f"{before}.json"
    with contextlib.suppress(OSError, ValueError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        say(f"{len(document.cells)} cells as in the last run: nothing that they read has changed.")
        return Run(kept["outputs"], {int(place): one for place, one in kept["inline"].items()})
    run = execute(document, settings, parameters, say)
    if digest_inputs(document, settings, parameters) == before:
        with contextlib.suppress(BadInput):  # what cannot be kept is computed again
            write_text(path, json.dumps(vars(run)))
    return run


def digest_inputs(document: Document, settings: Settings, parameters: dict) -> str:
    """Return a digest of all that a document's cells and inline expressions may depend on."""
    asked = [
        (part.label, part.code, settings.execute("eval", part))
        if isinstance(part, Cell)
        else part.expressions
        for part in document.parts
    ]
    asked += [parameters, epoch(settings), *(settings[name] for name in FIGURE)]
    installed = {f"{one.name} {one.version}" for one in importlib.metadata.distributions()}
    machine = [name_commit(), platform.python_version(), *sorted(installed)]
    code = [*sorted((ROOT / "analysis").rglob("*.py")), ROOT / "render" / "executing.py"]
    beside = document.path.resolve().parent
    places = [ROOT / "data", ROOT / "results", ROOT / "CITATION.cff"]
    places += [beside / str(value) for value in parameters.values()]
    if more := os.environ.get("VALENCE_DATA"):
        places.append(Path(more))
    read = [bare_code(path.read_text(encoding="utf-8")) for path in code]
    return joblib.hash([asked, machine, read, [_stamp(place) for place in places]])


def _stamp(place: Path) -> list[tuple]:
    """Return size and time of a file, or of all files in a folder: tables may be large."""
    found = sorted(place.rglob("*")) if place.is_dir() else [place]
    states = [(os.fspath(file), file.stat()) for file in found if file.is_file()]
    return [(name, state.st_size, state.st_mtime_ns) for name, state in states]
