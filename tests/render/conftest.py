"""The sample report, rendered once with Pandoc and Typst."""

import html
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).parent / "sample"


def run_render(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run `python -m render` in a folder, away from any Quarto and any wish of the shell's."""
    clean = {name: value for name, value in os.environ.items() if name != "RENDERER"}
    return subprocess.run(
        [sys.executable, "-m", "render", *arguments],
        cwd=folder,
        env={**clean, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
    )


def write_document(folder: Path, text: str, **options) -> Path:
    """Write a document with the sample's options, but for those given; return its path."""
    asked = yaml.safe_load((SAMPLE / "_quarto.yml").read_text()) | options
    (folder / "_quarto.yml").write_text(yaml.safe_dump(asked))
    shutil.copy(SAMPLE / "references.bib", folder)
    (folder / "report.qmd").write_text(text)
    return folder / "report.qmd"


@pytest.fixture
def sample(tmp_path):
    """A copy of the sample to change at will."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample"))


@pytest.fixture(scope="session")
def rendered(tmp_path_factory):
    """The sample's folder after one run, with the run's terminal output in `log`."""
    folder = tmp_path_factory.mktemp("rendered") / "sample"
    shutil.copytree(SAMPLE, folder)
    done = run_render(folder, "--renderer", "pandoc", "-P", "budget:quick")
    assert done.returncode == 0, done.stderr
    (folder / "log").write_text(done.stdout)
    return folder


@pytest.fixture(scope="session")
def page(rendered) -> str:
    """The page's source."""
    return (rendered / "_output" / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def page_text(page) -> str:
    """The page's text on one line."""
    return text_of_page(page)


@pytest.fixture(scope="session")
def pdf(rendered) -> pypdf.PdfReader:
    """The PDF."""
    return pypdf.PdfReader(rendered / "_output" / "report.pdf")


@pytest.fixture(scope="session")
def pdf_text(pdf) -> str:
    """The PDF's text on one line."""
    return one_line(" ".join(part.extract_text() for part in pdf.pages))


def text_of_page(source: str) -> str:
    """Return what a page shows, on one line; parts of a line stay together."""
    source = re.sub(r"<(script|style|head|annotation)\b.*?</\1>", "", source, flags=re.S)
    source = re.sub(r"</?(p|div|h\d|li|td|th|tr|pre|figcaption|summary|section)\b", r" <\1", source)
    return one_line(html.unescape(re.sub(r"<[^>]*>", "", source)))


def one_line(text: str) -> str:
    """Return a text on one line, with plain spaces."""
    return " ".join(text.replace("\u00a0", " ").split())
