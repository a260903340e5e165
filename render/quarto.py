"""The Quarto way: run it beside, show what long cells tell, publish what it made."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from analysis.stopping import end_children
from analysis.surroundings import settle
from render import RenderError
from render.checking import check_places
from render.document import Document
from render.publishing import publish
from render.settings import read_settings
from render.telling import show_progress

STOPPED = "Quarto stopped; what it says of the reason stands above."


def render_by_quarto(document: Document, parameters: dict, program: Path, say=print) -> list[Path]:
    """Render a document with Quarto, which is `program`; return the published files.

    `parameters` replace values of the cell tagged `parameters`; `say` takes what `print` takes.
    """
    settings = read_settings(document, warn=lambda _: None)
    first = next(iter(settings.values()))
    check_places(first)
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        given = _write_parameters(parameters, Path(folder))
        for name in settings:
            command = [program, "render", document.path.name, "--to", name, "--output-dir", folder]
            # a kernel that outlives the run would hold old modules
            _run_program([*command, "--no-execute-daemon", *given], document.path.parent, say)
        files = [Path(folder, name) for name in ("report.html", "report.pdf")]
        if not all(file.exists() for file in files):
            raise RenderError(STOPPED)
        return publish(files, first.output)


def _write_parameters(parameters: dict, folder: Path) -> list[str]:
    """Return the options that hand over parameters: as a file, whose quotes keep text as it is."""
    if not parameters:
        return []
    file = folder / "parameters.yml"
    text = yaml.safe_dump(parameters, default_style='"', width=float("inf"))
    file.write_text(text, encoding="utf-8")
    return ["--execute-params", str(file)]


def _run_program(command: list, folder: Path, say) -> None:
    """Run Quarto, which tells its own progress and failures, beside what long cells tell."""
    environment = settle(dict(os.environ)) | {"QUARTO_PYTHON": sys.executable}
    with show_progress(say) as variables:
        process = subprocess.Popen(command, cwd=folder, env=environment | variables)
        try:
            if process.wait():
                raise RenderError(STOPPED)
        finally:
            end_children()
            process.wait()
