"""Pictures of a document: only those that its cells drew, and each within the page."""

import base64
from pathlib import Path

from render import RenderError
from render.assembling import PICTURES
from render.tree import walk

KINDS = {f".{suffix}": kind for kind, suffix in PICTURES.items()}


def check_pictures(tree: dict, folder: Path) -> None:
    """Stop at a picture that no cell drew: no text can have a file or an address shown.

    Raises
    ------
    RenderError
    """
    drawn = {path.name for path in folder.iterdir() if path.suffix in KINDS}

    def check(node: dict) -> None:
        if node["t"] == "Image" and node["c"][2][0] not in drawn:
            raise RenderError(
                f'The picture "{node["c"][2][0]}" is none that a cell drew; without Quarto the '
                "report shows no other."
            )

    walk(tree["blocks"], check)


def embed_pictures(page: str, folder: Path) -> str:
    """Return a page that holds its pictures instead of naming their files."""
    for path in sorted(folder.iterdir()):
        if path.suffix in KINDS and (named := f'src="{path.name}"') in page:
            content = base64.b64encode(path.read_bytes()).decode()
            page = page.replace(named, f'src="data:{KINDS[path.suffix]};base64,{content}"')
    return page
