"""The report's own rules: labels, references, citations, and no typed results."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = (ROOT / "report.qmd").read_text(encoding="utf-8")
CELLS = re.findall(r"^```\{python\}\n(.*?)^```$", REPORT, re.S | re.M)

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


def test_no_result_is_typed():
    captions = [option(cell, kind) or "" for cell in CELLS for kind in ("fig-cap", "tbl-cap")]
    assert any(captions)
    known = "|".join((*CONVENTIONS, r"@[a-z]+\d{4}", r"^\d+\.\s"))
    texts = [*prose_lines(), *captions]
    assert not [text for text in texts if re.search(r"\d", re.sub(known, " ", text))]


def test_the_bibliography_holds_what_is_cited_with_a_stable_address():
    entries = (ROOT / "references.bib").read_text().split("\n@")
    assert not [entry[:40] for entry in entries if not re.search(r"\b(doi|url) = ", entry)]
    named = {re.search(r"\w+\{([^,]+),", entry)[1] for entry in entries}
    assert not set(re.findall(r"@(?!fig-|tbl-|sec-|eq-)([a-z][\w]+)", REPORT)) - named
    sources = [REPORT, *(p.read_text() for p in (ROOT / "analysis").rglob("*.py"))]
    assert not named - set(re.findall(r"@([a-z][\w]+)", "\n".join(sources)))


def test_every_reference_leads_somewhere_and_every_float_is_mentioned():
    named = set(re.findall(r"@((?:fig|tbl|sec|eq)-[\w-]+)", REPORT))
    labels = {option(cell, "label") for cell in CELLS} | set(re.findall(r"\{#([\w-]+)", REPORT))
    # an equation is given its label by the cell that displays it
    labels |= set(re.findall(r'"(eq-[\w-]+)"', "\n".join(CELLS)))
    floats = {label for label in labels if label.startswith(("fig-", "tbl-"))}
    assert floats and floats <= named <= labels


def test_no_inline_string_holds_a_reference_or_touches_another():
    """There a reference would be escaped; Pandoc reads two backticks in a row as one mark."""
    assert not re.findall(r"(?<!`)`\{python\}[^`\n]*@(?:sec|fig|tbl|eq)-", REPORT)
    assert not re.findall(r".*[^`\n]``\{python\}.*", REPORT)
