"""Pandoc as a function: text in, text out, and its warnings as errors."""

import json
import os
import re
import subprocess
from pathlib import Path

import pypandoc

from render import RenderError
from render.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"
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


def convert(text: str, settings: Settings, folder: Path, variables: dict, *options: str) -> str:
    """Return an assembled text in another format: numbered, shaped, cited.

    `folder` holds the pictures that cells drew; no text can have another file or address shown.
    `variables` are the template's, of which empty ones do not count; `options` what the format
    asks for.
    """
    told = {"format": settings.format, "number-sections": settings["number-sections"]}
    told["pictures"] = {path.name: True for path in folder.glob("*.svg")}
    steps = ["--from=markdown", f"--lua-filter={TEMPLATES / 'report.lua'}", "--citeproc"]
    steps += ["--standalone", "--wrap=none"]
    steps += [f"--bibliography={settings.root / settings['bibliography']}"]
    steps += [f"--variable={name}={value}" for name, value in variables.items() if value]
    return run_pandoc(text, *steps, *options, REPORT_SETTINGS=json.dumps(told))
