"""Read a Quarto document: prose and cells, each with its line number."""

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from render import RenderError

CELL = re.compile(r"^(`{3,})\{python\}\s*$")
FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
INLINE = re.compile(r"(^|[^`])`\{python\}[ \t]([^`]+)`", re.MULTILINE)  # Quarto's own pattern
SHORTCODE = re.compile(r"\{\{<.*?>\}\}")
OPTION = re.compile(r"^#\| ?(.*)$")

# What a cell may say. Anything else is an error, so that no option is silently lost.
OPTIONS = ("code-summary", "echo", "fig-alt", "include", "label", "tags", "tbl-cap", "warning")


@dataclass(frozen=True)
class Prose:
    """Markdown between two cells; `line` is the number of its first line."""

    text: str
    line: int

    @property
    def expressions(self) -> list[str]:
        """The inline `{python}` expressions, in order, each once."""
        return list(dict.fromkeys(found[1].strip() for found in INLINE.findall(self.text)))

    def line_of(self, text: str) -> int:
        """Return the line of the document on which `text` first stands."""
        return self.line + self.text[: self.text.index(text)].count("\n")


@dataclass(frozen=True)
class Cell:
    """A Python cell; `line` is where its fence stands, `code_line` where its code begins."""

    code: str
    options: dict
    line: int
    code_line: int

    @property
    def label(self) -> str:
        """The cell's label, or a stand-in that says where it is."""
        return str(self.options.get("label", f"unnamed-{self.line}"))

    @property
    def is_parameters(self) -> bool:
        """Whether the cell holds the document's parameters."""
        return "parameters" in (self.options.get("tags") or [])


@dataclass(frozen=True)
class Document:
    """A document in reading order."""

    path: Path
    parts: list

    @property
    def cells(self) -> list[Cell]:
        """The cells alone."""
        return [part for part in self.parts if isinstance(part, Cell)]

    def place_of(self, text: str) -> str:
        """Return "file:line" of the first line that holds `text`, or the file's name."""
        lines = self.path.read_text(encoding="utf-8").splitlines()
        found = [number for number, line in enumerate(lines, 1) if text in line]
        return f"{self.path.name}:{found[0]}" if found else self.path.name


def read_document(path: Path) -> Document:
    """Read a `.qmd` file; a RenderError says that it is missing, or what cannot be understood."""
    lines = read_text(path).splitlines()
    if lines and lines[0].strip() == "---":
        raise RenderError(f"{path.name}:1: options stand in _quarto.yml, not in front of the text.")
    document = Document(path, _parse_parts(lines, path.name))
    _check_document(document)
    return document


def read_text(path: Path) -> str:
    """Return a file's text; a missing file is a RenderError (code 2)."""
    if not path.is_file():
        raise RenderError(f"There is no {path}; run this in the folder of the report.", 2)
    return path.read_text(encoding="utf-8")


def read_yaml(text: str, place: str):
    """Parse YAML; an error says where, as `place`."""
    try:
        return yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        where = f"{place}, line {error.problem_mark.line + 1} of it"
        raise RenderError(f"{where}: this YAML cannot be read: {error.problem}.") from None


def _parse_parts(lines: list[str], name: str) -> list:
    """Cut a document into prose and cells; fenced code that is no cell stays prose."""
    parts, prose, number = [], 0, 0
    while number < len(lines):
        fence = FENCE.match(lines[number])
        if not fence:
            number += 1
            continue
        close = re.compile(rf"^\s*{fence[1][0]}{{{len(fence[1])},}}\s*$")
        ends = (place for place in range(number + 1, len(lines)) if close.match(lines[place]))
        if (end := next(ends, None)) is None:
            raise RenderError(f"{name}:{number + 1}: this code block is never closed.")
        if CELL.match(lines[number]):
            parts += [_parse_prose(lines, prose, number), _parse_cell(lines, number, end, name)]
            prose = end + 1
        number = end + 1
    return [part for part in [*parts, _parse_prose(lines, prose, number)] if part]


def _parse_prose(lines: list[str], start: int, end: int) -> Prose | None:
    text = "\n".join(lines[start:end])
    return Prose(text, start + 1) if text.strip() else None


def _parse_cell(lines: list[str], start: int, end: int, name: str) -> Cell:
    body = lines[start + 1 : end]
    marks = [found[1] for found in itertools.takewhile(bool, map(OPTION.match, body))]
    options = read_yaml("\n".join(marks), f"{name}:{start + 2}") or {}
    if not isinstance(options, dict):
        raise RenderError(f'{name}:{start + 2}: cell options are written "#| name: value".')
    return Cell("\n".join(body[len(marks) :]), options, start + 1, start + 2 + len(marks))


def _check_document(document: Document) -> None:
    """Stop at what this renderer would otherwise pass over in silence."""
    name, seen = document.path.name, {}
    for cell in document.cells:
        _check_cell(cell, f'{name}:{cell.line}: cell "{cell.label}"')
        if cell.label in seen:
            raise RenderError(
                f'{name}:{cell.line}: the label "{cell.label}" is taken by line {seen[cell.label]}.'
            )
        seen[cell.label] = cell.line
    for part in document.parts:
        if isinstance(part, Prose) and (found := SHORTCODE.search(part.text)):
            line = part.line_of(found.group())
            raise RenderError(f"{name}:{line}: shortcodes need Quarto: {found.group()}.")


def _check_cell(cell: Cell, place: str) -> None:
    if unknown := sorted(set(cell.options) - set(OPTIONS)):
        known = ", ".join(OPTIONS)
        raise RenderError(f'{place}: unknown option "{unknown[0]}"; known are {known}.')
    if cell.label.startswith("fig-"):
        raise RenderError(f"{place}: a figure's label is that of a division around its cell.")
    if cell.label.startswith("tbl-") != ("tbl-cap" in cell.options):
        raise RenderError(f'{place}: tbl-cap goes with a label that begins with "tbl-".')
