"""The cells and inline expressions of report.qmd, run in this process on a table."""

from pathlib import Path

import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib import pyplot as plt
from matplotlib.text import Text
from plotnine import ggplot

from render.document import Cell, Document, read_document
from render.executing import Run
from tests.printing.hostile_names import MARK

ROOT = Path(__file__).resolve().parents[2]
MARKUP = ("text/markdown", "text/html")
# An empty picture: what is in the figures is read from the figures themselves.
PICTURE = {
    "output_type": "display_data",
    "data": {"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'},
    "metadata": {},
}


def walk_report(table: Path) -> tuple[Document, Run, list[Text]]:
    """Return the report, what its cells and inline expressions show, and the figures' texts."""
    document = read_document(ROOT / "report.qmd")
    shell, run, texts = InteractiveShell.instance(), Run({}, {}), []
    try:
        for place, part in enumerate(document.parts):
            if isinstance(part, Cell):
                run.outputs[part.label] = _show(shell, part, texts)
                if part.is_parameters:
                    shell.user_ns.update(data=str(table), budget="quick")
            else:
                asked = {text: text for text in part.expressions}
                found = shell.user_expressions(asked)
                faults = [one for one in found.values() if one["status"] == "error"]
                assert not faults, faults
                run.inline[place] = {text: found[text]["data"] for text in asked}
    finally:
        InteractiveShell.clear_instance()
    return document, run, texts


def _show(shell: InteractiveShell, cell: Cell, texts: list[Text]) -> list[dict]:
    """Run a cell and return its outputs; texts of a figure are added to `texts`."""
    values = []
    shell.display_trap.hook = values.append
    with capture_output(display=False) as caught:
        shell.run_cell(cell.code).raise_error()
    streams = [{"output_type": "stream", "name": "stdout", "text": caught.stdout}]
    displays = [_display(shell, value, texts) for value in values if value is not None]
    return [*(streams if caught.stdout else []), *displays]


def _texts(plot: ggplot) -> list[Text]:
    """Return the texts of a figure; only one of data with a name is worth the drawing."""
    frames = [plot.data, *(layer._data for layer in plot.layers)]
    words = [frame.select_dtypes(exclude="number").to_numpy().ravel()
             for frame in frames if isinstance(frame, pd.DataFrame)]  # fmt: skip
    if not any(MARK.search(word) for column in words for word in set(map(str, column))):
        return []
    figure = plot.draw()
    plt.close(figure)
    return [text for text in figure.findobj(Text) if text.get_text()]


def _display(shell: InteractiveShell, value, texts: list[Text]) -> dict:
    """Return a value as an output of a notebook; a figure is drawn for its texts alone."""
    if isinstance(value, ggplot):
        texts += _texts(value)
        return PICTURE
    if isinstance(value, plt.Figure):  # panels beside one another
        texts += [text for text in value.findobj(Text) if text.get_text()]
        return PICTURE
    data = {name: shell.display_formatter.formatters[name](value) for name in MARKUP}
    data = {name: text for name, text in data.items() if text is not None}
    assert data or isinstance(value, int | float), f"{value!r} is shown as code"
    return {"output_type": "display_data", "data": {**data, "text/plain": repr(value)}}
