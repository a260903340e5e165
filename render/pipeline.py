"""The Pandoc way, from document to files: one run of the cells, then every format."""

import functools
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from render import RenderError
from render.assembling import assemble
from render.checking import check_places
from render.document import Document
from render.executing import Run
from render.html import write_html
from render.pdf import write_pdf
from render.publishing import publish
from render.remembering import recall_or_execute
from render.settings import Settings, read_settings

WRITERS = {"html": write_html, "typst": write_pdf}


def render_by_pandoc(document: Document, parameters: dict, say=print) -> list[Path]:
    """Render a document with Pandoc and Typst; return the published files.

    `parameters` replace values of the cell tagged `parameters`; `say` takes what `print` takes.
    """
    settings = read_settings(document, warn=say)
    first = next(iter(settings.values()))
    check_places(first)
    run = recall_or_execute(document, first, parameters, say)
    with tempfile.TemporaryDirectory(prefix="report-") as folder, ThreadPoolExecutor() as pool:
        # Pandoc and Typst run outside of Python, so that formats need not wait for each other
        writing = functools.partial(write, document, run, folder=Path(folder))
        files = list(pool.map(writing, settings.values()))
        return publish(files, first.output)


def write(document: Document, run: Run, settings: Settings, folder: Path) -> Path:
    """Write one format of an executed document into `folder`."""
    try:
        text = assemble(document, run, settings, folder)
        return WRITERS[settings.format](text, settings, folder)
    except RenderError as error:
        if not error.key:
            raise
        raise RenderError(f"{document.place_of('@' + error.key)}: {error}") from None
