"""The Quarto way: with a stand-in, and against the real program where there is one."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
import yaml
from conftest import ROOT, one_line, run_render, text_of_page
from nasty_names import NAMES

from render import prerender, quarto

QUARTO = shutil.which("quarto")
STAND_IN = """#!/bin/sh
[ "$1" = --version ] && echo 1.10.18 && exit
echo "$@" >> calls
while [ $# -gt 0 ]; do
  [ "$1" = --to ] && to=$2
  [ "$1" = --output-dir ] && out=$2
  [ "$1" = --execute-params ] && cp "$2" parameters
  shift
done
echo "  Cell 2/2: 'tbl-frame'...Done" >&2
[ -e stumble ] && { echo "ValueError: no frame" >&2; exit 1; }
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
    assert yaml.safe_load((sample / "parameters").read_text()) == {"budget": "quick"}
    assert all(" -P " not in call for call in calls)
    assert done.stderr.count("Cell 2/2: 'tbl-frame'...Done") == 2
    assert (sample / "_output" / "report.pdf").read_text() == "print\n"


@needs_shell
def test_without_parameters_there_is_no_file_of_them(sample, path):
    assert run_render(sample, "-P", "budget:", PATH=path).returncode == 0
    assert "--execute-params" not in (sample / "calls").read_text()


@pytest.mark.parametrize("name", [*NAMES, "x" * 3000 + " y"])
def test_a_name_arrives_in_the_cell(tmp_path, name):
    """Quarto reads the file and hands the values to papermill, which writes them as code."""
    translate = pytest.importorskip("papermill.translators").PythonTranslator.translate_str
    _, file = quarto._write_parameters({"data": name}, tmp_path)
    assert ast.literal_eval(translate(yaml.safe_load(Path(file).read_text())["data"])) == name


def test_a_python_without_the_packages_is_told(tmp_path, monkeypatch, capsys):
    """As in a fresh clone, where Quarto takes the first Python that it finds."""
    monkeypatch.chdir(tmp_path)
    assert prerender.main() == 0
    monkeypatch.setattr(prerender, "NEEDED", ("no_such_package",))
    assert prerender.main() == 1
    assert "run make report once, which makes .venv." in capsys.readouterr().err
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    assert prerender.main() == 1
    assert f"set QUARTO_PYTHON to {tmp_path}/.venv/bin/python" in capsys.readouterr().err


def test_quarto_runs_that_first_and_looks_into_the_environment():
    """The script runs under a Python that has only what comes with it, in render/ or elsewhere."""
    settings = yaml.safe_load((ROOT / "_quarto.yml").read_text())
    script = ROOT / settings["project"]["pre-render"].split()[0]
    command = [sys.executable, "-S", script]
    done = subprocess.run(command, cwd=script.parent, capture_output=True, text=True, env={})
    assert done.returncode == 1
    assert "lacks the packages of this report" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (ROOT / "_environment").read_text() == "QUARTO_PYTHON=.venv/bin/python\n"


@pytest.mark.skipif(not QUARTO, reason="no Quarto on the path")
def test_names_arrive_through_the_real_quarto(tmp_path):
    given = {f"name_{place}": name for place, name in enumerate(NAMES)}
    cells = (
        "#| tags: [parameters]\n" + "\n".join(f"{one} = 1" for one in given),
        "from pathlib import Path\n"
        f"names = [{', '.join(given)}]\n"
        "_ = Path('names').write_text(ascii(names))",
    )
    document = "\n\n".join(f"```{{python}}\n{cell}\n```" for cell in cells)
    (tmp_path / "report.qmd").write_text(f"{document}\n")
    options = ["--to", "html", "--no-execute-daemon", *quarto._write_parameters(given, tmp_path)]
    environment = {**os.environ, "QUARTO_PYTHON": sys.executable}
    subprocess.run([QUARTO, "render", "report.qmd", *options], cwd=tmp_path, env=environment)
    assert ast.literal_eval((tmp_path / "names").read_text()) == list(NAMES)
    assert not (tmp_path / "canary").exists()


@needs_shell
def test_a_failure_is_told_in_quartos_words(sample, path):
    (sample / "stumble").touch()
    done = run_render(sample, PATH=path)
    assert done.returncode == 1
    told = done.stderr
    assert told.index("ValueError: no frame") < told.index("Quarto stopped; what it says")
    assert not (sample / "_output").exists()


@pytest.mark.skipif(not QUARTO, reason="no Quarto on the path")
def test_both_renderers_say_the_same(sample, page_text, pdf_text):
    done = run_render(sample, "-P", "budget:quick", PATH=os.environ["PATH"], RENDERER="quarto")
    assert done.returncode == 0, done.stderr
    source = (sample / "_output" / "report.html").read_text(encoding="utf-8")
    pages = pypdf.PdfReader(sample / "_output" / "report.pdf").pages
    assert len(facts(page_text)) > 15
    assert facts(text_of_page(source)) == facts(page_text)
    # in print a figure may stand before or after the lines that mention it
    printed = " ".join(one.extract_text() for one in pages)
    assert sorted(facts(printed)) == sorted(facts(pdf_text))


def facts(text: str) -> list[str]:
    """Return references, captions' numbers and citations in reading order."""
    return re.findall(
        r"(?:Figure|Table|Equation|Section) [\d.]+\d*|\(?\w+ \(?\d{4}", one_line(text)
    )
