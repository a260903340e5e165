"""What `_quarto.yml` asks for, one format at a time."""

import calendar
import datetime
from dataclasses import dataclass
from pathlib import Path

from render import RenderError
from render.document import Document, read_text, read_yaml

FORMATS = {"html", "typst"}
EXECUTE = {"echo", "include", "warning"}
# Read by this renderer, at the top or under a format.
READ = (
    "project format execute title subtitle author date date-format lang description keywords "
    "bibliography number-sections toc toc-depth fig-width fig-height "
    "fig-dpi fig-format papersize margin mainfont fontsize section-numbering page-numbering "
)
# Known and without effect here: this renderer always does so, or has its own way of doing it.
GRANTED = (
    "citeproc embed-resources theme html-math-method syntax-highlighting toc-location code-copy "
    "code-tools linkcolor anchor-sections respect-user-color-scheme include-in-header license "
    "citation appendix-cite-as template-partials citations-hover crossrefs-hover footnotes-hover "
    "format-links code-fold tbl-colwidths"
)
DATE_FORMAT = "D MMMM YYYY"


@dataclass(frozen=True)
class Settings:
    """The options of one format, those of the format before those of all formats."""

    root: Path
    format: str
    values: dict

    def __getitem__(self, name: str):
        """Return an option; a missing one is an error."""
        if name not in self.values:
            raise RenderError(f'_quarto.yml: the option "{name}" is missing.')
        return self.values[name]

    def execute(self, name: str, cell):
        """Return an execution option: the cell's own, else the format's, else on."""
        return cell.options.get(name, self["execute"].get(name, True))

    @property
    def output(self) -> Path:
        """The folder for finished files."""
        return self.root / self["project"].get("output-dir", "")

    @property
    def day(self) -> datetime.date:
        """The document's date."""
        if not isinstance(self["date"], datetime.date) or self["date-format"] != DATE_FORMAT:
            raise RenderError(
                f'_quarto.yml: without Quarto a date is 2026-11-28, its format "{DATE_FORMAT}".'
            )
        return self["date"]

    @property
    def epoch(self) -> int:
        """The document's date in seconds, so that no file holds the time of its making."""
        return calendar.timegm(self.day.timetuple())


def read_settings(document: Document, warn=print) -> dict[str, Settings]:
    """Return the settings of every format asked for, by its name.

    `warn` is told, in one line each, about options that this renderer does not know.
    """
    path = document.path.parent / "_quarto.yml"
    common = read_yaml(read_text(path), path.name) or {}
    formats = common.get("format")
    layers = list(formats.values()) if isinstance(formats, dict) else []
    if not layers or set(formats) - FORMATS or not all(isinstance(one, dict) for one in layers):
        raise RenderError(
            f"{path.name}: without Quarto the formats are html and typst, each with its options."
        )
    _warn_unknown(path.name, common, warn)
    for name, own in formats.items():
        _warn_unknown(f"{path.name} under {name}", own, warn)
    return {name: Settings(path.parent, name, _merge(common, own)) for name, own in formats.items()}


def _warn_unknown(place: str, values: dict, warn) -> None:
    unknown = set(values) - set((READ + GRANTED).split())
    unknown |= set(values.get("execute") or {}) - EXECUTE
    for option in sorted(unknown):
        warn(f'{place}: the option "{option}" is unknown here and has no effect.')


def _merge(common: dict, own: dict) -> dict:
    execute = {**(common.get("execute") or {}), **(own.get("execute") or {})}
    return {**common, **own, "execute": execute}
