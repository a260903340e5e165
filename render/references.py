"""Numbers of sections, figures, tables and equations, and the references to them.

The numbers are given here, once, and written out as text: both formats show the same.
"""

import re
from dataclasses import dataclass

from render import RenderError, Unresolved
from render.settings import Settings
from render.tree import (
    attributes,
    element,
    pairs_of,
    raw_inline,
    text_of,
    typst_string,
    walk,
    words,
)

LABEL = re.compile(r"^(fig|tbl|eq|sec)-\S+$")
EQUATION = re.compile(r'^\{#(eq-[^\s}]+)(?:\s+alt="(.*)")?\s*\}$')
NBSP = "\u00a0"


@dataclass(frozen=True)
class Numbers:
    """The number of everything that can be referred to, by its identifier."""

    by_label: dict[str, str]
    settings: Settings

    def reference(self, label: str) -> str:
        """Return "Figure 1" for a figure's label."""
        return f"{self.settings.prefix(label.split('-')[0])}{NBSP}{self.by_label[label]}"

    def caption(self, label: str) -> str:
        """Return "Figure 1:", which begins a caption."""
        return f"{self.settings.title(label.split('-')[0])}{NBSP}{self.by_label[label]}:"


def resolve(tree: dict, settings: Settings) -> Numbers:
    """Number a tree in place and turn its cross-references into links.

    Raises
    ------
    RenderError
        Where a reference leads nowhere.
    """
    tree["blocks"] = walk(tree["blocks"], _mark_equations)
    counter = _Counter(settings)
    walk_down(tree["blocks"], counter.visit)
    numbers = Numbers(counter.numbers, settings)
    tree["blocks"] = walk(tree["blocks"], lambda node: _link(node, numbers))
    tree["blocks"] = walk(tree["blocks"], lambda node: _write_equation(node, numbers))
    return numbers


def walk_down(node, visit) -> None:
    """Visit every element in reading order, the outermost first."""
    if isinstance(node, dict):
        visit(node)
        node = node.get("c")
    for child in node if isinstance(node, list) else []:
        walk_down(child, visit)


class _Counter:
    """Gives numbers as elements come by."""

    def __init__(self, settings: Settings):
        self.numbers: dict[str, str] = {}
        self.last = {"fig": 0, "tbl": 0, "eq": 0}
        self.section: list[int] = []
        self.is_numbering = bool(settings["number-sections"])

    def visit(self, node: dict) -> None:
        """Number a header or a labelled element."""
        if node.get("t") == "Header":
            self._enter(node)
        elif node.get("t") in ("Div", "Figure", "Table", "Span"):
            self._count(node["c"][0][0])

    def _enter(self, header: dict) -> None:
        """Step the section number; a reference to a section without number is an error later."""
        level, (label, classes, _), _ = header["c"]
        if "unnumbered" in classes or not self.is_numbering:
            return
        path = (self.section + [0] * level)[:level]
        path[-1] += 1
        self.section = path
        self.numbers[label] = ".".join(map(str, path))

    def _count(self, label: str) -> None:
        """Give the next number of its kind to a label."""
        kind = label.split("-")[0]
        if LABEL.match(label) and kind in self.last and label not in self.numbers:
            self.last[kind] += 1
            self.numbers[label] = str(self.last[kind])


def _mark_equations(node: dict):
    """Wrap `$$…$$ {#eq-x}` into a span with that identifier."""
    if node["t"] not in ("Para", "Plain"):
        return None
    inlines = node["c"]
    places = [n for n, one in enumerate(inlines) if _is_display(one)]
    for place in reversed(places):
        tail = "".join(text_of(one) for one in inlines[place + 1 :])
        end = _label_end(inlines, place + 1)
        if end and (found := EQUATION.match(text_of(inlines[place + 1 : end]).strip())):
            pairs = {"alt": found[2]} if found[2] else {}
            span = element("Span", [attributes(found[1], ("equation",), **pairs), [inlines[place]]])
            inlines = [*inlines[:place], span, *inlines[end:]]
        elif tail.lstrip().startswith("{#"):
            raise RenderError(f'An equation\'s label must begin with "eq-": {tail.strip()[:40]}')
    return element(node["t"], inlines)


def _is_display(node: dict) -> bool:
    """Tell whether an inline is display math."""
    return node["t"] == "Math" and node["c"][0]["t"] == "DisplayMath"


def _label_end(inlines: list, start: int) -> int | None:
    """Return the index after the inline that closes the braces opened at `start`."""
    if not text_of(inlines[start : start + 2]).strip().startswith("{#eq-"):
        return None
    closing = (n for n in range(start, len(inlines)) if text_of(inlines[n]).endswith("}"))
    return next((n + 1 for n in closing), None)


def _link(node: dict, numbers: Numbers):
    """Turn a citation of labels into links to what they name."""
    if node["t"] != "Cite" or not LABEL.match(node["c"][0][0]["citationId"].lower()):
        return None
    links = [_reference(citation, numbers) for citation in node["c"][0]]
    return [part for link in links for part in (*words(", "), link)][len(words(", ")) :]


def _reference(citation: dict, numbers: Numbers) -> dict:
    """Return the link of one reference; `-@fig-x` is the number alone."""
    label = citation["citationId"][:1].lower() + citation["citationId"][1:]
    if label not in numbers.by_label:
        why = " (is number-sections on?)" if label.startswith("sec-") else ""
        raise Unresolved(label, f'the reference "@{label}" leads nowhere{why}.')
    text = numbers.reference(label)
    if citation["citationPrefix"]:
        text = f"{text_of(citation['citationPrefix'])}{NBSP}{numbers.by_label[label]}"
    elif citation["citationMode"]["t"] == "SuppressAuthor":
        text = numbers.by_label[label]
    target = ["#" + label, ""]
    return element("Link", [attributes(classes=("xref",)), [element("Str", text)], target])


def _write_equation(node: dict, numbers: Numbers):
    """Put the number beside a labelled equation, as each format does it."""
    if node["t"] != "Span" or not node["c"][0][0].startswith("eq-"):
        return None
    (label, _, _), inlines = node["c"]
    number = f"({numbers.by_label[label]})"
    if numbers.settings.format == "html":
        mark = element("Span", [attributes(classes=("number",)), words(number)])
        return element("Span", [node["c"][0], [*inlines, mark]])
    alt = pairs_of(node["c"][0]).get("alt")
    alt = f", alt: {typst_string(alt)}" if alt else ""
    start = f'#math.equation(block: true, numbering: _ => "{number}"{alt}, [ '
    return [raw_inline("typst", start), *inlines, raw_inline("typst", f" ])<{label}>")]
