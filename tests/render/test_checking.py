"""Parameters are text, to the character; what cannot be used is one sentence."""

import ast
import shutil
import sys
from pathlib import Path

import pytest
from conftest import ROOT, SAMPLE, run_render, write_document
from nasty_names import NAMES

from render import RenderError
from render.__main__ import main
from render.checking import check_parameters, default_parameters, read_parameters
from render.document import read_document
from render.executing import execute
from render.settings import read_settings

REPORT = read_document(ROOT / "report.qmd")


@pytest.mark.parametrize("name", [one for one in NAMES if one != "~"])
def test_a_name_is_read_as_it_is(name):
    given = read_parameters([f"data:{name}", f"budget:{name}"], REPORT)
    assert given == {"data": name, "budget": name}


def test_a_tilde_is_the_readers_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    given = read_parameters(["data:~/a b.csv"], REPORT)
    assert given == {"data": str(tmp_path / "a b.csv")}


def test_an_empty_value_is_the_default():
    assert read_parameters(["data:", "budget:"], REPORT) == {}
    assert default_parameters(REPORT) == {"data": "genres", "budget": "full"}


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("quick", "-P takes name:value, not"),
        ("speed:quick", 'Unknown parameter "speed"; known are data, budget.'),
        ("data:\udce9.csv", "not text in UTF-8: give the file another name"),
    ],
)
def test_what_is_no_parameter_is_told(pair, words):
    with pytest.raises(RenderError, match=words) as caught:
        read_parameters([pair], REPORT)
    assert caught.value.code == 2


@pytest.mark.parametrize("option", ["data", "budget"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_nothing_is_one_sentence(tmp_path, monkeypatch, capfd, option, name):
    shutil.copy(ROOT / "report.qmd", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["--renderer", "pandoc", "-P", f"{option}:{name}"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("The budget is") == (option == "budget")
    assert len(err.splitlines()) == 1 + name.count("\n")
    assert all(line.isprintable() for line in err.splitlines())
    assert [one.name for one in tmp_path.iterdir()] == ["report.qmd"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file names")
@pytest.mark.parametrize("name", NAMES)
def test_a_table_of_any_name_is_found(tmp_path, monkeypatch, name):
    """Its content is at fault, and the sentence names that."""
    monkeypatch.chdir(tmp_path)
    file = Path("data" if name == "~" else name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("track_id,valence\nx,0.5\n")
    with pytest.raises(RenderError, match="danceability"):
        check_parameters({"data": str(file)})


def test_names_arrive_in_the_cells_of_the_other_renderer(tmp_path):
    given = {f"name_{place}": name for place, name in enumerate(NAMES)}
    cells = (
        "#| tags: [parameters]\n" + "\n".join(f"{one} = 1" for one in given),
        f"from pathlib import Path\n_ = Path('names').write_text(ascii([{', '.join(given)}]))",
    )
    text = "\n\n".join(f"```{{python}}\n{cell}\n```" for cell in cells)
    document = read_document(write_document(tmp_path, text))
    execute(document, read_settings(document)["html"], given, say=lambda *_, **__: None)
    assert ast.literal_eval((tmp_path / "names").read_text()) == list(NAMES)
    assert not (tmp_path / "canary").exists()


def test_bytes_and_a_terminal_of_ascii_end_in_a_sentence(tmp_path):
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    for name in ("data:é日本.csv", "budget:\udce9"):
        done = run_render(tmp_path, "-P", name, PYTHONIOENCODING="ascii", LC_ALL="C")
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
