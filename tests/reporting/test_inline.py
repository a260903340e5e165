"""An empty sentence shows nothing, and every other string stays as it is."""

from IPython.core.interactiveshell import InteractiveShell

from analysis.reporting.inline import NOTHING, allow_empty
from render.assembling import inline_text


def test_only_an_empty_string_becomes_a_comment(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    allow_empty()
    values = shell.user_expressions({"none": "''", "word": "'a word'"})
    assert inline_text(values["none"]["data"]) == NOTHING
    assert "text/markdown" not in values["word"]["data"]
    assert inline_text(values["word"]["data"]) == "a word"
