"""Put the finished report into a folder to be published, with its commit and checksums.

`make release` runs this module: before the work without a folder, to see that a commit names
everything, and after it with the folder.
"""

import hashlib
import shutil
import sys
from pathlib import Path

import typst

from analysis.printing.figure_data import find_data
from analysis.provenance import ROOT, name_commit, name_version
from analysis.tracks.schema import BadInput

PAGE, PRINT, PICTURE, SUMS = "index.html", "report.pdf", "front-page.png", "SHA256SUMS"
FILES = (PAGE, PRINT, PICTURE, SUMS)
DATA = "data"  # the folder of figures' data, a CSV file a figure
FRONT = '#set page(width: auto, height: auto, margin: 0pt)\n#image("/{}", page: 1, width: 210mm)'


def check_commit() -> str:
    """Return the commit that names what is released; raise `BadInput` where none does."""
    commit = name_commit()
    if not commit or " " in commit:
        found = "this folder is no checkout of git" if not commit else f"files differ from {commit}"
        raise BadInput(f"A release must be of one commit, but {found}: commit first.")
    return commit


def release(rendered: Path, folder: Path) -> None:
    """Copy page and PDF, picture the front page, write figures' data and the sums of all.

    `report.html` and `report.pdf` lie in `rendered`; `folder` is made where it is missing, and
    ``sha256sum -c SHA256SUMS`` in it checks what it holds. Raises `BadInput` where the report is
    missing or was not made from the present commit.
    """
    commit, version = check_commit(), name_version()  # before the folder itself differs
    page = rendered / "report.html"
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    if commit not in text:
        raise BadInput(f"{page} is not the report of commit {commit}: render it first.")
    shutil.rmtree(folder / DATA, ignore_errors=True)
    (folder / DATA).mkdir(parents=True)
    data = {f"{DATA}/{label}.csv": table for label, table in find_data(text).items()}
    for name, table in data.items():
        (folder / name).write_text(table, encoding="utf-8-sig")
    shutil.copyfile(page, folder / PAGE)
    shutil.copyfile(rendered / PRINT, folder / PRINT)
    source = FRONT.format(PRINT).encode()
    (folder / PICTURE).write_bytes(typst.compile(source, root=folder, format="png", ppi=110))
    lines = [f"# {version}"]
    for name in (*FILES[:-1], *data):
        lines.append(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}")
    (folder / SUMS).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        if sys.argv[1:]:
            release(ROOT / "_output", Path(sys.argv[1]))
        else:
            check_commit()
    except BadInput as error:
        print(error, file=sys.stderr)
        sys.exit(2)
