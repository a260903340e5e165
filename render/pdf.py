"""Write the PDF: Pandoc's Typst, set by the template beside this file."""

import re
from pathlib import Path

import typst
import yaml

from render import RenderError
from render.executing import epoch
from render.pandoc import convert
from render.settings import Settings

# Scripts beyond Latin, Greek, Cyrillic and Hebrew, and emoji.
FOREIGN = re.compile(
    "[\u0530-\u058f\u0600-\u1cff\u2e80-\ud7ff\uf900-\ufaff\ufb50-\ufdff\ufe70-\ufefc\uff01-\uffdc]"
    "|[\U00010400-\U0001d3ff\U0001f000-\U0003ffff]"
)
HERE = Path(__file__).parent / "templates"


def write_pdf(text: str, settings: Settings, folder: Path) -> Path:
    """Write an assembled text as a PDF into the folder of its pictures.

    Only the fonts that come with Typst are used, and the document's own date stands for the time
    of making: the same text gives the same bytes on every machine. Where names are in scripts that
    those fonts lack, the machine's own fonts are asked too.
    """
    source, target, values = (folder / f"report.{one}" for one in ("typ", "pdf", "yml"))
    values.write_text(yaml.safe_dump({"variables": _variables(settings)}), encoding="utf-8")
    options = {
        "to": "typst-citations",  # they are resolved already
        "template": HERE / "article.typ",
        "defaults": values,
        "syntax-highlighting": "none",  # Typst has its own
        "wrap": "none",
    }
    options = [f"--{name}={value}" for name, value in options.items()]
    source.write_text(convert(text, settings, folder, *options), encoding="utf-8")
    content = source.read_text(encoding="utf-8")
    # by PDF/UA, whose title viewers show, unless a name has letters that no font here can draw
    for standards in (["ua-1"], []):
        try:
            typst.compile(
                source,
                output=target,
                root=folder,
                ignore_system_fonts=not FOREIGN.search(content),
                timestamp=epoch(settings),
                pdf_standards=standards,
            )
            break
        except typst.TypstError as error:
            if not standards:
                raise RenderError(f"Typst: {error.message}") from None
    return target


def _variables(settings: Settings) -> dict:
    margin = settings["margin"]
    margin = margin if isinstance(margin, dict) else {"rest": margin}
    return {
        "floats": (HERE / "floats.typ").read_text(encoding="utf-8"),
        "paper": settings["papersize"],
        "page-margin": ", ".join(f"{side}: {length}" for side, length in margin.items()),
        "text-font": _font(settings["mainfont"]),
        "text-size": settings["fontsize"],
        "outline": bool(settings["toc"]),
        "outline-title": settings["toc-title"],
        "outline-depth": int(settings["toc-depth"]),
        "numbering": settings["section-numbering"] if settings["number-sections"] else "",
        "page-numbering": settings["page-numbering"],
        "authors": "(" + "".join(f"{_typst_string(author)}, " for author in settings.authors) + ")",
    }


def _font(name: str) -> str:
    """Return a font's name; one that Typst does not bring is an error."""
    known = typst.Fonts(include_system_fonts=False).families()
    if name not in known:
        raise RenderError(f'mainfont is "{name}"; without Quarto it can be {", ".join(known)}.')
    return name


def _typst_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
