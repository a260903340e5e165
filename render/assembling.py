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
EQUATION = re.compile(r"(\$\$(?:(?!\$\$).)+\$\$)\s*(\{#[^}\n]*\})", re.DOTALL)


def assemble(document: Document, run: Run, settings: Settings, folder: Path) -> str:
    """Return the Markdown of one format; pictures are written into `folder`.

    Outputs stand in divisions that `report.lua` knows: class `cell-code` for code, a `fig-` or
    `tbl-` identifier for a float, in it class `cell-caption` for the caption.
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
        if not label.startswith("{#eq-"):
            place = f"{name}:{prose.line_of(label)}"
            raise RenderError(f'{place}: an equation\'s label must begin with "eq-": {label}')
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
    outputs = run.outputs[cell.label] if settings.execute("output", cell) else []
    stem = folder / f"{cell.label}-{settings.format}"
    texts = [
        _stream(cell, output, settings)
        if output["output_type"] == "stream"
        else _display(cell, output, settings, Path(f"{stem}-{number}.svg"))
        for number, output in enumerate(outputs, 1)
    ]
    if texts := [text for text in texts if text]:
        caption = cell.kind and _division(".cell-caption", cell.options[f"{cell.kind}-cap"])
        floated = cell.kind and _division(f"#{cell.label} .cell-float", *texts, caption)
        shown.append(floated or "\n\n".join(texts))
    elif cell.kind:
        raise RenderError(f'line {cell.line}: the cell "{cell.label}" shows nothing to caption.')
    return "\n\n".join(shown)


def _code(cell: Cell) -> str:
    summary = cell.options.get("code-summary")
    pair = f" code-summary={_quoted(summary)}" if summary else ""
    return _fenced(f" {{.python .cell-code{pair}}}", cell.code.strip())


def _division(attributes: str, *blocks: str) -> str:
    return f"{FENCE} {{{attributes}}}\n" + "\n\n".join(blocks) + f"\n{FENCE}"


def _stream(cell: Cell, output: dict, settings: Settings) -> str:
    if output["name"] == "stderr" and not settings.execute("warning", cell):
        return ""
    text = ANSI.sub("", output["text"])
    return text if settings.execute("output", cell) == "asis" else _verbatim(text)


def _display(cell: Cell, output: dict, settings: Settings, path: Path) -> str:
    """Return a shown value: Markdown, picture, HTML table, in Quarto's order, or plain text."""
    data = output["data"]
    if "text/markdown" in data:
        return data["text/markdown"]
    if SVG in data:
        return _picture(cell, data[SVG], output["metadata"].get(SVG, {}), path)
    if other := [kind for kind in data if kind.startswith("image/")]:
        raise RenderError(f"line {cell.line}: {other[0]} needs Quarto; a picture must be SVG.")
    markup = data.get("text/html", "")
    if "<table" in markup or (markup and settings.format == "html"):
        return _fenced("{=html}", markup)
    return _verbatim(data["text/plain"]) if "text/plain" in data else ""


def _picture(cell: Cell, data: str, size: dict, path: Path) -> str:
    path.write_bytes(data.encode())
    alt = _quoted(cell.options.get("fig-alt", ""))
    pairs = "".join(f" {name}={size[name]}px" for name in ("width", "height") if name in size)
    return f"![]({path.name}){{alt={alt}{pairs}}}"


def _verbatim(text: str) -> str:
    return _fenced(" {.cell-output}", text.rstrip()) if text.strip() else ""


def _fenced(attributes: str, text: str) -> str:
    """Return a text between fences that nothing in it closes."""
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{ticks}{attributes}\n{text}\n{ticks}"


def _quoted(value) -> str:
    text = html.escape(" ".join(str(value).split()), quote=True)
    return '"' + text.replace("\\", "\\\\") + '"'
