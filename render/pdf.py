"""Write the PDF: Pandoc's Typst, set by the template beside this file."""

from pathlib import Path

import typst

from render import RenderError
from render.pandoc import TEMPLATES, convert
from render.settings import Settings

# PDF/UA takes no letter that no font can draw: the machine's own fonts are asked where those of
# Typst fail, and it is given up where they fail too. Viewers show the title of such a file.
ATTEMPTS = ((True, ["ua-1"]), (False, ["ua-1"]), (False, []))


def write_pdf(text: str, settings: Settings, folder: Path) -> Path:
    """Write an assembled text as a PDF into the folder of its pictures.

    Only the fonts that come with Typst are used, and the document's own date stands for the time
    of making: the same text gives the same bytes on every machine. Where names are in scripts that
    those fonts lack, the machine's own fonts are asked too.
    """
    source, target = folder / "report.typ", folder / "report.pdf"
    options = [
        "--to=typst-citations",  # they are resolved already
        f"--template={TEMPLATES / 'article.typ'}",
        "--syntax-highlighting=none",  # Typst has its own
    ]
    written = convert(text, settings, folder, _variables(settings), *options)
    source.write_text(written, encoding="utf-8")
    for without_system_fonts, standards in ATTEMPTS:
        try:
            typst.compile(
                source,
                output=target,
                root=folder,
                ignore_system_fonts=without_system_fonts,
                timestamp=settings.epoch,
                pdf_standards=standards,
            )
            return target
        except typst.TypstError as error:
            problem = error.message
    raise RenderError(f"Typst: {problem}")


def _variables(settings: Settings) -> dict:
    """Return what the template needs to know."""
    margin = settings["margin"].items()
    return {
        "floats": (TEMPLATES / "floats.typ").read_text(encoding="utf-8"),
        "paper": settings["papersize"],
        "page-margin": ", ".join(f"{side}: {length}" for side, length in margin),
        "text-font": _font(settings["mainfont"]),
        "text-size": settings["fontsize"],
        "outline-depth": settings["toc"] and settings["toc-depth"],
        "numbering": settings["number-sections"] and settings["section-numbering"],
        "page-numbering": settings["page-numbering"],
    }


def _font(name: str) -> str:
    """Return a font's name; one that Typst does not bring is an error."""
    known = typst.Fonts(include_system_fonts=False).families()
    if name not in known:
        raise RenderError(f'mainfont is "{name}"; without Quarto it can be {", ".join(known)}.')
    return name
