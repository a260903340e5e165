"""The command line: ``python -m analysis COMMAND``."""

import argparse
import contextlib
import json
import logging
import os
import re
import sys
import warnings
from pathlib import Path
from typing import NoReturn

from analysis.stopping import code_of, heed_signals
from analysis.terminal import brief, printable
from analysis.tracks import cleaning, datasets
from analysis.tracks.description import describe_as_read
from analysis.tracks.download import download
from analysis.tracks.files import split_part, status
from analysis.tracks.reading import as_csv, read_layout
from analysis.tracks.schema import BY_NAME, PREDICTION, STUDY, BadInput, naming
from analysis.writing import refuse_target, write_text

MOST_NAMES = 100  # of columns that are not used


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are fit for a terminal, whatever was typed."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code.

    That is 0, 2 where the input or the machine is at fault, 130 where the user interrupted, and
    143 or 129 where the run was told to end.
    """
    sys.stdout.reconfigure(errors="backslashreplace")  # for names that its encoding lacks
    logging.basicConfig(format="%(message)s")
    logging.getLogger("analysis").setLevel(logging.INFO)
    options = _build_parser().parse_args(arguments)
    # solvers and pools of processes warn in their own words of what does no harm here
    warnings.filterwarnings("ignore")
    try:
        with heed_signals():
            options.command(options)
    except BrokenPipeError:  # who reads the output has left, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt as interrupt:
        print("\nInterrupted. Nothing was written; the same command goes on from the results that "
              "it has kept.", file=sys.stderr)  # fmt: skip
        return code_of(interrupt)
    except (BadInput, OSError, MemoryError, RecursionError, UnicodeError) as error:
        said = str(error) if isinstance(error, BadInput) else explain(error)
        print(printable(said), file=sys.stderr)
        return 2
    return 0


def say(text: str) -> None:
    """Print lines that hold nothing but print."""
    print(printable(text, keep="\n"), flush=True)


def explain(error: Exception) -> str:
    """Return the sentence on a fault that no one place can foresee: of memory, disk or text."""
    if isinstance(error, MemoryError):
        return "The memory of this machine is not enough for this table: give a part of it."
    if isinstance(error, RecursionError):
        return "Something in the table is nested too deep: give plain fields."
    if isinstance(error, UnicodeError):
        return f"Text cannot be read or written ({error}): correct the text or the file's name."
    place = f"{error.filename} cannot be used" if error.filename else "The machine refuses"
    return f"{place} ({error.strerror or type(error).__name__}): see to the path and to the disk."


def _build_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m analysis", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="say what is in a table and what would be dropped")
    check.add_argument(
        "file", metavar="FILE", help="a table of tracks, a folder of its parts, or a known name"
    )
    check.add_argument(
        "--fix", type=Path, metavar="OUT.csv", help="also write the table, as it was read, as CSV"
    )
    check.set_defaults(command=check_table)
    download = commands.add_parser("download", help="fetch a known table")
    download.add_argument("name", metavar="NAME", help=", ".join(datasets.KNOWN))
    download.set_defaults(command=download_table)
    study = commands.add_parser("study", help="take a table through the whole analysis")
    study.add_argument("data", metavar="NAME|PATH", help="a known name, or a table of tracks")
    study.add_argument("--budget", choices=("quick", "full"), default="full")
    study.add_argument(
        "--hold-outs", type=int, default=0, metavar="N",
        help="also tune and compare all methods on N further hold-outs, each as long as the rest",
    )  # fmt: skip
    study.add_argument("--out", type=Path, help="the record; results/NAME.json if not given")
    study.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler to work on")
    study.set_defaults(command=study_table)
    predict = commands.add_parser("predict", help="predict the valence of given tracks")
    predict.add_argument("tracks", metavar="TRACKS", help="a table of tracks to be predicted")
    predict.add_argument(
        "--train", metavar="NAME|PATH,...", required=True, help="the tables to learn from"
    )
    predict.add_argument(
        "--out", type=Path, default=Path("predictions.csv"),
        help="where to write the predictions; predictions.csv if not given",
    )  # fmt: skip
    predict.set_defaults(command=predict_table)
    return parser


def check_table(options: argparse.Namespace) -> None:
    """Print what a table's columns were taken for, what is missing, what would be dropped."""
    path = datasets.locate(options.file)
    if options.fix:
        refuse_target(options.fix)
        refuse_source(options.fix, options.file)
        if options.fix.suffix.lower() != ".csv":
            raise BadInput(f"{options.fix} would be written as CSV: end its name in .csv.")
    layout = read_layout(path, PREDICTION)
    say(f"{printable(str(path))}: {len(layout.tracks):,} rows\n")
    say("Recognised:")
    found = layout.found.set_index("column")["name"]
    blocks = found.index.str.startswith(("pitch_", "timbre_"))
    width = max(map(len, found.index))
    for column, name in found[~blocks].items():
        say(f"  {column:<{width}}  from {brief(name)}")
    for block in ("pitch", "timbre"):
        if f"{block}_0" in found:
            say(f"  {block}_0 to {block}_11")
    for line in layout.lines:
        say(f"  {printable(line)}.")
    shown = describe_as_read(layout.tracks).set_index("column").astype(object).map(_show_field)
    say(f"\n{shown.to_string(index_names=False)}")
    say("(usual 90 %: what nine in ten tracks of the table 'genres' have)")
    absent = [name for name in BY_NAME if name not in layout.tracks]
    say(f"\nNot in the table: {_join_blocks(absent)}")
    ignored = [brief(name) for name in layout.ignored[:MOST_NAMES]]
    if (more := len(layout.ignored) - MOST_NAMES) > 0:
        ignored.append(f"and {more:,} more")
    say(f"Not used: {', '.join(ignored) or 'nothing'}\n")
    if options.fix:
        write_text(options.fix, as_csv(layout.tracks, path))
        say(f"Written as it was read: {printable(str(options.fix))}\n")
    lacking = [name for name in STUDY if name in absent and name != "artist"]  # one of artists
    if lacking:
        say(f"Valence can be predicted for this table, but not studied: it lacks "
              f"{', '.join(lacking)}.")  # fmt: skip
        return
    with naming(path):
        cleaned = cleaning.clean(layout.tracks)
    for name in sorted(set(layout.tracks) - set(cleaning.leave_out_sparse(layout.tracks))):
        say(f"Would be left out: {name}, which more than a twentieth of the tracks lack.")
    if "genre" in layout.tracks and "genre" not in cleaned.tracks:
        say(f"Would be left out: genre, as none has {cleaning.LEAST_GENRE} tracks.")
    say("Would be dropped:")
    for row in cleaned.account[1:].itertuples():
        say(f"  {row.dropped:>9,} dropped: {row.reason}")
    say(f"\nReady for a study: {len(cleaned.tracks):,} tracks of "
          f"{cleaned.tracks['artist'].nunique():,} artists.")  # fmt: skip


def _show_field(value) -> str:
    """Return a number with as many digits as it has, text cut, nothing as a dash."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return "-" if value != value else f"{value:,.8g}"
    return brief(value, 24) or "-"


def _join_blocks(names: list[str]) -> str:
    """Return names in one line, the twelve of a block of the audio analysis as one."""
    blocks = [re.sub(r"^(pitch|timbre)_\d+$", r"\1", name) for name in names]
    return ", ".join(dict.fromkeys(blocks)) or "nothing"


def download_table(options: argparse.Namespace) -> None:
    """Fetch a known table and print where it lies."""
    say(str(download(options.name)))


def study_table(options: argparse.Namespace) -> None:
    """Study a table and write its record."""
    from analysis.clusters import use_scheduler
    from analysis.printing.progress import show_bar
    from analysis.study import RESULTS, make_record, write_record

    name = datasets.describe(options.data).name
    if not options.out and name in datasets.KNOWN and options.data != name:
        raise BadInput(f"{options.data} has the name of a known table, whose record it would "
                       "replace: name another file with --out.")  # fmt: skip
    path = options.out or RESULTS / f"{name}.json"
    refuse_target(path)
    refuse_source(path, options.data)
    usual = {}
    with contextlib.suppress(OSError, ValueError, KeyError):  # a record of any schema will do
        usual = json.loads((RESULTS / "genres.json").read_text("utf-8"))["seconds"]
    with use_scheduler(options.scheduler), show_bar(usual):
        record = make_record(options.data, options.budget, options.hold_outs)
    write_record(record, path)
    say(str(path))


def predict_table(options: argparse.Namespace) -> None:
    """Predict given tracks, write the predictions, print scores where valence is known."""
    from analysis.prediction.given_tracks import predict_given

    refuse_target(options.out)
    names = split_names(options.train)
    refuse_source(options.out, options.tracks, *names)
    given = datasets.load(options.tracks, PREDICTION)
    found = predict_given(given, {name: datasets.load(name) for name in names})
    table = found.rows.to_csv(index=False, float_format="%.6f", lineterminator="\n")
    write_text(options.out, table)
    reasons = found.rows["reason"].value_counts()
    say(f"{reasons.get('', 0):,} of {len(found.rows):,} tracks predicted.")
    for reason, count in reasons.drop("", errors="ignore").items():
        say(f"{count:,} not predicted: {reason}.")
    for name, line in found.tables.iterrows():
        say(f"{brief(name)}: {line.learned:,} tracks learned from ({line.given:,} rows left out "
            f"that are among the given tracks, {line.repeated:,} that another table has); "
            f"features: {_join_blocks(line.features)}.")  # fmt: skip
    weights = ", ".join(f"{name} {weight:.0%}" for name, weight in found.weights.items())
    say(f"Method: a weighted mean of {weights}.")
    if found.scored is not None:
        mae, rmse, r2 = (f"{found.scored[name]:.4f}" for name in ("mae", "rmse", "r2"))
        say(f"MAE {mae}, RMSE {rmse}, R² {r2} on {found.known:,} tracks of known valence.")
    say(str(options.out))


def split_names(text: str) -> list[str]:
    """Return the tables that a text names, split at commas that are in no existing path."""
    parts, names = text.split(","), []
    while parts:
        paths = {n: ",".join(parts[:n]) for n in range(len(parts), 0, -1)}
        n = next((n for n, path in paths.items() if os.path.lexists(datasets.expand(path))), 1)
        names.append(paths[n] if n > 1 else parts[0].strip())
        parts = parts[n:]
    return names


def refuse_source(path: Path, *tables: str | Path) -> None:
    """Refuse to write over a table that is read, a known one included."""
    sources = [split_part(datasets.locate(table))[0] for table in tables]
    for source in sources:
        status(source)  # refused before any work where there is none
    target = Path(os.path.realpath(path))
    # a folder's files are parts of its table
    if {str(target), str(target.parent)} & {os.path.realpath(source) for source in sources}:
        raise BadInput(f"{path} is read and cannot be written too: name another file.")


if __name__ == "__main__":
    sys.exit(main())
