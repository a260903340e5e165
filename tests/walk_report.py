"""Run every cell and every inline expression of the report in this process.

A failure is a line that names the cell, or the inline expression, and where it stands in the
document, as the renderer's message does; the walk goes on after it, so that one run finds all.

`python -m tests.walk_report` walks for every kind of odd table that can be studied, which takes
half an hour; `python -m tests.walk_report TABLE ...` for given tables, or kinds by their names.
"""

import ast
import contextlib
import importlib
import inspect
import io
import pkgutil
import re
import sys
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import matplotlib
import matplotlib.pyplot as plt
from IPython.display import Markdown
from joblib import Memory
from plotnine import ggplot
from threadpoolctl import threadpool_limits

from analysis import prediction
from analysis.prediction import explanation, learners, network, tuning
from render.document import Cell, Prose, read_document

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "report.qmd"
# Less than a draft: what is looked for is whether it renders, and not what it finds. The learning
# curve begins with as small a share as that of a whole report.
LEAST = tuning.Budget("quick", 2, 3, 300, 1, (0.1, 0.35, 1.0), 300, 300)
LESS = {
    network.TrackNetwork.__init__: {"epochs": 4, "members": 4, "parts": 4},
    learners.build_forest: {"trees": 8},
    learners.build_learned_metric: {"landmarks": 150},
    learners.build_boosting: {"rounds": 60, "bags": 1},
    explanation.permutation_importance: {"repeats": 1},
    explanation.shap_values.fresh: {"most": 20},
}
# what no sentence and no cell of a table may hold
UNSAID = re.compile(r"(?<![\w.-])(?:nan|NaN|None|NaT|<NA>|[-−+]?inf)(?![\w-])")
DRAWN = (ggplot, plt.Figure)
HIGHEST = 25  # inches: plotnine refuses to draw beyond


@dataclass
class Walk:
    """What a walk saw: problems, what cells show, what sentences say, and both as they are."""

    problems: list[str] = field(default_factory=list)
    shown: dict[str, list[str]] = field(default_factory=dict)  # what is printed, and the value
    said: dict[str, str] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)  # by the cell's label
    inline: dict[int, dict[str, object]] = field(default_factory=dict)  # by line and expression


@contextlib.contextmanager
def least_effort(folder: Path):
    """Compute everything once, in this process, with the least budget; results lie in a folder."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(threadpool_limits(1))  # more only wait for one another
        for room in pkgutil.iter_modules(prediction.__path__):
            module = importlib.import_module(f"{prediction.__name__}.{room.name}")
            if hasattr(module, "JOBS"):
                stack.enter_context(mock.patch.object(module, "JOBS", 1))
        for function, less in LESS.items():
            parameters = inspect.signature(function).parameters.values()
            defaults = {one.name: one.default for one in parameters if one.default is not one.empty}
            values = tuple((defaults | less).values())
            stack.enter_context(mock.patch.object(function, "__defaults__", values))
        stack.enter_context(mock.patch.dict(tuning.BUDGETS, quick=LEAST))
        stack.enter_context(mock.patch("analysis.memory.store", Memory(folder, verbose=0)))
        yield


def walk_report(parameters: dict, path: Path = REPORT) -> Walk:
    """Walk through a document with other parameters than the cell tagged `parameters` sets."""
    matplotlib.use("agg")
    walk, names = Walk(), {"__name__": "report"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for part in read_document(path).parts:
            if isinstance(part, Cell):
                run_cell(part, names, walk, path.name)
                if part.is_parameters:
                    names |= parameters
            else:
                say_prose(part, names, walk, path.name)
    return walk


def run_cell(cell: Cell, names: dict, walk: Walk, document: str = REPORT.name) -> None:
    """Run one cell as a notebook does: the value of its last line is shown."""
    file, printed = f"<cell {cell.label}>", io.StringIO()
    try:
        body = ast.parse(cell.code, file).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(printed):
            exec(compile(ast.Module(body, []), file, "exec"), names)
            value = last and eval(compile(ast.Expression(last.value), file, "eval"), names)
        value = walk.values[cell.label] = _draw(value) if isinstance(value, DRAWN) else value
        shown = walk.shown[cell.label] = [printed.getvalue(), _text_of(value)]
        hidden = cell.options.get("output") is False or cell.options.get("include") is False
        text = "" if hidden else "\n".join(shown)
        bare = find_bare_tables(text) if "tbl-cap" in cell.options else ()
        complaints = [*find_unsaid(text), *bare]
    except Exception as error:
        complaints = [_describe(error, file, walk)]
    place = f'{document}:{cell.line}: cell "{cell.label}"'
    walk.problems += [f"{place}: {complaint}" for complaint in complaints if complaint]


def _draw(value: ggplot | plt.Figure) -> plt.Figure:
    figure = value.draw() if isinstance(value, ggplot) else value
    width, height = figure.get_size_inches()
    assert max(width, height) <= HIGHEST, f"a figure of {width:g} by {height:g} inches"
    figure.canvas.draw()
    plt.close("all")
    return figure


def _text_of(value) -> str:
    """Return what a value shows in words."""
    if value is None or isinstance(value, plt.Figure):
        return ""
    return value.data if isinstance(value, Markdown) else str(value)


def say_prose(prose: Prose, names: dict, walk: Walk, document: str = REPORT.name) -> None:
    """Evaluate the inline expressions of a piece of prose."""
    for text in prose.expressions:
        line = prose.line_of(text)
        try:
            value = eval(compile(text, "<inline>", "eval"), names)
            walk.inline.setdefault(prose.line, {})[text] = value
            said = walk.said[f"{line} {text}"] = _text_of(value)
            words = isinstance(value, str | Markdown)
            complaints = find_unsaid(said) if words else [f"no text, but {value!r:.60}"]
            if words and said != said.strip():  # the renderers leave such a blank out
                complaints.append(f"begins or ends with a blank: {said!r:.60}")
        except Exception as error:
            complaints = [_describe(error, "<inline>", walk)]
        place = f"{document}:{line}: inline `{text}`"
        walk.problems += [f"{place}: {complaint}" for complaint in complaints if complaint]


def _describe(error: Exception, file: str, walk: Walk) -> str:
    """Return an error in one line, with the line of the cell and of the project's module.

    A name that is missing after an earlier failure is no failure of its own.
    """
    if isinstance(error, NameError) and walk.problems:
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [f"line {one.lineno} of the cell" for one in frames if one.filename == file]
    own = [one for one in frames if one.filename.startswith(str(ROOT / "analysis"))]
    inside += [f"{Path(one.filename).name}:{one.lineno} in {one.name}" for one in own[-1:]]
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text:.200} ({', '.join(inside)})"


def find_unsaid(text: str) -> list[str]:
    """Return a complaint for each line that holds a number or a name that is none."""
    prose = re.sub(r"(?s)```.*?```", "", text)  # code may say None
    lines = [line for line in prose.splitlines() if UNSAID.search(line)]
    return [f"says {UNSAID.search(line).group()!r} in {line.strip()[:160]!r}" for line in lines]


def find_bare_tables(text: str) -> list[str]:
    """Return a complaint where a table in Markdown has a header and nothing else."""
    lines = [line for line in text.splitlines() if line.strip()]
    return ["an empty table"] if not lines or (len(lines) < 3 and lines[0].startswith("|")) else []


def main(names: list[str]) -> int:
    """Walk for tables or kinds, print what each walk found, and return how many found anything."""
    from tests.tracks.odd_tracks import KINDS, REFUSED, make_odd

    failed = 0
    for number, name in enumerate(names or [kind for kind in KINDS if kind not in REFUSED]):
        start = time.process_time()
        with tempfile.TemporaryDirectory() as folder, least_effort(Path(folder)):
            table = Path(name)
            if name in KINDS:
                table = Path(folder) / "odd.csv"
                make_odd(name, seed=number).to_csv(table, index=False)
            problems = walk_report({"data": str(table), "budget": "quick"}).problems
        failed += bool(problems)
        print(f"{name}: {time.process_time() - start:.0f} s", *problems, sep="\n  ", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
