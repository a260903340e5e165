"""Pandoc as a function: text in, text out, and its warnings as errors."""

import functools
import json
import os
import re
import subprocess
from pathlib import Path

import pypandoc

from render import RenderError
from render.assembling import PICTURES
from render.settings import Settings

FILTER = Path(__file__).parent / "templates" / "report.lua"
MISSING = re.compile(r"[Cc]itation (\S+) not found")
STOPPED = re.compile(r"^report:([^:]*):(.*)$", re.MULTILINE)


def run_pandoc(text: str, *options: str, **environment: str) -> str:
    """Run Pandoc on a text; it reads no file but those that the options name, and no address.

    Any warning is a RenderError too: what Pandoc warns about is missing from the page.
    """
    command = [pypandoc.get_pandoc_path(), "--sandbox", *options]
    streams = {"capture_output": True, "text": True, "encoding": "utf-8"}
    sent = text.encode("utf-8", "replace").decode()  # half a character is none that Pandoc takes
    done = subprocess.run(command, input=sent, env={**os.environ, **environment}, **streams)
    if done.returncode == 0 and "[WARNING]" not in done.stderr:
        return done.stdout
    if stopped := STOPPED.search(done.stderr):
        raise RenderError(stopped[2], key=stopped[1])
    if missing := MISSING.search(done.stderr):
        key = missing[1]
        raise RenderError(f'the citation "@{key}" is not in the bibliography.', key=key)
    raise RenderError(f"Pandoc: {done.stderr.strip()}")


def convert(text: str, settings: Settings, folder: Path, *options: str) -> str:
    """Return an assembled text in another format: numbered, shaped, cited.

    `folder` holds the pictures that cells drew; no text can have another file or address shown.
    `options` are what the format asks for.
    """
    names = ("number-sections", "tbl-colwidths", "code-fold", "code-summary")
    told = {name: settings[name] for name in names} | {"format": settings.format}
    drawn = (path.name for path in folder.iterdir() if path.suffix[1:] in PICTURES.values())
    told["pictures"] = dict.fromkeys(drawn, True)
    files = [
        f"--{name}={path}" for name in ("bibliography", "csl") for path in settings.files(name)
    ]
    steps = ["--from=markdown", f"--lua-filter={FILTER}", "--citeproc", "--standalone"]
    return run_pandoc(text, *steps, *files, *options, REPORT_SETTINGS=json.dumps(told))


@functools.cache
def pandoc_version() -> str:
    """Return Pandoc's version."""
    return str(pypandoc.get_pandoc_version())
