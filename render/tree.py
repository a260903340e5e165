"""Pandoc's document tree, as its JSON gives it: walking it, reading it, making nodes."""

from collections.abc import Callable


def walk(node, change: Callable):
    """Return a tree with every element changed, the innermost first.

    Parameters
    ----------
    node : dict, list or scalar
    change : callable
        Takes an element; returns None to keep it, an element to replace it, or a list of elements
        to put in its place.
    """
    if isinstance(node, list):
        return [new for old in node for new in _listed(walk(old, change), old)]
    if not isinstance(node, dict):
        return node
    node = {name: walk(value, change) for name, value in node.items()}
    changed = change(node) if "t" in node else None
    return node if changed is None else changed


def _listed(new, old) -> list:
    """Return what stands in a list for one of its items: several only where an element was."""
    return new if isinstance(new, list) and isinstance(old, dict) else [new]


def text_of(node) -> str:
    """Return the plain text of a tree."""
    if isinstance(node, list):
        return "".join(text_of(one) for one in node)
    if not isinstance(node, dict):
        return ""
    kind, content = node.get("t"), node.get("c")
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Str", "Code", "Math"):
        return content if kind == "Str" else content[1]
    return text_of(content)


def element(kind: str, content) -> dict:
    """Return an element."""
    return {"t": kind, "c": content}


def words(text: str) -> list[dict]:
    """Return a text as inlines."""
    inlines = [part for word in text.split(" ") for part in (element("Str", word), {"t": "Space"})]
    return inlines[:-1]


def attributes(identifier: str = "", classes: tuple = (), **pairs: str) -> list:
    """Return an attribute triple."""
    return [identifier, list(classes), [list(pair) for pair in pairs.items()]]


def division(blocks: list, identifier: str = "", classes: tuple = (), **pairs: str) -> dict:
    """Return a division."""
    return element("Div", [attributes(identifier, classes, **pairs), blocks])


def raw(format: str, text: str) -> dict:
    """Return a block that only one format reads."""
    return element("RawBlock", [format, text])


def raw_inline(format: str, text: str) -> dict:
    """Return an inline that only one format reads."""
    return element("RawInline", [format, text])


def pairs_of(attribute: list) -> dict[str, str]:
    """Return the key-value pairs of an attribute triple."""
    return dict(attribute[2])


def typst_string(text: str) -> str:
    """Return a text as a string of Typst."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
