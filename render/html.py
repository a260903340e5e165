"""Write the page: one file that needs nothing else."""

import base64
import hashlib
import re
from pathlib import Path

from render.assembling import SVG
from render.pandoc import TEMPLATES, convert
from render.settings import Settings


def write_html(text: str, settings: Settings, folder: Path) -> Path:
    """Write an assembled text as a self-contained page into the folder of its pictures."""
    parts = {name: (TEMPLATES / f"page.{name}").read_text("utf-8") for name in ("css", "js")}
    options = ["--to=html5", f"--template={TEMPLATES / 'page.html'}", "--section-divs", "--mathml"]
    options += ["--toc", f"--toc-depth={settings['toc-depth'] + 1}"]  # the title is the first level
    variables = {f"page-{name}": part for name, part in parts.items()}
    page = folder / "report.html"
    shown = _embed(_guard(convert(text, settings, folder, variables, *options)), folder)
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
    for path in folder.glob("*.svg"):
        content = base64.b64encode(path.read_bytes()).decode()
        page = page.replace(f'src="{path.name}"', f'src="data:{SVG};base64,{content}"')
    return page
