"""A name stays a name: no title, artist, genre or file name becomes anything else in the report.

The whole report is made here of a table of hostile names, on the smallest budget.
"""

import http.server
import json
import re
import subprocess
import threading
from pathlib import Path

import pypdf
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.derivation.formula_search import Factor
from analysis.prediction import learners
from analysis.printing import inert
from analysis.printing.typesetting import typeset
from render import pipeline
from render.assembling import assemble, inline_text
from render.document import Cell, Document, read_document
from render.executing import Run
from render.pandoc import run_pandoc
from render.settings import read_settings
from tests.printing.hostile_names import MARK, genres, make_hostile, names
from tests.render.browser import PROGRAM
from tests.walk_report import REPORT, least_effort, walk_report

FILE = "<svg onload=document.title='PWNED'> $fqz$ @fqz `fqz` {{< include fqz >}}"
# An empty picture: what is in the figures is read from the figures themselves.
PICTURE = {"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'}
# What a name must never become. Quoted is no more than the marks of print.
MARKUP = {
    "BlockQuote", "BulletList", "Cite", "Code", "CodeBlock", "DefinitionList", "Div", "Emph",
    "Header", "HorizontalRule", "Image", "LineBlock", "LineBreak", "Link", "Math", "Note",
    "OrderedList", "RawBlock", "RawInline", "SmallCaps", "Span", "Strikeout", "Strong",
    "Subscript", "Superscript", "Underline",
}  # fmt: skip
# Elements that the report itself puts around names: data set's title, and divisions of cells.
AROUND = {"Emph", "Div", "Span"}
# As Pandoc alone reads the report, and with what Quarto and its users may add.
DIALECTS = ("markdown", "markdown+autolink_bare_uris+emoji+mark+hard_line_breaks")
PLACES = ("{}", "w {} w", "w\n{}\nw", "*{}*", "- {}", "| h |\n|:--|\n| {} |", "w{}w")


def kinds(node) -> set[str]:
    """Return the kinds of all elements of a tree."""
    if isinstance(node, list):
        return set().union(*map(kinds, node))
    if not isinstance(node, dict):
        return set()
    return {node.get("t")} | kinds(list(node.values()))


def parse(text: str, dialect: str = "markdown") -> dict:
    """Return the document tree of a text."""
    return json.loads(run_pandoc(text, "--from", dialect, "--to", "json"))


def text_of(node) -> str:
    """Return the plain text of a tree."""
    if isinstance(node, list):
        return "".join(map(text_of, node))
    if not isinstance(node, dict):
        return ""
    if node.get("t") in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if node.get("t") in ("Str", "Code", "Math"):
        return node["c"] if node["t"] == "Str" else node["c"][1]
    return text_of(node.get("c"))


def bare(text: str) -> str:
    """Return a text without spaces, quotes and signs that have no form."""
    return re.sub(r"[\s\"'“”\u2018\u2019\u2060\u200e\u200b]", "", text)


@pytest.mark.parametrize("signs", [inert.SIGNS, inert.SIGNS_BUT_QUOTES], ids=["cells", "sentences"])
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("place", PLACES)
def test_an_escaped_name_is_text_wherever_it_stands(place, dialect, signs):
    found = names()
    blocks = [place.replace("{}", inert.escaped(name, signs)) for name in found.values()]
    tree = parse("\n\n::: {.end}\n:::\n\n".join(blocks), dialect)
    own = kinds(parse(place.replace("{}", "w"), dialect)) | {"Div"}
    assert not (kinds(tree) - own) & (MARKUP | {"Table"})
    text = bare(text_of(tree["blocks"]))
    assert not [name for name in found.values() if bare(inert.shown(name)) not in text]


def test_without_the_door_the_same_names_are_markup():
    """The test above could not fail if Pandoc took these names for text by itself."""
    closed = [name for name in names().values() if not re.search("div|:::|```|<!|\ud800", name)]
    tree = parse("\n\n".join(closed))
    assert kinds(tree) >= {"RawInline", "Image", "Link", "Cite", "Math", "Note", "Code", "Header"}


def test_an_inline_string_is_text_without_the_door_too():
    shown = [inline_text({"text/plain": repr(name)}) for name in names().values()]
    assert not kinds(parse("\n\n".join(shown))) & MARKUP


def test_a_level_in_a_formula_is_text():
    levels = [typeset([Factor("genre", "level", name)]) for name in names().values()]
    source = "\n\n".join(f"$$\n{level}\n$$ {{#eq-x}}" for level in levels)
    shown = [[one["t"] for one in block["c"]] for block in parse(source)["blocks"]]
    assert shown == [["Math", "Space", "Str"]] * len(levels)
    page = run_pandoc(source, "--from", "markdown", "--to", "html", "--mathml")
    texts = " ".join(re.findall(r"<mtext[^>]*>(.*?)</mtext>", page, re.DOTALL))
    assert not [mark for mark in names() if mark not in texts]


def test_what_would_turn_or_hide_other_text_is_seen():
    assert inert.shown("a\u202eb\x1b[0m\nc\ud800") == "a\ufffdb\ufffd[0m c\ufffd"
    assert inert.shown("a\u200bb\ufeff") == "ab"
    assert inert.shown("e" + 9 * "\u0301") == "e" + 4 * "\u0301"
    family = "👩\u200d👧"
    assert inert.shown(family) == family


@pytest.fixture(scope="module")
def server():
    """Return the port of a server on this machine, and what it was asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_port, asked
        running.shutdown()


@pytest.fixture(scope="module")
def walk(server, tmp_path_factory):
    """Return a walk through the report of a hostile table, and the shell that guards strings."""
    folder, shell = tmp_path_factory.mktemp("walked"), InteractiveShell.instance()
    table = folder / f"{FILE}.csv"
    make_hostile(server[0]).to_csv(table, index=False)
    with pytest.MonkeyPatch.context() as patch, least_effort(folder / "results"):
        patch.setattr(learners, "LEARNERS", (learners.NET, learners.FOREST, learners.BOOSTING))
        walked = walk_report({"data": str(table), "budget": "quick"})
    assert not walked.problems
    yield walked, shell
    InteractiveShell.clear_instance()


@pytest.fixture(scope="module")
def walked(walk) -> tuple[Document, Run]:
    """Return the report and what it shows of a hostile table, as its kernel would."""
    (walk, shell), document = walk, read_document(REPORT)
    outputs = {}
    for label, value in walk.values.items():
        printed = {"output_type": "stream", "name": "stdout", "text": walk.shown[label][0]}
        data = PICTURE if isinstance(value, Figure) else shell.display_formatter.format(value)[0]
        shown = {"output_type": "display_data", "data": data, "metadata": {}}
        outputs[label] = [printed] * bool(printed["text"]) + [shown] * (value is not None)
    inline = {
        place: {text: shell.display_formatter.format(value)[0]
                for text, value in walk.inline.get(part.line, {}).items()}
        for place, part in enumerate(document.parts) if not isinstance(part, Cell)
    }  # fmt: skip
    return document, Run(outputs, inline)


@pytest.fixture(scope="module")
def markdown(walked, tmp_path_factory) -> str:
    """Return the whole report as Markdown."""
    settings = read_settings(walked[0], warn=print)["html"]
    return assemble(*walked, settings, tmp_path_factory.mktemp("pictures"))


def with_marks(node, around=()):
    """Yield every piece of a tree that holds a mark, with the kinds of the elements around it."""
    if isinstance(node, str) and MARK.search(node):
        yield node, around
    if isinstance(node, dict):
        node, around = list(node.values()), (*around, node.get("t"))
    for child in node if isinstance(node, list) else []:
        yield from with_marks(child, around)


def test_no_name_in_the_report_is_markup(markdown):
    found = list(with_marks(parse(markdown)["blocks"]))
    marks = {mark for text, _ in found for mark in MARK.findall(text)}
    assert {"g0qz", "g1qz", "g2qz", "fqz"} < marks
    assert len(marks) > 20
    assert not [text for text, kinds in found if set(kinds) & MARKUP - AROUND - {"Math"}]
    assert all(r"\text{" in text for text, kinds in found if "Math" in kinds)


def test_every_name_in_the_report_reads_as_itself(markdown, server):
    text = bare(re.sub(r"\\text\{.*", "", text_of(parse(markdown)["blocks"])))
    kinds = zip(("g0qz", "g1qz", "g2qz"), genres(server[0]), strict=True)
    whole = {**names(), **dict(kinds), "fqz": FILE}
    for mark in set(MARK.findall(text)):
        name = bare(inert.shown(whole[mark]))
        assert text.count(mark) == text.count(name) * name.count(mark), (mark, name)


def test_nothing_of_quartos_own_is_in_the_report(markdown):
    assert "{{<" not in markdown
    assert not inert.UUID.search(text_of(parse(markdown)["blocks"]))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", markdown)


def test_names_in_figures_are_letters(walk):
    figures = [value for value in walk[0].values.values() if isinstance(value, Figure)]
    texts = [text for figure in figures for text in figure.findobj(Text)]
    texts = [text for text in texts if MARK.search(text.get_text())]
    assert len(texts) >= 4
    for text in texts:
        assert not text.get_parse_math()
        assert not re.search("[\u202a-\u202e\x00-\x08\x1b]", text.get_text())
        assert max(map(len, text.get_text().split("\n"))) <= 90


needs_browser = pytest.mark.skipif(not PROGRAM, reason="there is no Chromium here to open the page")


def opened(page: Path) -> str:
    """Return a page's source after a browser has opened it and run what runs."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    folder = f"--user-data-dir={page.parent / 'browser'}"
    command = [PROGRAM, *options, folder, "--virtual-time-budget=3000", "--dump-dom", page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.fixture(scope="module")
def written(walked, tmp_path_factory):
    """Return the folder of the report of a hostile table, written as page and as PDF."""
    folder = tmp_path_factory.mktemp("written")
    for settings in read_settings(walked[0], warn=print).values():
        pipeline.write(*walked, settings, folder)
    return folder


@needs_browser
def test_the_page_runs_no_name_and_asks_for_nothing(written, server):
    asked = len(server[1])
    source = opened(written / "report.html")
    assert "g0qz" in source and "<title>What Makes" in source
    assert server[1][asked:] == []


@needs_browser
def test_a_page_without_the_door_would(server, tmp_path):
    """The test above could not fail if this browser ran nothing."""
    page = tmp_path / "bare.html"
    page.write_text(f"<title>none</title><body>{' '.join(genres(server[0]))}", encoding="utf-8")
    asked = len(server[1])
    assert "<title>PWNED" in opened(page)
    assert "/b" in server[1][asked:]


@needs_browser
def test_the_policy_of_the_page_stops_markup_that_came_in_otherwise(written, server, tmp_path):
    whole = (written / "report.html").read_text(encoding="utf-8")
    page = tmp_path / "forged.html"
    page.write_text(whole.replace("</main>", " ".join(genres(server[0])) + "</main>"), "utf-8")
    asked = len(server[1])
    source = opened(page)
    assert "<svg onload" in source and "<title>What Makes" in source
    assert server[1][asked:] == []
    assert '<div id="preview"' in source  # made by the page's own script, which runs


def test_the_pdf_links_to_no_name(written):
    notes = [note for sheet in pypdf.PdfReader(written / "report.pdf").pages
             for note in sheet.get("/Annots") or []]  # fmt: skip
    targets = [str(note.get_object().get("/A", {}).get("/URI", "")) for note in notes]
    assert any(targets)
    assert not [target for target in targets if MARK.search(target) or "127.0.0.1" in target]
