"""Progress on the terminal, from whoever runs the cells."""

import os
from pathlib import Path

from conftest import write_document

from render.document import read_document
from render.executing import execute
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


def test_a_long_cell_tells_what_it_does(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.fspath(Path(__file__).resolve().parents[2]))
    document = read_document(write_document(tmp_path, WRITES))
    settings = next(iter(read_settings(document).values()))
    said = []
    execute(document, settings, {}, lambda text, **_: said.append(text))
    lines = "".join(said)
    assert lines.index("long ...") < lines.index("search: one of two ...")
    # the cell saw nothing beside the document but what was there
    assert (tmp_path / "beside").read_text() == "_quarto.yml references.bib report.qmd"
