"""Take what the cells showed from the last run, as long as nothing they may read has changed.

Store and rule are those of `analysis.memory`: what was asked, code without comments, and the
packages; here also the tables and records that cells read. Prose, captions, layout and the
bibliography are no business of the cells: who changes only those has the report again without
running it.
"""

import importlib.metadata
import os
import platform
from pathlib import Path

import joblib

from analysis.memory import Unkept, recall
from analysis.provenance import name_commit
from analysis.sources import ROOT, bare_code
from render.document import Cell, Document
from render.executing import Run, execute, figure_options
from render.settings import Settings


def recall_or_execute(document: Document, settings: Settings, parameters: dict, say=print) -> Run:
    """Do as `execute`, or take the last whole run on the same inputs."""
    before, ran = digest_inputs(document, settings, parameters), []

    def run_cells() -> dict:
        ran.append(execute(document, settings, parameters, say))
        if digest_inputs(document, settings, parameters) != before:
            raise Unkept(vars(ran[0]))
        return vars(ran[0])

    run = Run(**recall(before, run_cells))
    if not ran:
        say(f"{len(document.cells)} cells as in the last run: nothing that they read has changed.")
    return run


def digest_inputs(document: Document, settings: Settings, parameters: dict) -> str:
    """Return a digest of all that a document's cells and inline expressions may depend on."""
    beside = document.path.resolve().parent
    asked = [beside, parameters, settings.epoch, figure_options(settings)] + [
        (part.label, part.code) if isinstance(part, Cell) else part.expressions
        for part in document.parts
    ]
    installed = {f"{one.name} {one.version}" for one in importlib.metadata.distributions()}
    machine = [name_commit(), platform.python_version(), *sorted(installed)]
    code = [*sorted((ROOT / "analysis").rglob("*.py")), ROOT / "render" / "executing.py"]
    places = [ROOT / "data", ROOT / "results", ROOT / "CITATION.cff"]
    places += [beside / str(value) for value in parameters.values()]
    if more := os.environ.get("VALENCE_DATA"):
        places.append(Path(more))
    read = [bare_code(path.read_text(encoding="utf-8")) for path in code]
    return joblib.hash([asked, machine, read, [_stamps(place) for place in places]])


def _stamps(place: Path) -> list[tuple]:
    """Return size and time of a file, or of all files in a folder: tables may be large."""
    found = sorted(place.rglob("*")) if place.is_dir() else [place]
    states = [(os.fspath(file), file.stat()) for file in found if file.is_file()]
    return [(name, state.st_size, state.st_mtime_ns) for name, state in states]
