"""The report's own rules: labels, captions, alt texts, citations, and no typed results."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REPORT = (ROOT / "report.qmd").read_text(encoding="utf-8")
CELLS = re.findall(r"^```\{python\}\n(.*?)^```$", REPORT, re.S | re.M)
BIBLIOGRAPHY = re.findall(r"^@\w+\{([^,]+),", (ROOT / "references.bib").read_text(), re.M)

# Numbers that are not results: definitions, conventions and facts with a source.
CONVENTIONS = (
    r"\b0 (?:to|and) 1\b",  # the scale of valence
    r"\b95 ?%",  # the level of every interval
    r"\b5% level",  # of every test
    r"\b27 November 2024\b",  # the closing of the endpoint [@spotify2024]
    r"\b2 ?%|\b80 %|\b90 %",  # named shares and levels of a procedure
    r"\b0\.1\b",  # the natural step of a score
    r"R²|\bQ[12]\b|\bH[0-9]\b",
    r"\b10,089,578\b",
    r"\bHC3\b",
    r"\b90th and the 10th percentile\b|\b10th and 90th percentile\b",
    r"\bnear 1\b|\bbelow 1\b",  # the ends of an index's scale
    r"\bCC BY 4\.0\b|\bSHA-256\b",
)


def option(cell: str, name: str) -> str | None:
    found = re.search(rf"^#\| *{name}: *(.+)$", cell, re.M)
    return found and found[1].strip().strip('"')


def prose_lines() -> list[str]:
    """Return the sentences of the report without cells, inline code, citations and headings."""
    text = re.sub(r"^---\n.*?^---$|^```.*?^```$", "", REPORT, flags=re.S | re.M)
    text = re.sub(r"<!--.*?-->|`\{python\}[^`]*`|`[^`]*`", " ", text, flags=re.S)
    text = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|\{[^}]*\}|\]\([^)]*\)", " ", text, flags=re.S)
    text = re.sub(r"-?@[\w:-]+", " ", text)
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_every_cell_has_a_label_of_its_own():
    labels = [option(cell, "label") for cell in CELLS]
    assert len(labels) > 5
    assert None not in labels
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("kind", ["fig", "tbl"])
def test_every_float_has_a_caption(kind):
    bare = [
        option(cell, "label")
        for cell in CELLS
        if (option(cell, "label") or "").startswith(f"{kind}-") and not option(cell, f"{kind}-cap")
    ]
    assert not bare


def divisions() -> list[tuple[str, str]]:
    return re.findall(r"^::: \{#((?:fig|tbl)-[\w-]+)\}\n(.*?)^:::$", REPORT, re.S | re.M)


def test_every_division_ends_with_its_caption():
    for label, body in divisions():
        last = body.strip().split("\n\n")[-1]
        assert last and not last.startswith(("```", "#|")), label


def test_every_figure_has_an_alt_text():
    drawn = [cell for cell in CELLS if re.search(r"\bdraw_\w+\(", cell)]
    assert drawn
    assert not [option(cell, "label") for cell in drawn if not option(cell, "fig-alt")]


def test_alt_texts_differ_from_captions():
    texts = [(option(cell, "fig-alt"), option(cell, "fig-cap")) for cell in CELLS]
    assert not [alt for alt, caption in texts if alt and alt == caption]


def test_no_result_is_typed():
    typed = []
    for line in prose_lines():
        rest = re.sub("|".join(CONVENTIONS), " ", re.sub(r"^\d+\.\s", "", line))
        typed += [line] if re.search(r"\d", rest) else []
    assert not typed


def test_captions_hold_no_result():
    captions = [option(cell, kind) for cell in CELLS for kind in ("fig-cap", "tbl-cap")]
    known = "|".join((*CONVENTIONS, r"@[a-z]+\d{4}"))
    rest = [re.sub(known, " ", caption) for caption in captions if caption]
    assert rest
    assert not [caption for caption in rest if re.search(r"\d", caption)]


def test_every_citation_is_in_the_bibliography():
    cited = set(re.findall(r"@(?!fig-|tbl-|sec-|eq-)([a-z][\w]+)", REPORT))
    assert not cited - set(BIBLIOGRAPHY)


def test_every_entry_of_the_bibliography_is_cited():
    sources = [REPORT, *(p.read_text() for p in (ROOT / "analysis").rglob("*.py"))]
    cited = set(re.findall(r"@([a-z][\w]+)", "\n".join(sources)))
    assert not set(BIBLIOGRAPHY) - cited


def test_every_entry_has_a_stable_address():
    entries = (ROOT / "references.bib").read_text().split("\n@")
    assert not [entry[:40] for entry in entries if not re.search(r"\b(doi|url) = ", entry)]


def test_every_reference_leads_somewhere():
    named = set(re.findall(r"@((?:fig|tbl|sec|eq)-[\w-]+)", REPORT))
    labels = {option(cell, "label") for cell in CELLS} | set(re.findall(r"\{#([\w-]+)", REPORT))
    # an equation is given its label by the cell that displays it
    labels |= set(re.findall(r'"(eq-[\w-]+)"', "\n".join(CELLS)))
    assert named
    assert not named - labels


def test_no_reference_stands_in_an_inline_string():
    """There it would be escaped and printed as it is typed."""
    assert not re.findall(r"(?<!`)`\{python\}[^`\n]*@(?:sec|fig|tbl|eq)-", REPORT)


def test_no_inline_string_touches_another():
    """Pandoc reads two backticks in a row as one mark, and shows the code."""
    assert not re.findall(r".*[^`\n]``\{python\}.*", REPORT)


def test_every_float_is_mentioned():
    labels = {option(cell, "label") for cell in CELLS} | {label for label, _ in divisions()}
    floats = {label for label in labels if label.startswith(("fig-", "tbl-"))}
    assert not floats - set(re.findall(r"@((?:fig|tbl)-[\w-]+)", REPORT))


def test_one_sentence_a_line():
    several = [line for line in prose_lines() if re.search(r"[a-z)]\. [A-Z][a-z]+ [a-z]", line)]
    assert not several
