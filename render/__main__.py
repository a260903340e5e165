"""Render the report: `python -m render [-P name:value ...]`."""

import argparse
import os
import sys
import time
from pathlib import Path

from analysis.stopping import code_of, heed_signals
from analysis.terminal import printable
from render import RenderError, choosing, quarto
from render.checking import check_parameters, default_parameters, read_parameters
from render.document import read_document


def main(arguments: list[str] | None = None) -> int:
    """Return 0, 1 (document), 2 (input or disk), 130 (Ctrl-C), 143 (SIGTERM) or 129 (SIGHUP)."""
    parser = argparse.ArgumentParser(prog="python -m render", description="Render the report.")
    parser.add_argument("-P", "--parameter", action="append", default=[], metavar="NAME:VALUE")
    parser.add_argument("--renderer", default=os.environ.get("RENDERER"))
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="backslashreplace")  # for names that its encoding lacks
    start = time.perf_counter()
    try:
        with heed_signals():
            files = _render(options)
    except RenderError as error:
        said = printable(str(error), keep="\n")
        print(f"\n{said}" if error.code == 1 else said, file=sys.stderr)
        return error.code
    except OSError as error:
        what = f"{error.filename or 'A file'} cannot be read or written"
        why = error.strerror or error
        print(f"\n{what} ({why}); the last good files are as they were.", file=sys.stderr)
        return 2
    except KeyboardInterrupt as interrupt:
        print("\nInterrupted; the files of the last good run are as they were.", file=sys.stderr)
        return code_of(interrupt)
    for file in files:
        print(f"{file} ({file.stat().st_size / 1e6:.1f} MB)")
    print(f"Done in {time.perf_counter() - start:.0f} s.")
    return 0


def _render(options: argparse.Namespace) -> list[Path]:
    document = read_document(Path("report.qmd"))
    parameters = read_parameters(options.parameter, document)
    choice = choosing.choose_renderer(options.renderer or None)
    check_parameters({**default_parameters(document), **parameters})
    print(choice.reason, flush=True)
    if choice.program:
        return quarto.render_by_quarto(document, parameters, choice.program)
    from render import pipeline

    return pipeline.render_by_pandoc(document, parameters)


if __name__ == "__main__":
    sys.exit(main())
