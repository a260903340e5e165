"""Cells run again when something that they read has changed, and only then."""

import pytest
from conftest import write_document
from joblib import Memory

from analysis import memory
from render import RenderError
from render.document import read_document
from render.remembering import recall_or_execute
from render.settings import read_settings

TEXT = """
Some prose with `{python} 1 + 1`.

```{python}
#| label: counts
from pathlib import Path
with Path("log").open("a") as log:
    log.write(".")
print(Path("own.csv").read_text())
```

The end.
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A document whose cell counts its runs and reads a file, and a store of its own."""
    monkeypatch.setattr(memory, "store", Memory(tmp_path / "store", verbose=0))
    (tmp_path / "own.csv").write_text("first")
    write_document(tmp_path, TEXT)
    return tmp_path


def show(folder, **parameters):
    """Render as far as the cells' outputs; return what the cell printed."""
    document = read_document(folder / "report.qmd")
    settings = next(iter(read_settings(document).values()))
    given = {"data": "own.csv", **parameters}
    run = recall_or_execute(document, settings, given, lambda *_, **__: None)
    assert run.inline[0]["1 + 1"]["text/plain"] == "2"
    return run.outputs["counts"][0]["text"].strip()


def runs(folder) -> int:
    """Return how often the cell ran."""
    return len((folder / "log").read_text())


def edit(folder, old, new):
    path = folder / "report.qmd"
    path.write_text(path.read_text().replace(old, new))


def test_other_words_need_no_run(folder):
    assert show(folder) == show(folder) == "first"
    edit(folder, "Some prose", "Another line.\n\nSome other prose")
    edit(folder, "The end.", "The very end.")
    assert show(folder) == "first"
    assert runs(folder) == 1


@pytest.mark.parametrize("change", ["file", "code", "expression", "parameter", "damage"])
def test_what_cells_read_makes_them_run(folder, change):
    show(folder)
    given = {}
    if change == "file":
        (folder / "own.csv").write_text("second")
    elif change == "code":
        edit(folder, "print(", "print('', ")
    elif change == "expression":
        edit(folder, "The end.", "The end, `{python} 2 + 2`.")
    elif change == "parameter":
        given = {"budget": "quick"}
    else:
        (kept,) = (folder / "store").rglob("output.pkl")
        kept.write_bytes(kept.read_bytes()[:10])
    assert show(folder, **given) == ("second" if change == "file" else "first")
    assert runs(folder) == 2


def test_a_failed_run_is_not_kept(folder):
    edit(folder, "print(", "1 / 0; print(")
    for _ in range(2):
        with pytest.raises(RenderError, match="ZeroDivisionError"):
            show(folder)
    assert runs(folder) == 2


def test_a_run_during_which_something_changed_is_not_kept(folder):
    """The cell reads the table, and then somebody edits it."""
    edit(folder, "print(Path", 'Path("own.csv").write_text("second"); print(Path')
    assert show(folder) == show(folder) == "second"
    assert runs(folder) == 2
