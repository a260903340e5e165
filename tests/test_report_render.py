"""One real rendering of the report, on a draft's budget, read as a reader would read it."""

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from analysis.tracks import datasets
from analysis.tracks.cleaning import clean
from analysis.tracks.splitting import hold_out
from tests.derivation.printed_formula import evaluate, rows_of_page
from tests.render.browser import PROGRAM, Browser

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("report.qmd", "_quarto.yml", "references.bib", "CITATION.cff")
FAULTS = (
    r"\?@", r"np\.float64", r"np\.int64", "Traceback", r"\bnan\b", r"\bNaN\b", r"\bNone\b",
    r"\binf\b", r"\[@", r"@[a-z]+\d{4}", r"\{python\}", r"<NA>", "Injected Parameters",
)  # fmt: skip


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> tuple[str, str]:
    """Render a copy of the project, so that nobody's `_output/` changes; return both texts."""
    copy = tmp_path_factory.mktemp("project")
    for folder in ("analysis", "data", "render", "results", "tests"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("external"))
    for part in PARTS:
        shutil.copy(ROOT / part, copy / part)
    command = [sys.executable, "-m", "render", "--renderer", "pandoc", "-P", "budget:quick"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (copy / "_output" / "report.html").read_text(encoding="utf-8")
    pdf = pypdf.PdfReader(copy / "_output" / "report.pdf")
    return page, "\n".join(sheet.extract_text() for sheet in pdf.pages)


@pytest.fixture(scope="module")
def texts(rendered) -> dict[str, str]:
    """Return what a reader sees in each format; code is left out."""
    # the appendix prints one function, whose code is no fault
    shapes = r"noise_shape=\(1, None, None\)|mbo\", \(None, (units|1)\)"
    printed = re.sub(shapes, "", " ".join(rendered[1].split()))
    return {"html": _read_page(rendered[0]), "pdf": printed}


def _read_page(page: str) -> str:
    """Return the text of a page without code, styles and pictures."""
    body = re.sub(r"<(pre|script|style|svg)\b.*?</\1>", " ", page, flags=re.S)
    body = re.sub(r'src="data:[^"]*"', " ", body)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("format", ["html", "pdf"])
def test_no_fault_is_printed(texts, format, fault):
    found = re.search(rf".{{0,60}}(?:{fault}).{{0,60}}", texts[format])
    assert found is None, found[0]


def floats(kind: str) -> list[str]:
    """Return the labels of the report's figures or tables."""
    source = (ROOT / "report.qmd").read_text(encoding="utf-8")
    return re.findall(rf"^(?:#\| *label: *|::: \{{#)({kind}-[\w-]+)", source, re.M)


@pytest.mark.parametrize(("kind", "word"), [("fig", "Figure"), ("tbl", "Table")])
@pytest.mark.parametrize("format", ["html", "pdf"])
def test_floats_are_numbered_and_captioned(texts, format, kind, word):
    numbers = {int(n) for n in re.findall(rf"{word}\s(\d+):\s\S", texts[format])}
    assert numbers == set(range(1, len(floats(kind)) + 1))


def test_every_picture_has_an_alt_text(rendered):
    pictures = re.findall(r"<img\b[^>]*>", rendered[0])
    assert len(pictures) >= len(floats("fig"))
    assert not [one[-200:] for one in pictures if not re.search(r'alt="[^"]{20,}"', one)]


def test_the_page_is_whole_without_network(rendered):
    """Links lead out; nothing that the page needs to be shown does."""
    needed = r"(?:<(?:script|img|iframe)[^>]+src=|<link[^>]+href=|url\()[\"']?(?:https?:)?//"
    assert not re.findall(needed, rendered[0])


@pytest.mark.skipif(not PROGRAM, reason="there is no Chromium here to open the page")
def test_the_front_page_is_one_desktop_screen(rendered, tmp_path):
    """The answers and the figure, with its caption, before anything is scrolled."""
    (tmp_path / "report.html").write_text(rendered[0], encoding="utf-8")
    browser = Browser(tmp_path / "profile")
    try:
        browser.open(tmp_path / "report.html", 1280, "light")
        place = "document.querySelector('#fig-variance').getBoundingClientRect()"
        assert 0 < browser.ask(f"{place}.bottom") <= browser.ask("innerHeight")
        assert browser.ask(f"{place}.right") <= browser.ask("innerWidth")
    finally:
        browser.close()


def test_both_formats_print_the_same_numbers(rendered, texts):
    """Words break differently over lines and pages; numbers with decimals do not.

    Those of formulas are read from the page by a test of their own, and in print stand apart.
    """
    plain = _read_page(re.sub(r"<math\b.*?</math>", " ", rendered[0], flags=re.S))
    seen = {
        format: re.findall(r"(?<![\d.,/])[−+]?\d+\.\d{2,}(?![\d.,/])", text)
        for format, text in (texts | {"html": plain}).items()
    }
    assert len(seen["html"]) > 100
    missing = set(seen["html"]) - set(seen["pdf"])
    assert len(missing) <= 0.01 * len(set(seen["html"])), missing


def test_the_pdf_is_paged(rendered):
    assert re.search(r"\b1 / \d+", rendered[1])


def test_the_printed_formula_reaches_the_printed_scores(rendered, texts):
    """The formula as the page shows it, on the held-out tracks, against the sentence about it."""
    test = hold_out(clean(datasets.load("genres")).tracks).test
    page = rendered[0][rendered[0].index('id="tbl-formula"') :]
    left = test["valence"] - evaluate(rows_of_page(page), test)
    told = r"On held-out artists the formula has an R² of ([\d.]+) and an MAE of ([\d.]+),"
    for text in texts.values():
        r2, mae = map(float, re.search(told, text).groups())
        assert r2 == pytest.approx(1 - (left**2).mean() / test["valence"].var(ddof=0), abs=5.1e-4)
        assert mae == pytest.approx(left.abs().mean(), abs=5.1e-4)
