"""The page in a browser: both themes, a phone's and a desktop's width."""

import os
from pathlib import Path

import pytest
from browser import PROGRAM, Browser

pytestmark = [
    pytest.mark.skipif(not PROGRAM, reason="there is no Chromium here to open the page"),
    pytest.mark.skipif(os.name == "nt", reason="the browser is spoken to over pipes of POSIX"),
]
AXE = next(iter(Path(__file__).parents[2].glob("node_modules/axe-core/axe.min.js")), None)
WINDOWS = [(width, theme) for width in (390, 1280) for theme in ("light", "dark")]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("browser"))
    yield opened
    opened.close()


@pytest.fixture(params=WINDOWS, ids=str)
def tab(request, browser, rendered):
    """The browser with the sample's page, in each window."""
    browser.open(rendered / "_output" / "report.html", *request.param)
    browser.width, browser.theme = request.param
    return browser


def test_nothing_goes_wrong_and_nothing_is_fetched(tab):
    assert tab.told == []
    assert [one for one in tab.asked if not one.startswith(("file:", "data:"))] == []


def test_only_tables_code_and_formulas_scroll_sideways(tab):
    assert tab.ask("document.documentElement.scrollWidth <= innerWidth")
    assert tab.ask("innerWidth") == tab.width


def test_the_device_chooses_the_theme_and_the_switch_changes_it(tab):
    ground = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g)[0] > 128"
    assert tab.ask(ground) == (tab.theme == "light")
    tab.ask("document.querySelector('#theme').click()")
    assert tab.ask(ground) == (tab.theme == "dark")
    tab.ask("localStorage.clear()")


def test_code_folds_one_by_one_and_all_at_once(tab):
    count = "[...document.querySelectorAll('details.fold')].filter((one) => one.open).length"
    assert tab.ask(count) == 0
    tab.ask("document.querySelector('details.fold summary').click()")
    assert tab.ask(count) == 1
    tab.ask("document.querySelector('#code').click()")
    assert tab.ask(count) == tab.ask("document.querySelectorAll('details.fold').length")
    tab.ask("document.querySelector('#code').click()")
    assert tab.ask(count) == 0


def test_figures_enlarge(tab):
    size = "document.querySelector('dialog img').getBoundingClientRect().width"
    before = tab.ask("document.querySelector('#fig-points img').getBoundingClientRect().width")
    tab.ask("document.querySelector('#fig-points .enlarge').click()")
    assert tab.ask("document.querySelector('dialog').open")
    assert tab.ask(size) > before
    assert tab.ask("document.querySelector('dialog img').alt").startswith("Scatterplot")
    tab.ask("document.querySelector('dialog button').click()")
    assert not tab.ask("document.querySelector('dialog').open")


def test_references_citations_and_notes_are_previewed(browser, rendered):
    browser.open(rendered / "_output" / "report.html", 1280, "light")
    shown = "document.querySelector('#preview').hidden ? '' : document.querySelector('#preview')"
    for link, words in (
        ("a[href='#tbl-frame']", "The frame, with"),
        ("a[href='#sec-methods'].xref", "The line has a slope"),
        ("a[href='#ref-knuth1984']", "Literate Programming"),
        ("a[href='#fn1']", "The footnote has"),
    ):
        browser.point_at(f"main {link}")
        assert words in browser.ask(f"({shown}).textContent")
    browser.point_at("h1")
    assert browser.ask(f"{shown}") == ""


def test_contents_mark_the_section_that_is_read(browser, rendered):
    browser.open(rendered / "_output" / "report.html", 1280, "light")
    for label in ("sec-methods", "sec-results"):
        browser.ask(f"document.getElementById('{label}').scrollIntoView({{behavior: 'instant'}})")
        browser.ask("new Promise((done) => setTimeout(done, 100))")
        marked = browser.ask("document.querySelector('#toc [aria-current]').hash")
        assert marked == f"#{label}"


def test_a_wide_table_keeps_its_first_column_on_a_phone(browser, rendered):
    browser.open(rendered / "_output" / "report.html", 390, "light")
    browser.ask("document.querySelector('#tbl-written table').style.minWidth = '40rem'; 0")
    browser.ask("new Promise((done) => setTimeout(done, 100))")
    cue = "getComputedStyle(document.querySelector('#tbl-written .cue')).visibility"
    assert browser.ask(cue) == "visible"
    left = "document.querySelector('#tbl-written td').getBoundingClientRect().left"
    before = browser.ask(left)
    browser.ask("document.querySelector('#tbl-written .scroll').scrollLeft = 150; 0")
    assert browser.ask(left) == before


def test_a_table_and_the_data_of_a_figure_can_be_had_as_csv(browser, rendered):
    browser.open(rendered / "_output" / "report.html", 1280, "light")
    browser.ask("URL.createObjectURL = (blob) => { window.made = blob; return '#'; }; 0")
    for label, lines in (
        ("tbl-written", ['"Name","Meaning","Score"', '"b","second","22.0"']),
        ("fig-points", ["step,value", "1,2.5", "3,7.5"]),
    ):
        browser.ask(f"document.querySelector('#{label} .csv').click()")
        found = browser.ask("window.made.text()").lstrip("\ufeff").splitlines()
        assert [found[0], *found[2::2]] == lines


@pytest.mark.skipif(not AXE, reason="axe-core is not here: npm install --no-save axe-core")
def test_nothing_serious_stands_in_a_readers_way(tab):
    tab.ask(AXE.read_text(encoding="utf-8") + "; 0")
    found = tab.ask("axe.run().then((all) => all.violations.map((one) => [one.impact, one.id]))")
    assert [one for one in found if one[0] in ("serious", "critical")] == []
