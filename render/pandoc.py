"""Pandoc as a function: text in, text out, and its warnings as errors."""

import functools
import json
import re
import subprocess

import pypandoc

from render import RenderError, Unresolved

MISSING = re.compile(r"[Cc]itation (\S+) not found")


def run_pandoc(text: str, *options: str) -> str:
    """Run Pandoc on a text.

    Raises
    ------
    RenderError
        At an error, and at any warning: what Pandoc warns about is missing from the page.
    """
    command = [pypandoc.get_pandoc_path(), *options]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8")
    if done.returncode or "[WARNING]" in done.stderr:
        if missing := MISSING.search(done.stderr):
            key = missing[1]
            raise Unresolved(key, f'the citation "@{key}" is not in the bibliography.')
        raise RenderError(f"Pandoc: {done.stderr.strip()}")
    return done.stdout


def parse(text: str, format: str = "markdown") -> dict:
    """Return the document tree of a text."""
    return json.loads(run_pandoc(text, "--from", format, "--to", "json"))


def cite(tree: dict) -> dict:
    """Return the tree with its citations resolved and its bibliography in place."""
    cited = run_pandoc(json.dumps(tree), "--from", "json", "--to", "json", "--citeproc")
    return json.loads(cited)


@functools.cache
def pandoc_version() -> str:
    """Return Pandoc's version."""
    return str(pypandoc.get_pandoc_version())
