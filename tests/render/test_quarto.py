"""The Quarto way: with a stand-in, and against the real program where there is one."""

import os
import re
import shutil
import sys

import pypdf
import pytest
from conftest import one_line, run_render, text_of_page

QUARTO = shutil.which("quarto")
STAND_IN = """#!/bin/sh
[ "$1" = --version ] && echo 1.10.18 && exit
echo "$@" >> calls
while [ $# -gt 0 ]; do
  [ "$1" = --to ] && to=$2
  [ "$1" = --output-dir ] && out=$2
  shift
done
echo "  Cell 1/2: 'setup'.....Done" >&2
echo "  Cell 2/2: 'tbl-frame'...Done" >&2
[ -e stumble ] && { printf 'Cell In[3], line 1\\nValueError: no frame\\n' >&2; exit 1; }
case $to in html) echo page > "$out/report.html";; *) echo print > "$out/report.pdf";; esac
"""
needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")


@pytest.fixture
def path(tmp_path) -> str:
    """A path with the stand-in first."""
    program = tmp_path / "bin" / "quarto"
    program.parent.mkdir()
    program.write_text(STAND_IN)
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}/usr/bin:/bin"


@needs_shell
def test_quarto_is_given_the_parameters_and_its_files_are_published(sample, path):
    done = run_render(sample, "-P", "budget:quick", PATH=path)
    assert done.returncode == 0, done.stderr
    calls = (sample / "calls").read_text().splitlines()
    assert [re.search(r"--to (\w+)", call)[1] for call in calls] == ["html", "typst"]
    assert all(call.endswith("-P budget:quick") for call in calls)
    assert "[2/2] html: tbl-frame ..." in done.stdout
    assert (sample / "_output" / "report.pdf").read_text() == "print\n"


@needs_shell
def test_a_failing_cell_is_named_with_its_line(sample, path):
    (sample / "stumble").touch()
    done = run_render(sample, PATH=path)
    assert done.returncode == 1
    lines = (sample / "report.qmd").read_text().splitlines()
    line = lines.index("Markdown(frame.to_markdown(index=False))") + 1
    assert f'report.qmd:{line}: cell "tbl-frame" failed: ValueError: no frame' in done.stderr
    assert not (sample / "_output").exists()


@pytest.mark.skipif(not QUARTO, reason="no Quarto on the path")
def test_both_renderers_say_the_same(sample, page_text, pdf_text):
    done = run_render(sample, "-P", "budget:quick", PATH=os.environ["PATH"], RENDERER="quarto")
    assert done.returncode == 0, done.stderr
    source = (sample / "_output" / "report.html").read_text(encoding="utf-8")
    pages = pypdf.PdfReader(sample / "_output" / "report.pdf").pages
    assert len(facts(page_text)) > 15
    assert facts(text_of_page(source)) == facts(page_text)
    assert facts(" ".join(one.extract_text() for one in pages)) == facts(pdf_text)


def facts(text: str) -> list[str]:
    """Return references, captions' numbers and citations in reading order."""
    return re.findall(
        r"(?:Figure|Table|Equation|Section|Fig\.) [\d.]+\d*|\(?\w+ \(?\d{4}", one_line(text)
    )
