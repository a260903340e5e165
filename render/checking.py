"""Check what the reader hands in, and whether files can be written, before anything is rendered."""

import ast
import shutil
import tempfile
from pathlib import Path

from render import RenderError
from render.document import Document
from render.settings import Settings

BUDGETS = ("quick", "full")
# Bytes: a run's pictures and results, both formats, and the copies that are put in place.
LEAST = 200_000_000


def read_parameters(pairs: list[str], document: Document) -> dict[str, str]:
    """Return the parameters given as `name:value`, whose values are text, to the character.

    An empty value leaves the document's own; a leading `~` is the reader's folder. A RenderError
    (code 2) names what the document does not declare, or text that is none.
    """
    given = {}
    for pair in pairs:
        name, mark, value = pair.partition(":")
        if not mark:
            raise RenderError(f'-P takes name:value, not "{pair}".', 2)
        given[name] = _check_text(name, value)
    known = default_parameters(document)
    if unknown := sorted(set(given) - set(known)):
        raise RenderError(f'Unknown parameter "{unknown[0]}"; known are {", ".join(known)}.', 2)
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
    cells = [cell for cell in document.cells if cell.is_parameters]
    body = [line for cell in cells for line in ast.parse(cell.code).body]
    pairs = [(one.targets[0].id, one.value) for one in body if isinstance(one, ast.Assign)]
    return {name: ast.literal_eval(value) for name, value in pairs}


def check_parameters(parameters: dict[str, str]) -> None:
    """Check the budget and the data: read, clean and split them once, as the report will.

    A RenderError (code 2) has the sentence of the first thing wrong.
    """
    if "budget" in parameters and parameters["budget"] not in BUDGETS:
        known = " or ".join(BUDGETS)
        raise RenderError(f'The budget is "{parameters["budget"]}"; it can be {known}.', 2)
    if "data" not in parameters:
        return
    from analysis.tracks import cleaning, datasets, schema, splitting

    try:
        published = datasets.load(parameters["data"])
        with schema.naming(parameters["data"]):
            splitting.hold_out(cleaning.clean(published).tracks)
    except schema.BadInput as error:
        raise RenderError(str(error), 2) from None


def check_places(settings: Settings) -> None:
    """Check every folder that a run writes into, or the one in which it will be made.

    A RenderError (code 2) names one that cannot be written or has less than 200 MB left.
    """
    for place in (settings.output, settings.root / ".cache", Path(tempfile.gettempdir())):
        there = next(one for one in (place, *place.absolute().parents) if one.exists())
        try:
            tempfile.TemporaryFile(dir=there).close()
            free = shutil.disk_usage(there).free
        except OSError as error:
            raise RenderError(
                f"{place} cannot be written ({error.strerror}): give leave to write there, or run "
                "in a copy of this folder.", 2
            ) from None  # fmt: skip
        if free < LEAST:
            raise RenderError(
                f"The disk of {place} has {free / 1e6:.0f} MB left, and a report needs "
                f"{LEAST / 1e6:.0f} MB: make room, or name another folder for temporary files "
                "(TMPDIR).", 2
            )  # fmt: skip
