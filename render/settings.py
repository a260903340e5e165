"""What `_quarto.yml` and the front matter ask for, one format at a time."""

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from render import RenderError
from render.document import Document, read_yaml

EXECUTE = frozenset({"echo", "eval", "include", "output", "warning"})
# Read by this renderer, at the top or under a format.
READ = (
    "project format execute title subtitle author date date-format lang abstract "
    "description keywords bibliography csl number-sections toc toc-depth toc-title code-fold "
    "code-summary tbl-colwidths fig-width fig-height fig-dpi fig-format papersize margin mainfont "
    "fontsize section-numbering page-numbering "
)
# Known and without effect here: this renderer always does so, or has its own way of doing it.
GRANTED = (
    "engine jupyter citeproc link-citations embed-resources theme html-math-method css minimal "
    "syntax-highlighting toc-location code-copy code-tools code-overflow linkcolor anchor-sections "
    "appendix-style respect-user-color-scheme include-in-header format-links license citation "
    "template-partials google-scholar citations-hover crossrefs-hover footnotes-hover"
)
DEFAULTS = {
    "lang": "en",
    "toc": False,
    "toc-depth": 3,
    "toc-title": "Table of contents",
    "date-format": "long",
    "number-sections": False,
    "code-fold": False,
    "code-summary": "Code",
    "fig-width": 7,
    "fig-height": 5,
    "fig-dpi": 96,
    "fig-format": "svg",
    "section-numbering": "1.1.1",
    "page-numbering": "1 / 1",
    "papersize": "a4",
    "fontsize": "11pt",
    "mainfont": "Libertinus Serif",
    "margin": {"x": "2.5cm", "y": "2.5cm"},
}
LONG = "MMMM D, YYYY"


@dataclass(frozen=True)
class Settings:
    """The options of one format, those of the format before those of all formats."""

    root: Path
    format: str
    values: dict

    def __getitem__(self, name: str):
        """Return an option, or its default."""
        return self.values.get(name, DEFAULTS.get(name))

    def execute(self, name: str, cell=None):
        """Return an execution option: the cell's own, else the format's, else on."""
        own = cell.options if cell else {}
        return own.get(name, self.values["execute"].get(name, True))

    @property
    def authors(self) -> list[str]:
        """The authors' names."""
        listed = self["author"] or []
        listed = listed if isinstance(listed, list) else [listed]
        return [str(one.get("name", "")) if isinstance(one, dict) else str(one) for one in listed]

    @property
    def day(self) -> datetime.date | None:
        """The document's date, where it is one."""
        try:
            return datetime.date.fromisoformat(str(self["date"]))
        except ValueError:
            return None

    @property
    def written_date(self) -> str:
        """The date as `date-format` wants it."""
        if not self.day:
            return str(self["date"] or "")
        words = {"MMMM": f"{self.day:%B}", "MMM": f"{self.day:%b}", "MM": f"{self.day:%m}"}
        words |= {"YYYY": str(self.day.year), "DD": f"{self.day:%d}", "D": str(self.day.day)}
        format = LONG if self["date-format"] == "long" else self["date-format"]
        return re.sub("|".join(words), lambda found: words[found[0]], format)

    @property
    def output_folder(self) -> str:
        """The folder for finished files, as the project names it."""
        return (self["project"] or {}).get("output-dir", ".")

    def files(self, name: str) -> list[Path]:
        """Return the paths an option names; a missing one is an error."""
        listed = self[name] or []
        paths = [self.root / one for one in (listed if isinstance(listed, list) else [listed])]
        for path in paths:
            if not path.is_file():
                raise RenderError(f"{name}: there is no file {path.name} beside the report.")
        return paths


def read_settings(document: Document, warn=print) -> dict[str, Settings]:
    """Return the settings of every format asked for, by its name.

    `warn` is told, in one line each, about options that this renderer does not know.
    """
    root = document.path.parent
    project = root / "_quarto.yml"
    read = read_yaml(project.read_text("utf-8"), project.name) if project.is_file() else None
    sources = [(project.name, read or {}), (document.path.name, document.front)]
    for name, values in sources:
        _warn_unknown(values, name, warn)
    formats = _formats(*(values for _, values in sources))
    return {name: _resolve(root, name, [values for _, values in sources]) for name in formats}


def _warn_unknown(values: dict, place: str, warn) -> None:
    known = {*(READ + GRANTED).split(), *EXECUTE}
    nested = {name: v for name, v in (_by_format(values)).items() if isinstance(v, dict)}
    places = [("", values), *((f" under {name}", inner) for name, inner in nested.items())]
    for where, inner in places:
        for option in sorted(set(inner) - known):
            warn(f'{place}{where}: the option "{option}" is unknown here and has no effect.')


def _by_format(values: dict) -> dict:
    listed = values.get("format") or {}
    return {listed: {}} if isinstance(listed, str) else listed


def _formats(*sources: dict) -> list[str]:
    names = list(dict.fromkeys(name for values in sources for name in _by_format(values)))
    if unknown := [name for name in names if name not in ("html", "typst")]:
        raise RenderError(f'The format "{unknown[0]}" needs Quarto; without it: html and typst.')
    return names or ["html", "typst"]


def _resolve(root: Path, name: str, sources: list[dict]) -> Settings:
    layers = [*sources, *(_layer(values, name) for values in sources)]
    merged, execute = {}, {}
    for layer in layers:
        merged.update({key: value for key, value in layer.items() if key != "execute"})
        execute.update(layer.get("execute") or {})
        execute.update({key: layer[key] for key in EXECUTE & set(layer)})
    return Settings(root, name, {**merged, "execute": execute})


def _layer(values: dict, name: str) -> dict:
    inner = _by_format(values).get(name)
    return inner if isinstance(inner, dict) else {}
