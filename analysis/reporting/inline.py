"""What inline code shows where it has nothing to say."""

NOTHING = "<!-- -->"


def allow_empty() -> None:
    """Show an empty string in inline code as nothing, under every renderer.

    Sentences that a table gives no reason for are empty strings, and Quarto prints an inline
    expression itself where its value is empty. A comment is a value, and no reader sees it.
    """
    from IPython import get_ipython

    if shell := get_ipython():
        markdown = shell.display_formatter.formatters["text/markdown"]
        markdown.for_type(str, lambda text: None if text else NOTHING)
