"""One Markdown text out of prose, inline values, code and outputs: what one format shows."""

import ast
import html
import re
from pathlib import Path

import yaml

from render import RenderError
from render.document import INLINE, Cell, Document, Prose
from render.executing import Run
from render.settings import Settings
from render.telling import ANSI

SVG = "image/svg+xml"
METADATA = ("title", "subtitle", "description", "keywords", "lang")
FENCE = ":" * 12  # longer than any in the document
MARKED = re.compile(r"([!#$%&()*+\-.:<=>@\[\\\]^_`{|}~])")  # quotes are set as in print
EQUATION = re.compile(r"(\$\$(?:(?!\$\$).)+\$\$)\s*(\{[^}\n]*\})", re.DOTALL)


def assemble(document: Document, run: Run, settings: Settings, folder: Path) -> str:
    """Return the Markdown of one format; pictures are written into `folder`.

    Code has the class `cell-code`, and a table with a caption stands in a division that ends with
    it, as the document's own do: `report.lua` knows both.
    """
    parts = [
        _write_prose(part, run.inline[place], document.path.name)
        if isinstance(part, Prose)
        else _write_cell(part, run, settings, folder)
        for place, part in enumerate(document.parts)
    ]
    return "\n\n".join([_metadata(settings), *parts])


def _metadata(settings: Settings) -> str:
    if not isinstance(settings["author"], str):
        raise RenderError("_quarto.yml: without Quarto the author is one line of text.")
    values = {name: settings.values[name] for name in METADATA if name in settings.values}
    day = settings.day
    values |= {"author": settings["author"], "date": f"{day.day} {day:%B %Y}"}
    values["link-citations"] = True
    return "---\n" + yaml.safe_dump(values, allow_unicode=True, sort_keys=False) + "---"


def _write_prose(prose: Prose, values: dict, name: str) -> str:
    for _, label in EQUATION.findall(prose.text):
        if not re.fullmatch(r"\{#eq-[\w-]+\}", label):
            place = f"{name}:{prose.line_of(label)}"
            raise RenderError(f"{place}: an equation's label is written {{#eq-name}}, not {label}.")
    text = EQUATION.sub(r"[\1]\2", prose.text)  # a span, which is Pandoc's way to label one
    return INLINE.sub(lambda found: found[1] + inline_text(values[found[2].strip()]), text)


def inline_text(data: dict) -> str:
    """Return an inline value as Markdown; a string loses its quotes, and no sign in it is markup.

    `data` is the value by MIME type. Quarto escapes fewer signs, so that `<tag>` and `$x$` come
    through: report.qmd makes sure of every string itself, in `analysis.printing.inert`.
    """
    if "text/markdown" in data:
        return data["text/markdown"]
    text = data["text/plain"]
    if text[:1] in "'\"" and text[-1:] == text[:1]:
        text = ast.literal_eval(text)
    return MARKED.sub(r"\\\1", " ".join(text.split()))


def _write_cell(cell: Cell, run: Run, settings: Settings, folder: Path) -> str:
    if not settings.execute("include", cell):
        return ""
    shown = [_code(cell)] if settings.execute("echo", cell) and cell.code.strip() else []
    texts = [
        _stream(cell, output, settings)
        if output["output_type"] == "stream"
        else _display(cell, output, folder / f"{cell.label}-{settings.format}-{number}.svg")
        for number, output in enumerate(run.outputs[cell.label], 1)
    ]
    text = "\n\n".join(filter(None, texts))
    if caption := cell.options.get("tbl-cap"):
        if not text:
            raise RenderError(f'line {cell.line}: cell "{cell.label}" shows nothing to caption.')
        text = f"{FENCE} {{#{cell.label}}}\n{text}\n\n{caption}\n{FENCE}"
    return "\n\n".join([*shown, text])


def _code(cell: Cell) -> str:
    summary = cell.options.get("code-summary")
    pair = f" code-summary={_quoted(summary)}" if summary else ""
    return _fenced(f" {{.python .cell-code{pair}}}", cell.code.strip())


def _stream(cell: Cell, output: dict, settings: Settings) -> str:
    if output["name"] == "stderr" and not settings.execute("warning", cell):
        return ""
    return _verbatim(ANSI.sub("", output["text"]))


def _display(cell: Cell, output: dict, path: Path) -> str:
    """Return a shown value: Markdown, a picture or plain text, in Quarto's order."""
    data = output["data"]
    if "text/markdown" in data:
        return data["text/markdown"]
    if SVG in data:
        return _picture(cell, data[SVG], path)
    if other := set(data) - {"text/plain"}:
        raise RenderError(f"line {cell.line}: {min(other)} needs Quarto; show Markdown or SVG.")
    return _verbatim(data.get("text/plain", ""))


def _picture(cell: Cell, data: str, path: Path) -> str:
    path.write_bytes(data.encode())
    return f"![]({path.name}){{alt={_quoted(cell.options.get('fig-alt', ''))}}}"


def _verbatim(text: str) -> str:
    return _fenced(" {.cell-output}", text.rstrip()) if text.strip() else ""


def _fenced(attributes: str, text: str) -> str:
    """Return a text between fences that nothing in it closes."""
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{ticks}{attributes}\n{text}\n{ticks}"


def _quoted(value) -> str:
    text = html.escape(" ".join(str(value).split()), quote=True)
    return '"' + text.replace("\\", "\\\\") + '"'
