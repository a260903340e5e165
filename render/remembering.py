"""Take what the cells showed from the last run, as long as nothing they may read has changed.

Prose, captions, layout and the bibliography are no business of the cells: who changes only those
has the report again without running it.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path

from analysis.provenance import name_commit
from render.document import Cell, Document
from render.executing import Run, epoch, execute
from render.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
# What cells of this project read besides their own code, by paths beside the document and here.
READ = ("analysis", "data", "results", "CITATION.cff", "render/executing.py")
FIGURE = ("fig-width", "fig-height", "fig-dpi", "fig-format")
# Runs that are kept: the report and a draft of it, of the reader's table and of ours.
KEPT = 4


def recall_or_execute(document: Document, settings: Settings, parameters: dict, say=print) -> Run:
    """Return what a document's cells show: from the last run on the same inputs, or from a new one.

    Parameters and errors are those of `executing.execute`; only a whole run is kept.
    """
    folder = document.path.parent / ".cache" / "cells"
    before = digest_inputs(document, settings, parameters)
    path = folder / f"{before}.json"
    if run := _read(path):
        say(f"{len(document.cells)} cells as in the last run: nothing that they read has changed.")
        return run
    run = execute(document, settings, parameters, say)
    if digest_inputs(document, settings, parameters) != before:
        say("A file that the cells read has changed while they ran: the next run runs them again.")
    elif why := _keep(run, path):
        say(f"What the cells show cannot be kept ({why}): the next run runs them again.")
    return run


def digest_inputs(document: Document, settings: Settings, parameters: dict) -> str:
    """Return a digest of all that a document's cells and inline expressions may depend on.

    That is their code and order, the figures' settings, the parameters and the files they name,
    the project's modules, tables and records, the larger tables, the commit, and every package.
    """
    digest = hashlib.sha256()
    asked, files = _asked(document, settings, parameters), _files(document, parameters)
    for part in (*asked, *_machine(), *files):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:32]


def _asked(document: Document, settings: Settings, parameters: dict) -> Iterator[str]:
    """Yield what is to be computed."""
    for part in document.parts:
        yield repr((part.label, part.code) if isinstance(part, Cell) else part.expressions)
        yield str(settings.execute("eval", part)) if isinstance(part, Cell) else ""
    yield repr(sorted(parameters.items()))
    yield repr([epoch(settings), *(settings[name] for name in FIGURE)])


def _machine() -> Iterator[str]:
    """Yield what computes: the commit that the colophon names, Python and every package."""
    yield f"{name_commit()} {platform.python_version()}"
    installed = {f"{one.name} {one.version}" for one in importlib.metadata.distributions()}
    yield from sorted(installed)


def _files(document: Document, parameters: dict) -> Iterator[str]:
    """Yield names and digests of the files that cells may read."""
    beside = document.path.resolve().parent
    places = [folder / name for folder in sorted({beside, ROOT}) for name in READ]
    places += [beside / str(value) for value in parameters.values()]
    for file in (file for place in places for file in _walk(place)):
        yield f"{file} {hashlib.sha256(file.read_bytes()).hexdigest()}"
    if more := os.environ.get("VALENCE_DATA"):
        # tables of hundreds of megabytes: their size and time must do
        for file in _walk(Path(more)):
            yield f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}"


def _walk(place: Path) -> list[Path]:
    """Return a file, or all files of a folder, in a fixed order, without what Python compiled."""
    found = sorted(place.rglob("*")) if place.is_dir() else [place]
    return [file for file in found if file.is_file() and "__pycache__" not in file.parts]


def _read(path: Path) -> Run | None:
    """Return a kept run, or nothing where there is none that can be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        path.touch()
        return Run(kept["outputs"], {int(place): one for place, one in kept["inline"].items()})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(run: Run, path: Path) -> str:
    """Keep a run, whole or not at all, and forget the oldest; return why where that fails."""
    text = json.dumps({"outputs": run.outputs, "inline": run.inline})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".keeping-", dir=path.parent) as beside:
            fresh = Path(beside, path.name)
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(path)
        kept = sorted(path.parent.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for old in kept[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        return error.strerror or str(error)
    return ""
