"""Write the page: one file that needs nothing else."""

import base64
import hashlib
import json
import re
from pathlib import Path

from render.pandoc import run_pandoc
from render.pictures import embed_pictures
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
    text = _guard(run_pandoc(json.dumps(tree), *_options(settings)))
    page.write_text(embed_pictures(text, folder), encoding="utf-8")
    return page


def _guard(page: str) -> str:
    """Return a page with the policy that browsers run its own script only and fetch nothing."""
    head, body = page.split("</head>", 1)
    scripts = re.findall(r"<script>(.*?)</script>", head, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()) for one in scripts]
    known = " ".join(f"'sha256-{digest.decode()}'" for digest in digests)
    return head.replace("script-src 'none'", f"script-src {known}") + "</head>" + body


def _options(settings: Settings) -> list[str]:
    """Return Pandoc's options for the page."""
    options = {
        "from": "json",
        "to": "html5",
        "template": HERE / "page.html",
        "variable": f"toc-title={settings['toc-title']}",
        "toc-depth": int(settings["toc-depth"]) + 1,  # the title is the first level
        "wrap": "none",
    }
    switches = ["--standalone", "--section-divs", "--mathml"]
    switches += ["--toc"] if settings["toc"] else []
    styles = [f"--variable={name}={(HERE / file).read_text('utf-8')}" for name, file in _parts()]
    return [*switches, *(f"--{name}={value}" for name, value in options.items()), *styles]


def _parts() -> list[tuple[str, str]]:
    """Return the template's variables and the files that fill them."""
    return [("style", "page.css"), ("script", "page.js")]
