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
    if quarto := find_quarto():
        return quarto
    why = "there is no Quarto here"
    for _, _, name in _candidates()[:1]:
        why = f"{name}, is older than {'.'.join(map(str, OLDEST))}"
    if forced == "quarto":
        raise RenderError(
            f"RENDERER is quarto, and {why}: install Quarto, or leave RENDERER out.", 2
        )
    return _pandoc(why)


def find_quarto() -> Choice | None:
    """Return the choice of the first Quarto that is fresh enough."""
    for program, version, name in _candidates():
        if version >= OLDEST:
            return Choice(program, f"Renderer: {name}.")
    return None


def _candidates() -> list[tuple[Path, tuple, str]]:
    on_path = shutil.which("quarto")
    found = [_versioned(Path(on_path), "found on the path")] if on_path else []
    return [one for one in (*found, _in_environment()) if one]


def _in_environment() -> tuple[Path, tuple, str] | None:
    """Return the program that the package `quarto-cli` brought, with its version.

    The package's own command is passed over: it exits with 0 whatever Quarto does.
    """
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
    found = re.search(r"(\d+)\.(\d+)[.\d]*", done.stdout)
    return found and (program, (int(found[1]), int(found[2])), f"Quarto {found[0]}, {where}")


def _pandoc(why: str) -> Choice:
    import pypandoc
    import typst

    names = f"Pandoc {pypandoc.get_pandoc_version()} with Typst {typst.__version__}"
    return Choice(None, f"Renderer: {names} ({why}).")
