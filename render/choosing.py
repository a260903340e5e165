"""Which renderer: Quarto where there is a fresh enough one, else Pandoc with Typst."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from render import RenderError

OLDEST = (1, 9)  # the first Quarto that carries a figure's alternative text into a PDF
RENDERERS = ("quarto", "pandoc")


@dataclass(frozen=True)
class Choice:
    """A renderer, Quarto's program where it is the one, and the reason in one line."""

    renderer: str
    program: Path | None
    reason: str


def choose(forced: str | None = None) -> Choice:
    """Choose the renderer.

    Parameters
    ----------
    forced : str or None
        "quarto" or "pandoc" where the reader insists.

    Raises
    ------
    RenderError
        Where the forced renderer is unknown or absent; exit code 2.
    """
    if forced and forced not in RENDERERS:
        raise RenderError(f'RENDERER is "{forced}"; it can be quarto or pandoc.', 2)
    if forced == "pandoc":
        return Choice("pandoc", None, _pandoc("as asked for"))
    candidates = [found for found in (_on_path(), _in_environment()) if found]
    if quarto := _fresh(candidates):
        return quarto
    why = _why_not(candidates)
    if forced == "quarto":
        raise RenderError(
            f"RENDERER is quarto, and {why}: install Quarto, or leave RENDERER out.", 2
        )
    return Choice("pandoc", None, _pandoc(why))


def find_quarto() -> Choice | None:
    """Return the choice of Quarto where there is a fresh enough one."""
    return _fresh([found for found in (_on_path(), _in_environment()) if found])


def _fresh(candidates: list) -> Choice | None:
    """Return the choice of the first program that is fresh enough."""
    for program, version, where in candidates:
        if version >= OLDEST:
            return Choice("quarto", program, f"Renderer: Quarto {_text(version)}, {where}.")
    return None


def _on_path() -> tuple[Path, tuple, str] | None:
    """Return the path's Quarto with its version."""
    program = shutil.which("quarto")
    return _versioned(Path(program), "found on the path") if program else None


def _in_environment() -> tuple[Path, tuple, str] | None:
    """Return the program that the package `quarto-cli` brought, with its version.

    The package's own command is passed over: it exits with 0 whatever Quarto does.
    """
    importlib.invalidate_caches()  # it may have come a moment ago
    spec = importlib.util.find_spec("quarto_cli")
    folders = spec.submodule_search_locations if spec else []
    places = ("bin/quarto*", "quarto-*/bin/quarto*")
    found = [path for one in folders for place in places for path in Path(one).glob(place)]
    programs = [path for path in found if path.suffix in ("", ".exe")]
    return _versioned(programs[0], "installed in this environment") if programs else None


def _versioned(program: Path, where: str) -> tuple[Path, tuple, str] | None:
    """Ask a program for its version; one that does not answer is none."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", done.stdout)
    return (program, tuple(int(part or 0) for part in found.groups()), where) if found else None


def _why_not(found: list) -> str:
    """Say why Quarto is not the renderer."""
    if found:
        _, version, where = found[0]
        return f"Quarto {_text(version)}, {where}, is older than {_text(OLDEST)}"
    return "there is no Quarto here"


def _text(version: tuple) -> str:
    """Return a version as it is written."""
    return ".".join(map(str, version))


def _pandoc(why: str) -> str:
    """Return the line that announces Pandoc and Typst."""
    import typst

    from render.pandoc import pandoc_version

    return f"Renderer: Pandoc {pandoc_version()} with Typst {typst.__version__} ({why})."
