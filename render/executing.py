"""Run the cells of a document once, in one kernel, and keep what they show."""

import logging
import os
import re
import subprocess
import time
from dataclasses import dataclass

import nbformat
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from analysis.printing.progress import bar_or
from analysis.stopping import end_children
from analysis.surroundings import settle
from render import RenderError
from render.document import Cell, Document, Prose
from render.settings import Settings
from render.telling import ANSI, show_progress

PLACE = re.compile(r"Cell In\[\d+\], line (\d+)")
# Figures as Quarto asks for them. The salt makes the names inside an SVG the same in every run.
SETUP = """
import matplotlib
matplotlib.rcdefaults()  # a reader's own settings would change figures
from matplotlib_inline.backend_inline import set_matplotlib_formats
matplotlib.rcParams.update({{"figure.figsize": ({width}, {height}), "figure.dpi": {dpi},
                             "savefig.dpi": "figure", "svg.hashsalt": "report"}})
set_matplotlib_formats("{format}")
"""
# Values of inline expressions, as one JSON output.
INLINE = 'get_ipython().display_pub.publish({{"application/json": ' + (
    "get_ipython().user_expressions({expressions!r})}})"
)


@dataclass(frozen=True)
class Run:
    """What a run left: outputs by cell label, inline values by the number of their part."""

    outputs: dict[str, list]
    inline: dict[int, dict]


def execute(document: Document, settings: Settings, parameters: dict, say=print) -> Run:
    """Execute a document's cells and inline expressions in reading order.

    The settings are those of any format, as figures are drawn once for all; `parameters` replace
    values of the cell tagged `parameters`; `say` takes what `print` takes, for which a terminal has
    a bar. The first failure is a RenderError with the cell's label, the line and the error.
    """
    try:
        client, labels = _client(document), [cell.label for cell in document.cells]
        with bar_or(say, labels) as say, show_progress(say) as variables:
            environment = _environment(settings) | variables
            with client.setup_kernel(env=environment, stderr=subprocess.DEVNULL):
                try:
                    _execute(client, SETUP.format(**figure_options(settings)))
                    return _walk(client, document, parameters, say)
                except BaseException:
                    end_children()  # a kernel that is asked to end would end its cell first
                    raise
    except KeyboardInterrupt:
        # the task that waited for the kernel is left behind and would complain of its death
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        raise
    except DeadKernelError:
        raise RenderError(
            "Python stopped without a word in the cell named last; most often memory ran out."
        ) from None


def _walk(client, document: Document, parameters: dict, say) -> Run:
    run, total = Run({}, {}), str(len(document.cells))
    for place, part in enumerate(document.parts):
        if isinstance(part, Prose):
            run.inline[place] = _evaluate(client, part, document.path.name)
            continue
        say(f"[{len(run.outputs) + 1:>{len(total)}}/{total}] {part.label} ...", end=" ", flush=True)
        start = time.perf_counter()
        run.outputs[part.label] = _show(client, part, document)
        if part.is_parameters and parameters:
            _execute(client, "\n".join(f"{name} = {value!r}" for name, value in parameters.items()))
        say(f"{time.perf_counter() - start:.1f} s", flush=True)
    return run


def _show(client, cell: Cell, document: Document) -> list:
    """Execute a cell and return its outputs; a failure names the line it came from."""
    try:
        return _execute(client, cell.code)
    except CellExecutionError as error:
        trace = ANSI.sub("", error.traceback)
        inner = PLACE.findall(trace)
        line = cell.code_line + int(inner[-1]) - 1 if inner else cell.line
        raise RenderError(
            f'{document.path.name}:{line}: cell "{cell.label}" failed: '
            f"{error.ename}: {ANSI.sub('', error.evalue)}{_source(trace)}"
        ) from None


def _source(trace: str) -> str:
    """Say where in the project's modules an error arose, when not in the cell itself."""
    files = re.findall(r"^File (\S+?):(\d+), in (\w+)", trace, re.MULTILINE)
    own = [one for one in files if "site-packages" not in one[0] and "/lib/python" not in one[0]]
    return f" (in {own[-1][2]}, {own[-1][0]}:{own[-1][1]})" if own else ""


def _evaluate(client, prose: Prose, name: str) -> dict:
    """Return the values of a prose's inline expressions, by expression."""
    if not prose.expressions:
        return {}
    asked = {text: text for text in prose.expressions}
    values = _execute(client, INLINE.format(expressions=asked))[-1]["data"]["application/json"]
    for text, value in values.items():
        if value["status"] == "error":
            raise RenderError(
                f"{name}:{prose.line_of(text)}: inline `{text}` failed: "
                f"{value['ename']}: {value['evalue']}"
            )
    return {text: value["data"] for text, value in values.items()}


def _execute(client, code: str) -> list:
    cell = nbformat.v4.new_code_cell(code)
    client.nb.cells.append(cell)
    client.execute_cell(cell, len(client.nb.cells) - 1)
    return cell.outputs


def _client(document: Document) -> NotebookClient:
    """Return a client whose kernel works beside the document."""
    resources = {"metadata": {"path": str(document.path.parent)}}
    client = NotebookClient(nbformat.v4.new_notebook(), timeout=None, resources=resources)
    client.km = client.create_kernel_manager()
    # this Python, whatever kernels the reader has installed
    client.km._kernel_spec = KernelSpec(resource_dir="", **get_kernel_dict())
    return client


def _environment(settings: Settings) -> dict[str, str]:
    """Return the kernel's environment: Quarto's figure settings, and nothing of the reader's."""
    asked = {f"QUARTO_FIG_{name.upper()}": str(v) for name, v in figure_options(settings).items()}
    steady = {"SOURCE_DATE_EPOCH": str(settings.epoch), "PYTHONHASHSEED": "0"}
    return settle(dict(os.environ)) | asked | steady


def figure_options(settings: Settings) -> dict:
    """Return the size, resolution and format of figures, by the last part of their names."""
    return {name: settings[f"fig-{name}"] for name in ("width", "height", "dpi", "format")}
