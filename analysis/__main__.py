"""The command line: ``python -m analysis COMMAND``."""

import argparse
import logging
import re
import sys

import pandas as pd

from analysis.tracks import cleaning, datasets
from analysis.tracks.download import download
from analysis.tracks.reading import read_layout
from analysis.tracks.schema import BY_NAME, PREDICTION, STUDY, BadInput


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0, or 2 where the input is at fault."""
    options = _build_parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    try:
        options.command(options)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="say what is in a table and what would be dropped")
    check.add_argument("file", metavar="FILE", help="a table of tracks, or a known name")
    check.set_defaults(command=check_table)
    download = commands.add_parser("download", help="fetch a known table")
    download.add_argument("name", metavar="NAME", help=", ".join(datasets.KNOWN))
    download.set_defaults(command=download_table)
    return parser


def check_table(options: argparse.Namespace) -> None:
    """Print what a table's columns were taken for, what is missing, what would be dropped."""
    path = datasets.locate(options.file)
    layout = read_layout(path, PREDICTION)
    print(f"{path}: {len(layout.tracks):,} rows\n")
    print(_list_columns(layout.found))
    absent = [name for name in BY_NAME if name not in layout.tracks]
    print(f"\nNot in the table: {_join_blocks(absent)}")
    print(f"Not used: {', '.join(layout.ignored) or 'nothing'}\n")
    lacking = [name for name in STUDY if name in absent]
    if lacking:
        print(f"Valence can be predicted for this table, but not studied: it lacks "
              f"{', '.join(lacking)}.")  # fmt: skip
        return
    cleaned = cleaning.clean(layout.tracks)
    print(_list_account(cleaned.account))
    print(f"\nReady for a study: {len(cleaned.tracks):,} tracks of "
          f"{cleaned.tracks['artist'].nunique():,} artists.")  # fmt: skip


def _list_columns(found: pd.DataFrame) -> str:
    """Return the recognised columns, one a line; the twelve means of a block as one."""
    width = max(len(name) for name in found["column"])
    lines = [f"  {row.column:<{width}}  from {row.name_in_file}"
             for row in found.rename(columns={"name": "name_in_file"}).itertuples()
             if not row.column.startswith(("pitch_", "timbre_"))]  # fmt: skip
    blocks = [name for name in ("pitch", "timbre") if f"{name}_0" in set(found["column"])]
    lines += [f"  {block}_0 to {block}_11" for block in blocks]
    return "\n".join(["Recognised:", *lines])


def _join_blocks(names: list[str]) -> str:
    """Return names in one line, the twelve of a block of the audio analysis as one."""
    blocks = [re.sub(r"^(pitch|timbre)_\d+$", r"\1", name) for name in names]
    return ", ".join(dict.fromkeys(blocks)) or "nothing"


def _list_account(account: pd.DataFrame) -> str:
    """Return the cleaning account, one step a line."""
    lines = [f"  {row.dropped:>9,} dropped: {row.reason}" for row in account[1:].itertuples()]
    return "\n".join(["Would be dropped:", *lines])


def download_table(options: argparse.Namespace) -> None:
    """Fetch a known table and print where it lies."""
    print(download(options.name))


if __name__ == "__main__":
    sys.exit(main())
