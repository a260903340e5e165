"""Check what the reader hands in before anything is rendered."""

import ast

from render import RenderError
from render.document import Document

BUDGETS = ("quick", "full")


def read_parameters(pairs: list[str], document: Document) -> dict[str, str]:
    """Return the parameters given as `name:value`, whose values are text, to the character.

    An empty value leaves the document's own; a leading `~` is the reader's folder.

    Raises
    ------
    RenderError
        At a name that the document does not declare, or text that is none; exit code 2.
    """
    given = {}
    for pair in pairs:
        name, mark, value = pair.partition(":")
        if not mark:
            raise RenderError(f'-P takes name:value, not "{pair}".', 2)
        given[name] = _check_text(name, value)
    known = default_parameters(document)
    if unknown := sorted(set(given) - set(known)):
        listed = ", ".join(known) or "none"
        raise RenderError(f'Unknown parameter "{unknown[0]}"; the report has {listed}.', 2)
    return {name: value for name, value in given.items() if value}


def _check_text(name: str, value: str) -> str:
    """Return a value with its `~` expanded; stop at bytes that are no text."""
    from analysis.tracks import datasets  # slow to import

    try:
        value.encode()
    except UnicodeEncodeError:
        raise RenderError(
            f'{name} is "{value}", which is not text in UTF-8: give the file another name.', 2
        ) from None
    return datasets.expand(value)


def default_parameters(document: Document) -> dict:
    """Return the values that the cell tagged `parameters` sets."""
    if not document.parameters:
        return {}
    body = ast.parse(document.parameters.code).body
    pairs = [(one.targets[0].id, one.value) for one in body if isinstance(one, ast.Assign)]
    return {name: ast.literal_eval(value) for name, value in pairs}


def check_parameters(parameters: dict[str, str]) -> None:
    """Check the budget and the data that the report will run on.

    Raises
    ------
    RenderError
        With the sentence of the first thing wrong; exit code 2.
    """
    if "budget" in parameters and parameters["budget"] not in BUDGETS:
        known = " or ".join(BUDGETS)
        raise RenderError(f'The budget is "{parameters["budget"]}"; it can be {known}.', 2)
    if "data" in parameters:
        _check_data(parameters["data"])


def _check_data(name: str) -> None:
    """Read, clean and split the data once, as the report will."""
    from analysis.tracks import cleaning, datasets, schema, splitting

    try:
        published = datasets.load(name)
        with schema.naming(name):
            cleaned = cleaning.clean(published).tracks
            splitting.hold_out(cleaned)
    except schema.BadInput as error:
        raise RenderError(str(error), 2) from None
