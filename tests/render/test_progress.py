"""Progress on the terminal, from whoever runs the cells."""

import os
import time
from pathlib import Path

from render.document import read_document
from render.executing import execute
from render.progress import VARIABLE, show_progress
from render.settings import read_settings

WRITES = """
```{python}
#| label: long
import logging
import os
import time
from pathlib import Path
from analysis.printing.progress import tell_progress
tell_progress()
logging.getLogger("analysis.deep.inside").info("search: one of two")
time.sleep(1.5)
Path("beside").write_text(" ".join(sorted(os.listdir("."))))
```
"""


def test_lines_are_said_when_whole_and_the_file_goes():
    said = []
    with show_progress(lambda text, **_: said.append(text.strip())) as variables:
        path = Path(variables[VARIABLE])
        with path.open("a") as file:
            print("search: one\nsear", end="", file=file, flush=True)
            wait_until(said)
            assert said == ["search: one ..."]
    assert not path.exists()


def test_a_long_cell_tells_what_it_does(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.fspath(Path(__file__).resolve().parents[2]))
    (tmp_path / "report.qmd").write_text("---\ntitle: T\n---\n\n" + WRITES)
    document = read_document(tmp_path / "report.qmd")
    settings = next(iter(read_settings(document).values()))
    said = []
    execute(document, settings, {}, lambda text, **_: said.append(text))
    lines = "".join(said)
    assert lines.index("long ...") < lines.index("search: one of two ...")
    # the cell saw nothing beside the document but the document
    assert (tmp_path / "beside").read_text() == "report.qmd"


def wait_until(said: list) -> None:
    """Wait until something was said, for five seconds at most."""
    end = time.monotonic() + 5
    while not said and time.monotonic() < end:
        time.sleep(0.05)
