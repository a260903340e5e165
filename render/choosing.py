"""Which renderer: Quarto where there is a fresh enough one, else Pandoc with Typst."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from render import RenderError

OLDEST = (1, 9)  # the first Quarto that carries a figure's alternative text into a PDF


@dataclass(frozen=True)
class Choice:
    """Quarto's program, or None for Pandoc with Typst, and the reason in one line."""

    program: Path | None
    reason: str


def choose_renderer(forced: str | None = None) -> Choice:
    """Choose the renderer; `forced` is "quarto" or "pandoc" where the reader insists.

    A RenderError (code 2) says that the forced renderer is unknown or absent.
    """
    if forced not in (None, "quarto", "pandoc"):
        raise RenderError(f'RENDERER is "{forced}"; it can be quarto or pandoc.', 2)
    if forced == "pandoc":
        return _pandoc("as asked for")
    why = "there is no Quarto here"
    places = {"found on the path": shutil.which("quarto"), "in this environment": _in_package()}
    for where, program in places.items():
        if version := program and _ask_version(program):
            name = f"Quarto {version}, {where}"
            if tuple(map(int, version.split(".")[:2])) >= OLDEST:
                return Choice(Path(program), f"Renderer: {name}.")
            why = f"{name}, is older than {'.'.join(map(str, OLDEST))}"
    if forced == "quarto":
        raise RenderError(
            f"RENDERER is quarto, and {why}: install Quarto, or leave RENDERER out.", 2
        )
    return _pandoc(why)


def _in_package() -> str | None:
    """Return the program in the package `quarto-cli`, whose own command hides failures."""
    spec = importlib.util.find_spec("quarto_cli")
    folders = spec.submodule_search_locations if spec else []
    found = [path.parent for one in folders for path in Path(one).glob("**/bin/quarto.js")]
    return shutil.which("quarto", path=found[0]) if found else None


def _ask_version(program: str) -> str | None:
    """Return what a program says its version is; one that does not answer is none."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\d+\.\d+[.\d]*", done.stdout)
    return found and found[0]


def _pandoc(why: str) -> Choice:
    import pypandoc
    import typst

    names = f"Pandoc {pypandoc.get_pandoc_version()} with Typst {typst.__version__}"
    return Choice(None, f"Renderer: {names} ({why}).")
