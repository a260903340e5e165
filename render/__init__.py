"""The report without Quarto, and the choice between Quarto and this.

`report.qmd` and `_quarto.yml` are the only sources; both renderers read both. The rooms:

`choosing`: which renderer.
`checking`: parameters, data and folders, before anything is rendered.
`quarto`, `prerender`: the Quarto way; what Quarto runs first.
`pipeline`: the Pandoc way, step after step, through the rooms that follow.
`settings`, `document`: options of the project; the document and its cells.
`executing`, `remembering`, `telling`: one run of the cells for all formats, or the last one again.
`assembling`, `pandoc`: one Markdown text a format; its conversion, with `templates/report.lua`.
`html`, `pdf`: the two writers.
`publishing`: finished files into `_output/`, all or none.
"""


class RenderError(Exception):
    """A failure the reader can act on: what was found, where, what to do."""

    def __init__(self, message: str, code: int = 1, key: str = ""):
        """Keep the exit code (1 when the document fails, 2 when the input does).

        `key` is what stands after the `@` of a reference or citation that leads nowhere.
        """
        super().__init__(message)
        self.code, self.key = code, key
