"""What a reader sees of the sample, on the page and in print."""

import re

import pypdf
import pytest
from conftest import run_render

from benchmarks import steps

BOTH = ["page_text", "pdf_text"]


@pytest.fixture(params=BOTH)
def text(request) -> str:
    return request.getfixturevalue(request.param)


def test_numbers_and_references_are_written_out(text):
    assert "See Figure 1, Figure 2 and Table 1, Table 2, Table 3; Equation 1 in Section 1.1" in text
    assert "See Figure 3 in Section 2.1.1." in text


def test_captions_are_numbered_in_reading_order(text):
    assert re.findall(r"(Figure \d|Table \d): ", text) == (
        ["Table 1", "Table 2", "Table 3", "Figure 1", "Figure 2", "Figure 3"]
    )


@pytest.mark.parametrize("number", ["1 Introduction", "1.1 Methods", "2 Results", "2.1.1 A deeper"])
def test_sections_are_numbered(text, number):
    assert number in text


def test_unnumbered_sections_have_no_number(page):
    assert re.search(r"<h2[^>]*>Abstract</h2>", page)


def test_captions_may_be_computed_and_hold_markup(text):
    assert "Figure 3: The caption knows 4 rows." in text
    assert "a citation (Knuth 1984)" in text


def test_citations_and_bibliography(text):
    assert "Knuth (1984) said so, and others too (Wilke 2019, 3)." in text
    assert text.index("Made of text.") < text.rindex("References")
    assert text.rindex("References") < text.rindex("Knuth, Donald E. 1984.")


def test_inline_values_are_shown_letter_by_letter(text):
    assert "The total is 15.0, the low \N{MINUS SIGN}4_*, the budget quick." in text


def test_given_parameters_replace_the_default(text):
    assert "budget quick" in text


def test_outputs_are_those_of_the_cells(text):
    assert "printed text" in text
    assert not re.search(r'(?<!["“])a warning', text)
    assert "without its code." in text


def test_code_folds_on_the_page_and_is_hidden_in_print(page, pdf_text):
    assert page.count('<details class="fold"><summary>Code</summary>') == 7
    assert "to_markdown(index" not in pdf_text


def test_hidden_cells_leave_no_trace(page):
    assert "import pandas" not in page
    assert "without its code.&quot;" not in page


def test_raw_typst_is_for_print_alone(page_text, pdf_text):
    assert "Only in print." in pdf_text
    assert "Only in print." not in page_text


def test_callouts_have_titles(text, page):
    assert "Read this first" in text
    assert "Take care" in text
    assert page.count('class="callout callout-') == 2


def test_footnotes(text):
    assert "A note follows." in text
    assert "The footnote has" in text


def test_nothing_is_left_unresolved(text):
    assert not re.search(r"\?@|np\.float64|Traceback|\{#|:::|`\{python\}", text)


def test_the_page_needs_no_network(page):
    assert not re.findall(r'<(?:script|link|img|iframe)[^>]*(?:src|href)="(?!data:)', page)
    assert not re.findall(r"@import|url\(", page)


def test_equations_are_mathml(page):
    assert page.count("<math") == 4
    assert "\\beta" not in re.sub(r"<annotation.*?</annotation>", "", page, flags=re.S)


def test_pictures_have_alternative_texts(page, rendered):
    expected = "Scatterplot of &quot;value&quot; against step; 100 % of points rise."
    assert f'alt="{expected}"' in page
    assert page.count("<img") == page.count(' alt="')
    print_source = (rendered / "_output" / "report.pdf").read_bytes()
    assert print_source.startswith(b"%PDF")


def test_pictures_in_print_have_alternative_texts(pdf):
    texts = [str(node.get("/Alt")) for node in structure(pdf) if node.get("/Alt")]
    assert 'Scatterplot of "value" against step; 100 % of points rise.' in texts


def structure(pdf: pypdf.PdfReader) -> list:
    """Return the elements of a PDF's tag tree."""
    found, waiting = [], [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, dict):
            found.append(node)
            kids = node.get("/K", [])
            waiting += kids if isinstance(kids, list) else [kids]
    return found


def test_the_page_is_accessible(page):
    assert '<html lang="en">' in page
    for part in ("<main ", '<nav id="toc"', 'class="skip"', "<h1>", 'name="viewport"'):
        assert part in page
    assert page.count("<h1>") == 1
    identifiers = re.findall(r' id="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_links_on_the_page_lead_somewhere(page):
    identifiers = set(re.findall(r' id="([^"]+)"', page))
    assert not set(re.findall(r'href="#([^"]+)"', page)) - identifiers


def test_contents_keep_to_their_depth(page, pdf_text):
    contents = page[page.index('<nav id="toc"') : page.index("</nav>")]
    assert "#sec-methods" in contents
    assert "#sec-deep" not in contents
    assert "Table of contents" in pdf_text


def test_print_has_a_title_block_and_page_numbers(pdf, pdf_text):
    assert pdf.metadata.title == "A Sample: Report"
    assert pdf.metadata.author == "The Sample Makers"
    assert "The Sample Makers · 2 January 2026" in pdf_text
    assert f"1 / {len(pdf.pages)}" in pdf_text


def test_long_tables_repeat_their_head(pdf):
    pages = [page.extract_text() for page in pdf.pages if "square" in page.extract_text()]
    assert len(pages) >= 2


def test_progress_names_every_cell(rendered):
    log = (rendered / "log").read_text()
    assert log.startswith("Renderer: Pandoc")
    assert re.search(r"^\[ 1/10\] parameters \.\.\. \d+\.\d s$", log, re.M)
    assert re.search(r"^\[10/10\] draw-computed \.\.\. \d+\.\d s$", log, re.M)


def test_benchmarks_read_the_seconds_of_every_cell_from_it(rendered):
    log = (rendered / "log").read_text()
    found = steps.read_seconds(log)
    cells = re.findall(r"^\[ *\d+/10\] (\S+)", log, re.M)
    assert list(found) == [*cells, steps.WHOLE]
    assert sum(found[cell] for cell in cells) < found[steps.WHOLE] + 1  # it is rounded
    slow = found | {steps.PEAK: 1.0, cells[0]: 9.0}
    table = steps.tabulate({"old": slow, "new": slow | {cells[0]: 3.0}})
    assert table.loc[cells[0], "new / old"] == pytest.approx(1 / 3, abs=0.005)


def test_a_second_run_gives_the_same_bytes(rendered):
    files = [rendered / "_output" / name for name in ("report.html", "report.pdf")]
    before = [file.read_bytes() for file in files]
    done = run_render(rendered, "--renderer", "pandoc", "-P", "budget:quick")
    assert done.returncode == 0, done.stderr
    assert [file.read_bytes() for file in files] == before
