"""The report without Quarto, and the choice between Quarto and this.

`report.qmd` and `_quarto.yml` are the only sources; both renderers read both.
The rooms, in the order in which a report walks through them:

`choosing`, `installing`
    Which renderer: Quarto on the path, Quarto in the environment, Pandoc with Typst; `make quarto`.
`checking`, `places`
    Parameters and data, and whether files can be written, before anything is rendered.
`quarto`, `prerender`
    The Quarto way: run it, follow its progress, explain its failures; what Quarto runs first.
`pipeline`
    The Pandoc way, step after step.
`settings`, `document`
    What was asked for: options of the project, the document and its cells.
`executing`
    One run of the cells, whatever the number of formats.
`remembering`
    That run again, as long as nothing that the cells read has changed.
`assembling`, `references`, `shaping`
    One Markdown text a format; its numbers and cross-references; its callouts, tables, figures.
`html`, `pdf`
    The two writers; their templates lie in `templates/`.
`pandoc`, `tree`
    Pandoc as a function, and the document tree it gives.
`publishing`
    Finished files into `_output/`, all or none.
"""


class RenderError(Exception):
    """A failure the reader can act on, told in one sentence.

    Parameters
    ----------
    message : str
        What was found, where, what to do.
    code : int
        The exit code: 1 when the document fails, 2 when the input does.
    """

    def __init__(self, message: str, code: int = 1):
        """Keep the exit code beside the message."""
        super().__init__(message)
        self.code = code


class Unresolved(RenderError):
    """A reference or citation that leads nowhere; `key` is what stands after its `@`."""

    def __init__(self, key: str, message: str):
        """Keep the key beside the message."""
        super().__init__(message)
        self.key = key
