"""What a kernel shows for a string: text, nothing for none, and markup only where it is asked."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from analysis.printing.inert import NOTHING, code, guard_strings
from render.assembling import inline_text


@pytest.fixture
def show(monkeypatch):
    """Return what an expression shows inline once strings are guarded."""
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    guard_strings()

    def evaluate(expression: str) -> str:
        return inline_text(shell.user_expressions({"it": expression})["it"]["data"])

    return evaluate


def test_an_empty_string_shows_nothing(show):
    assert show("''") == NOTHING


def test_a_string_of_any_kind_is_escaped(show):
    assert show("'<b> $x$'") == r"\<b\> \$x\$"
    assert show("__import__('numpy').str_('@key')") == r"\@key"


def test_only_markdown_carries_markup(show):
    assert show("__import__('IPython.display').display.Markdown('**bold**')") == "**bold**"


def test_code_holds_names_of_columns_only():
    assert code("duration_ms").data == "`duration_ms`"
    assert code("a` <b>").data == r"a\` \<b\>"
