"""What a kernel shows for a string: text, nothing for none, and markup only where it is asked."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from analysis.printing.inert import NOTHING, guard_strings
from render.assembling import inline_text


@pytest.fixture
def show(monkeypatch):
    """Return what an expression shows inline once strings are guarded."""
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    guard_strings()

    return lambda it: inline_text(shell.user_expressions({"it": it})["it"]["data"])


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("''", NOTHING),
        ("'<b> $x$'", r"\<b\> \$x\$"),
        ("__import__('numpy').str_('@key')", r"\@key"),
        ("__import__('IPython.display').display.Markdown('**bold**')", "**bold**"),
    ],
)
def test_a_string_is_text_and_only_markdown_carries_markup(show, expression, shown):
    assert show(expression) == shown
