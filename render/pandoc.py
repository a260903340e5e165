"""Pandoc as a function: text in, text out, and its warnings as errors."""

import functools
import json
import re
import subprocess

import pypandoc

from render import RenderError, Unresolved
from render.settings import Settings

MISSING = re.compile(r"[Cc]itation (\S+) not found")


def run_pandoc(text: str, *options: str) -> str:
    """Run Pandoc on a text; it reads no file but those that the options name, and no address.

    Raises
    ------
    RenderError
        At an error, and at any warning: what Pandoc warns about is missing from the page.
    """
    command = [pypandoc.get_pandoc_path(), "--sandbox", *options]
    sent = text.encode("utf-8", "replace").decode()  # half a character is none that Pandoc takes
    done = subprocess.run(command, input=sent, capture_output=True, text=True, encoding="utf-8")
    if done.returncode or "[WARNING]" in done.stderr:
        if missing := MISSING.search(done.stderr):
            key = missing[1]
            raise Unresolved(key, f'the citation "@{key}" is not in the bibliography.')
        raise RenderError(f"Pandoc: {done.stderr.strip()}")
    return done.stdout


def parse(text: str, format: str = "markdown") -> dict:
    """Return the document tree of a text."""
    return json.loads(run_pandoc(text, "--from", format, "--to", "json"))


def cite(tree: dict, sources: list[str]) -> dict:
    """Return the tree with its citations resolved and its bibliography in place.

    `sources` are the options that name the works and their style, of `citation_options`.
    """
    options = ("--from", "json", "--to", "json", "--citeproc", *sources)
    return json.loads(run_pandoc(json.dumps(tree), *options))


def citation_options(settings: Settings) -> list[str]:
    """Return the options that name bibliographies and a style; a missing file is an error."""
    names = ("bibliography", "csl")
    return [f"--{name}={path}" for name in names for path in settings.files(name)]


@functools.cache
def pandoc_version() -> str:
    """Return Pandoc's version."""
    return str(pypandoc.get_pandoc_version())
