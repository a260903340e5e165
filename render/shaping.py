"""What one format makes of the tree: floats, callouts, folded code, conditional parts."""

from render import RenderError
from render.pandoc import parse
from render.references import LABEL, Numbers
from render.settings import Settings
from render.tree import (
    attributes,
    division,
    element,
    pairs_of,
    raw,
    raw_inline,
    text_of,
    typst_string,
    walk,
    words,
)

CALLOUTS = ("note", "tip", "warning", "important", "caution")
NO_FIGURE = "typst:no-figure"  # Pandoc's word for: a bare table, the figure is made here


def choose_parts(tree: dict, settings: Settings) -> None:
    """Leave out what is meant for another format; read HTML tables into the tree."""
    tree["blocks"] = walk(tree["blocks"], lambda node: _condition(node, settings.format))
    tree["blocks"] = walk(tree["blocks"], _read_table)


def shape(tree: dict, settings: Settings, numbers: Numbers) -> None:
    """Turn the marked divisions of a numbered tree into what one format shows."""
    for change in (_picture, _float, _callout, _code, _table, _header):
        shaped = walk(tree["blocks"], lambda node, change=change: change(node, settings, numbers))
        tree["blocks"] = shaped


def _condition(node: dict, format: str):
    """Keep or drop `.content-visible` and `.content-hidden`."""
    if node["t"] not in ("Div", "Span"):
        return None
    attribute, content = node["c"]
    modes = [name for name in ("content-visible", "content-hidden") if name in attribute[1]]
    if not modes:
        return None
    pairs = pairs_of(attribute)
    if unknown := sorted(set(pairs) - {"when-format", "unless-format"}):
        raise RenderError(f'{modes[0]}: "{unknown[0]}" needs Quarto; known is when-format.')
    holds = pairs.get("when-format", format) == format != pairs.get("unless-format")
    return content if holds == (modes[0] == "content-visible") else []


def _read_table(node: dict):
    """Read a table written in HTML, so that every format shows it."""
    if node["t"] != "RawBlock" or node["c"][0] != "html" or "<table" not in node["c"][1]:
        return None
    return parse(node["c"][1], "html")["blocks"]


def _picture(node: dict, settings: Settings, numbers: Numbers):
    """Give a picture its alternative text, which is not its caption."""
    if node["t"] != "Image":
        return None
    attribute, inlines, target = node["c"]
    pairs = pairs_of(attribute)
    alt = pairs.pop("fig-alt", None) or pairs.pop("alt", None) or text_of(inlines)
    if settings.format == "html":
        return element("Image", [attributes(classes=("figure",), **pairs), words(alt), target])
    size = "".join(f", {name}: {float(v[:-2]) / 96:.4f}in" for name, v in pairs.items())
    picture = f"{typst_string(target[0])}, alt: {typst_string(alt)}{size}"
    return raw_inline("typst", f"#box(image({picture}))")


def _float(node: dict, settings: Settings, numbers: Numbers):
    """Turn a labelled division, figure or table into a numbered float with its caption."""
    if node["t"] not in ("Div", "Figure", "Table"):
        return None
    label = node["c"][0][0]
    if not LABEL.match(label) or label.split("-")[0] not in ("fig", "tbl"):
        return None
    caption, blocks = _caption(node)
    code = [one for one in blocks if one["t"] == "CodeBlock" and "cell-code" in one["c"][0][1]]
    blocks = [one for one in blocks if one not in code]
    number = element("Strong", [element("Str", numbers.caption(label))])
    caption = [number, {"t": "Space"}, *caption]
    make = _html_float if settings.format == "html" else _typst_float
    return [*code, *make(label, caption, blocks)]


def _caption(node: dict) -> tuple[list, list]:
    """Return the inlines of a float's caption and its blocks without it."""
    if node["t"] == "Table":
        parts, bare = node["c"][1][1], [["", [], []], [None, []], *node["c"][2:]]
        return _inlines(parts), [element("Table", bare)]
    if node["t"] == "Figure":
        return _inlines(node["c"][1][1]), node["c"][2]
    blocks = node["c"][1]
    marked = [one for one in blocks if one["t"] == "Div" and "cell-caption" in one["c"][0][1]]
    parts = marked[0]["c"][1] if marked else blocks[-1:]  # Quarto's div form: the last paragraph
    return _inlines(parts), [one for one in blocks if one not in (marked or parts)]


def _inlines(blocks: list) -> list:
    """Return the inlines of a caption's paragraphs."""
    return [inline for one in blocks if one["t"] in ("Para", "Plain") for inline in one["c"]]


def _html_float(label: str, caption: list, blocks: list) -> list:
    """Return a figure of HTML; a table's caption stands above it."""
    kind = label.split("-")[0]
    text = raw_inline("html", "<figcaption>"), raw_inline("html", "</figcaption>")
    line = element("Plain", [text[0], *caption, text[1]])
    inner = [line, *blocks] if kind == "tbl" else [*blocks, line]
    start = raw("html", f'<figure id="{label}" class="float-{kind}">')
    return [division([start, *inner, raw("html", "</figure>")], classes=("float",))]


def _typst_float(label: str, caption: list, blocks: list) -> list:
    """Return a figure of Typst, which takes its number from the caption."""
    kind = "table" if label.startswith("tbl") else "image"
    start = raw("typst", f"#figure(kind: {kind}, supplement: none, numbering: none, caption: [")
    end = raw("typst", f"])<{label}>")
    return [start, element("Plain", caption), raw("typst", "], ["), *blocks, end]


def _callout(node: dict, settings: Settings, numbers: Numbers):
    """Turn a `.callout-note` and its kin into a titled box."""
    if node["t"] != "Div":
        return None
    kinds = [name for name in CALLOUTS if f"callout-{name}" in node["c"][0][1]]
    if not kinds:
        return None
    if unknown := sorted(set(pairs_of(node["c"][0])) - {"title"}):
        raise RenderError(f'A callout\'s "{unknown[0]}" needs Quarto; known is title.')
    title, body = _title(node, kinds[0])
    if settings.format == "typst":
        start = raw("typst", f'#callout("{kinds[0]}", [')
        return [start, element("Plain", title), raw("typst", "])["), *body, raw("typst", "]")]
    head = division([element("Plain", title)], classes=("callout-title",))
    classes = ("callout", f"callout-{kinds[0]}")
    return division([head, *body], node["c"][0][0], classes, role="note")


def _title(node: dict, kind: str) -> tuple[list, list]:
    """Return a callout's title (attribute, first heading, or its kind) and its body."""
    attribute, blocks = node["c"]
    if "title" in pairs_of(attribute):
        return words(pairs_of(attribute)["title"]), blocks
    if blocks and blocks[0]["t"] == "Header":
        return blocks[0]["c"][2], blocks[1:]
    return words(kind.capitalize()), blocks


def _code(node: dict, settings: Settings, numbers: Numbers):
    """Fold a cell's code on the page."""
    if node["t"] != "CodeBlock" or "cell-code" not in node["c"][0][1]:
        return None
    pairs = pairs_of(node["c"][0])
    fold = pairs.get("code-fold", str(settings["code-fold"]).lower())
    plain = element("CodeBlock", [attributes(classes=("python", "cell-code")), node["c"][1]])
    if settings.format != "html" or fold == "false":
        return plain
    summary = pairs.get("code-summary", settings["code-summary"])
    start = f'<details class="fold"{" open" if fold == "show" else ""}><summary>{summary}</summary>'
    return [raw("html", start), plain, raw("html", "</details>")]


def _table(node: dict, settings: Settings, numbers: Numbers):
    """Let wide tables scroll on the page; leave figures around tables to `_float`."""
    if node["t"] != "Table":
        return None
    if settings["tbl-colwidths"] is False:
        node["c"][2] = [[align, {"t": "ColWidthDefault"}] for align, _ in node["c"][2]]
    if settings.format == "typst":
        node["c"][0][1].append(NO_FIGURE)
        return node
    return division([node], classes=("scroll",), tabindex="0")


def _header(node: dict, settings: Settings, numbers: Numbers):
    """Write the section's number on the page, where the title alone is of the first level."""
    if node["t"] != "Header" or settings.format != "html":
        return None
    level, attribute, inlines = node["c"]
    if attribute[0] in numbers.by_label:
        number = element("Str", numbers.by_label[attribute[0]])
        span = element("Span", [attributes(classes=("header-section-number",)), [number]])
        inlines = [span, {"t": "Space"}, *inlines]
    return element("Header", [level + 1, attribute, inlines])
