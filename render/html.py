"""Write the page: one file that needs nothing else."""

import base64
import hashlib
import re
from pathlib import Path

from render.assembling import PICTURES
from render.pandoc import convert
from render.settings import Settings

HERE = Path(__file__).parent / "templates"


def write_html(text: str, settings: Settings, folder: Path) -> Path:
    """Write an assembled text as a self-contained page into the folder of its pictures."""
    options = {
        "to": "html5",
        "template": HERE / "page.html",
        "toc-depth": int(settings["toc-depth"]) + 1,  # the title is the first level
        "wrap": "none",
    }
    switches = ["--section-divs", "--mathml", *(["--toc"] if settings["toc"] else [])]
    switches += [f"--variable=toc-title={settings['toc-title']}"]
    for name in ("page.css", "page.js"):
        switches.append(f"--variable={name.replace('.', '-')}={(HERE / name).read_text('utf-8')}")
    options = [*switches, *(f"--{name}={value}" for name, value in options.items())]
    page = folder / "report.html"
    shown = _embed(_guard(convert(text, settings, folder, *options)), folder)
    page.write_text(shown, encoding="utf-8")
    return page


def _guard(page: str) -> str:
    """Return a page with the policy that browsers run its own scripts only and fetch nothing."""
    head, body = page.split("</head>", 1)
    scripts = re.findall(r"<script>(.*?)</script>", head, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()) for one in scripts]
    known = " ".join(f"'sha256-{digest.decode()}'" for digest in digests)
    return head.replace("script-src 'none'", f"script-src {known}") + "</head>" + body


def _embed(page: str, folder: Path) -> str:
    for kind, suffix in PICTURES.items():
        for path in folder.glob(f"*.{suffix}"):
            content = base64.b64encode(path.read_bytes()).decode()
            page = page.replace(f'src="{path.name}"', f'src="data:{kind};base64,{content}"')
    return page
