"""Whatever goes wrong: one clear message, and the last good files as they were."""

import re

import pypdf
import pytest
from conftest import write_document

from render import RenderError, pipeline
from render.__main__ import main
from render.document import Prose
from render.executing import Run
from render.pandoc import run_pandoc

SMALL = """
```{python}
#| label: first
#| echo: false
value = 1
```

# Start {#sec-start}

Words, `{python} value`, @sec-start.
"""


@pytest.fixture
def report(tmp_path):
    """Write a small report with more text at its end; return its folder."""

    def write(more: str = "", **options):
        write_document(tmp_path, f"{SMALL}\n{more}\n", **options)
        (tmp_path / "_output").mkdir()
        (tmp_path / "_output" / "report.html").write_text("last good page")
        (tmp_path / "_output" / "report.pdf").write_text("last good print")
        return tmp_path

    return write


@pytest.fixture
def fail(monkeypatch, capsys):
    """Render, expect a failure that leaves the last good files, and return its message."""

    def run(folder, *arguments, code: int = 1) -> str:
        monkeypatch.chdir(folder)
        assert main(["--renderer", "pandoc", *arguments]) == code
        assert (folder / "_output" / "report.html").read_text() == "last good page"
        assert (folder / "_output" / "report.pdf").read_text() == "last good print"
        return capsys.readouterr().err

    return run


@pytest.fixture
def unexecuted(monkeypatch):
    """Let every cell show nothing and every inline expression be 1, without a kernel."""

    def show_nothing(document, *_):
        prose = [(n, part) for n, part in enumerate(document.parts) if isinstance(part, Prose)]
        inline = {n: {key: {"text/plain": "1"} for key in one.expressions} for n, one in prose}
        return Run({cell.label: [] for cell in document.cells}, inline)

    monkeypatch.setattr(pipeline, "recall_or_execute", show_nothing)


def cell(*lines: str) -> str:
    return "\n".join(["```{python}", *lines, "```"])


def test_a_failing_cell_is_named_with_its_line(report, fail):
    folder = report(cell("#| label: wrong", "fine = 1", "fine / 0"))
    message = fail(folder)
    line = (folder / "report.qmd").read_text().splitlines().index("fine / 0") + 1
    assert f'report.qmd:{line}: cell "wrong" failed: ZeroDivisionError: division by zero' in message


def test_a_failure_in_a_module_names_its_file(report, fail):
    folder = report(cell("#| label: wrong", "import broken", "broken.stumble()"))
    (folder / "broken.py").write_text("def stumble():\n    raise KeyError('gone')\n")
    message = fail(folder)
    assert 'cell "wrong" failed' in message
    assert "broken.py:2" in message


def test_a_syntax_error_is_placed(report, fail):
    assert "SyntaxError" in fail(report(cell("#| label: wrong", "if :", "    pass")))


def test_a_failing_inline_expression_is_named(report, fail):
    message = fail(report("More: `{python} nothing`."))
    assert re.search(r"report\.qmd:\d+: inline `nothing` failed: NameError", message)


def test_a_dying_kernel_is_explained(report, fail):
    message = fail(report(cell("#| label: dies", "import os", "os._exit(1)")))
    assert "memory" in message


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("See @fig-none.", 'the reference "@fig-none" leads nowhere'),
        ("See @tbl-none.", 'the reference "@tbl-none" leads nowhere'),
        ("As said [@nobody2020].", 'the citation "@nobody2020" is not in the bibliography'),
        ("{{< meta title >}}", "shortcodes need Quarto"),
        ("```{python}\n1", "this code block is never closed"),
        (cell("#| label: a", "#| fig-wdith: 3", "1"), 'cell "a": unknown option "fig-wdith"'),
        (cell("#| label: first", "1"), 'the label "first" is taken by line 2'),
        (cell("#| label: a", "#| output: asis", "1"), 'cell "a": unknown option "output"'),
        (cell("#| label: fig-a", "1"), "figure's label is that of a division around its cell"),
        (cell("#| label: a", "#| tbl-cap: b", "1"), 'with a label that begins with "tbl-"'),
        (cell("#| label: tbl-a", "1"), 'with a label that begins with "tbl-"'),
        (cell("#| label: a", "#| echo: [", "1"), "this YAML cannot be read"),
        (cell("#| label: tbl-a", "#| tbl-cap: b", "x = 1"), "shows nothing to caption"),
        ('::: {.callout-note title="A" collapse="true"}\nx\n:::', '"collapse" needs Quarto'),
        ("::: {.callout-note}\n## A\n\nx\n:::", "A callout needs a title"),
        ('::: {.content-visible when-format="html"}\nx\n:::', '"content-visible" needs Quarto'),
        ("::: {.panel-tabset}\nx\n:::", '"panel-tabset" needs Quarto'),
        ("[x]{.column-margin}", '"column-margin" needs Quarto'),
        ("::: {layout-ncol=2}\nx\n:::", '"layout-ncol" needs Quarto'),
        ("::: {#fig-x}\nx\n:::", 'division "fig-x" must show something and end with its caption'),
        ("::: {#tbl-x}\nx\n\n- y\n:::", 'division "tbl-x" must show something'),
        ("::: {#fig-x}\n:::", 'division "fig-x" must show something'),
        ("| a |\n|---|\n| b |\n\n: c {#tbl-x}", "caption is the last paragraph of a division"),
        ("See [@fig-x].", 'the reference "@fig-x" must stand alone'),
        ("See -@fig-x.", 'the reference "@fig-x" must stand alone'),
        ("$$ x $$ {#sec-x}", "an equation's label is written {#eq-name}, not {#sec-x}"),
        ('$$ x $$ {#eq-x alt="y"}', "an equation's label is written {#eq-name}, not"),
    ],
)
def test_what_is_not_understood_is_named(report, fail, unexecuted, more, words):
    assert words in fail(report(more))


def test_places_name_the_line(report, fail, unexecuted):
    folder = report("See @fig-none.")
    line = (folder / "report.qmd").read_text().splitlines().index("See @fig-none.") + 1
    assert f"report.qmd:{line}:" in fail(folder)


def test_an_unknown_option_is_a_line_of_warning(report, unexecuted, monkeypatch, capsys):
    folder = report(**{"number-setcions": True})
    monkeypatch.chdir(folder)
    assert main(["--renderer", "pandoc"]) == 0
    told = capsys.readouterr().out
    assert '_quarto.yml: the option "number-setcions" is unknown here' in told


def test_a_missing_bibliography_is_named(report, fail, unexecuted):
    assert "none.bib" in fail(report(bibliography="none.bib"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"date": "today"}, "without Quarto a date is 2026-11-28"),
        ({"date-format": "long"}, "without Quarto a date is 2026-11-28"),
        ({"author": [{"name": "A"}]}, "the author is one line of text"),
        ({"format": {"docx": {}}}, "without Quarto the formats are html and typst"),
        ({"format": "html"}, "without Quarto the formats are html and typst"),
        ({"format": {"typst": {}}}, 'the option "margin" is missing'),
    ],
)
def test_options_that_only_quarto_understands_are_named(report, fail, unexecuted, options, words):
    assert words in fail(report(**options))


def test_options_in_front_of_the_text_are_refused(report, fail):
    folder = report()
    (folder / "report.qmd").write_text("---\ntitle: T\n---\n")
    assert "report.qmd:1: options stand in _quarto.yml" in fail(folder)


@pytest.mark.parametrize("kind", ["image/png", "text/html"])
def test_an_output_that_only_quarto_shows_is_refused(report, fail, monkeypatch, kind):
    shown = {"output_type": "display_data", "data": {kind: "", "text/plain": ""}, "metadata": {}}
    run = Run({"first": [shown]}, {1: {"value": {"text/plain": "1"}}})
    monkeypatch.setattr(pipeline, "recall_or_execute", lambda *_: run)
    assert f"line 2: {kind} needs Quarto" in fail(report())


@pytest.mark.parametrize(("letters", "holds"), [("Łódź, Ωμέγα", True), ("\U0010fffd", False)])
def test_letters_that_no_font_has_cost_the_standard_alone(
    report, unexecuted, monkeypatch, letters, holds
):
    folder = report(letters)
    monkeypatch.chdir(folder)
    assert main(["--renderer", "pandoc"]) == 0
    root = pypdf.PdfReader(folder / "_output" / "report.pdf").trailer["/Root"]
    assert (b"pdfuaid" in root["/Metadata"].get_object().get_data()) == holds


@pytest.mark.parametrize("target", ["/etc/hostname", "http://127.0.0.1:9/x.png", "report.html"])
def test_no_picture_is_shown_but_those_that_cells_drew(report, fail, unexecuted, target):
    assert f'The picture "{target}" is none that a cell drew' in fail(report(f"![x]({target})"))


def test_pandoc_reads_no_file_that_a_text_names(tmp_path):
    (tmp_path / "secret.tex").write_text("the secret")
    source = f"\\input{{{tmp_path / 'secret.tex'}}}"
    try:
        assert "the secret" not in run_pandoc(source, "--from", "latex", "--to", "plain")
    except RenderError as error:
        assert "the secret" not in str(error)


def test_a_missing_report(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([]) == 2
    assert "There is no report.qmd" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("bugdet:quick", 'Unknown parameter "bugdet"; known are budget'),
        ("budget:huge", 'The budget is "huge"; it can be quick or full'),
        ("budget", "-P takes name:value"),
    ],
)
def test_wrong_parameters_stop_before_anything_runs(report, fail, given, words):
    folder = report(cell("#| label: p", "#| tags: [parameters]", 'budget = "full"'))
    assert words in fail(folder, "-P", given, code=2)


def test_wrong_data_stop_before_anything_runs(report, fail):
    folder = report(cell("#| label: p", "#| tags: [parameters]", 'data = "genres"'))
    message = fail(folder, "-P", "data:none.csv", code=2)
    assert "none.csv" in message
    assert len(message.strip().splitlines()) == 1
