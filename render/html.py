"""Write the page: one file that needs nothing else."""

import json
from pathlib import Path

from render.pandoc import run_pandoc
from render.settings import Settings

HERE = Path(__file__).parent / "templates"


def write_html(tree: dict, settings: Settings, folder: Path) -> Path:
    """Write a finished tree as a self-contained page.

    Parameters
    ----------
    tree : dict
        Pandoc's document, numbered, cited and shaped for `html`.
    settings : Settings
    folder : Path
        Where the pictures lie and the page is written.

    Returns
    -------
    Path
    """
    page = folder / "report.html"
    page.write_text(run_pandoc(json.dumps(tree), *_options(settings, folder)), encoding="utf-8")
    return page


def _options(settings: Settings, folder: Path) -> list[str]:
    """Return Pandoc's options for the page."""
    options = {
        "from": "json",
        "to": "html5",
        "template": HERE / "page.html",
        "resource-path": folder,
        "variable": f"toc-title={settings['toc-title']}",
        "toc-depth": int(settings["toc-depth"]) + 1,  # the title is the first level
        "wrap": "none",
    }
    switches = ["--standalone", "--embed-resources", "--section-divs", "--mathml"]
    switches += ["--toc"] if settings["toc"] else []
    styles = [f"--variable={name}={(HERE / file).read_text('utf-8')}" for name, file in _parts()]
    return [*switches, *(f"--{name}={value}" for name, value in options.items()), *styles]


def _parts() -> list[tuple[str, str]]:
    """Return the template's variables and the files that fill them."""
    return [("style", "page.css"), ("script", "page.js")]
