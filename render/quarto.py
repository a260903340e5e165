"""The Quarto way: run it beside, follow its progress, publish what it made."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from analysis.stopping import end_children
from analysis.surroundings import settle
from render import RenderError
from render.checking import check_places
from render.document import Document
from render.publishing import publish
from render.settings import read_settings
from render.telling import ANSI, show_progress

STEP = re.compile(r"Cell (\d+)/(\d+): '(.*?)'")


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
            # a kernel that outlives the run would hold old modules
            options = ["--to", name, "--output-dir", folder, "--no-execute-daemon", *given]
            _run_program([program, "render", document.path.name, *options], document, name, say)
        files = [Path(folder) / f"report.{suffix}" for suffix in ("html", "pdf")]
        return publish([file for file in files if file.exists()], first.output)


def _write_parameters(parameters: dict, folder: Path) -> list[str]:
    """Return the options that hand over parameters: as a file, whose quotes keep text as it is."""
    if not parameters:
        return []
    file = folder / "parameters.yml"
    text = yaml.safe_dump(parameters, default_style='"', width=float("inf"))
    file.write_text(text, encoding="utf-8")
    return ["--execute-params", str(file)]


def _run_program(command: list, document: Document, name: str, say) -> None:
    environment = settle(dict(os.environ)) | {"QUARTO_PYTHON": sys.executable, "NO_COLOR": "1"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
    with show_progress(say) as variables:
        options = {"cwd": document.path.parent, "env": environment | variables, **streams}
        process = subprocess.Popen(command, **options)
        try:
            log = _tell_lines(process, name, say)
            if process.wait():
                raise RenderError(_explain_log(log, document))
        finally:
            end_children()
            process.wait()


def _tell_lines(process: subprocess.Popen, name: str, say) -> list[str]:
    """Turn Quarto's lines on its cells into ours; return all of its lines."""
    log, start = [], time.perf_counter()
    for line in process.stdout:
        log.append(ANSI.sub("", line.rstrip()))
        if step := STEP.search(log[-1]):
            number, total, label = step.groups()
            what = f"{name}: {label or 'parameters as given'}"
            seconds = time.perf_counter() - start
            say(f"[{number:>{len(total)}}/{total}] {what} ... {seconds:.1f} s", flush=True)
        start = time.perf_counter()
    return log


def _explain_log(log: list[str], document: Document) -> str:
    """Return what went wrong: in a cell, its label, line and error; else Quarto's last words."""
    steps = [STEP.search(line) for line in log]
    labels = [step[3] for step in steps if step]
    errors = [line for line in log if re.match(r"^[\w.]+(Error|Exception|Input|Interrupt)\b", line)]
    if not (labels and errors):
        tail = "\n".join(line for line in log if line.strip())[-2000:]
        return f"Quarto stopped:\n{tail}"
    cell = next((one for one in document.cells if one.label == labels[-1]), None)
    inner = [int(n) for line in log for n in re.findall(r"Cell In\[\d+\], line (\d+)", line)]
    line = cell.code_line + inner[-1] - 1 if cell and inner else cell.line if cell else 1
    return f'{document.path.name}:{line}: cell "{labels[-1]}" failed: {errors[-1]}'
