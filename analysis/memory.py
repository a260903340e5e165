"""Results of slow steps, kept on disk until anything they depend on changes.

`joblib.Memory` notices a change of arguments and of the decorated function's own source, and
nothing else: a change in a function that it calls goes unseen.
`remember` adds what is missing to the key: the source of the function's module and of every module
of this project that it imports, directly or not, and the versions of the packages that compute.
Comments and docstrings are no part of it: wording does not change a number.
"""

import ast
import functools
import hashlib
import importlib.metadata
import io
import sys
import tokenize
import warnings
from pathlib import Path

from joblib import Memory

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
PACKAGES = (
    "numpy", "pandas", "scipy", "patsy", "statsmodels", "scikit-learn", "pygam", "keras", "jax",
    "optuna",
)  # fmt: skip

store = Memory(ROOT / ".cache" / "results", verbose=0)


def remember(function):
    """Keep the results of a function on disk, by arguments, source and package versions.

    Parameters
    ----------
    function : callable
        A leaf function whose arguments and result can be pickled and which has no side effects.

    Returns
    -------
    callable
        The same function; ``.fresh`` is the undecorated one.
    """

    @functools.wraps(function)
    def recall(*args, **kwargs):
        cached = store.cache(_compute, ignore=["function"])
        with warnings.catch_warnings():
            # joblib warns when a stored result could not be read; it is then computed again
            warnings.filterwarnings("ignore", category=UserWarning, module="joblib")
            return cached(function, _identity(function), args, kwargs)

    recall.fresh = function
    return recall


def _compute(function, identity, args, kwargs):
    """Compute a result; `identity` stands for the source and the packages in joblib's key."""
    return function(*args, **kwargs)


@functools.cache
def _identity(function) -> str:
    """Return the function's name with a digest of everything its result may depend on."""
    return f"{function.__module__}.{function.__qualname__} {digest_sources(function.__module__)}"


@functools.cache
def digest_sources(module: str) -> str:
    """Return a digest of all that a module's results may depend on.

    Parameters
    ----------
    module : str
        Dotted name of a module that is imported.

    Returns
    -------
    str
        SHA-256 over its code, that of the project's modules that it imports at any depth, and the
        versions of the packages that compute.
    """
    path = Path(sys.modules[module].__file__)
    parts = [read_bare(source).encode() for source in sorted(list_sources(path))]
    parts += [f"{name} {importlib.metadata.version(name)}".encode() for name in PACKAGES]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def list_sources(path: Path) -> set[Path]:
    """Return a module's file and those of all project modules that it imports, at any depth."""
    found, waiting = set(), [path]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += _imported(current)
    return found


def _imported(path: Path) -> list[Path]:
    """Return the files of the project's own modules that one file names in its imports."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # "from room import module" names a module only in its second half
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [file for name in names if (file := _file_of(name)) is not None]


def _file_of(name: str) -> Path | None:
    """Return the file of one of the project's modules, or None for anything else."""
    stem = ROOT.joinpath(*name.split("."))
    candidates = (stem.with_suffix(".py"), stem / "__init__.py")
    return next((file for file in candidates if file.is_file()), None)


def read_bare(path: Path) -> str:
    """Return a file's code as `bare_code` leaves it."""
    return bare_code(path.read_text(encoding="utf-8"))


@functools.cache
def bare_code(source: str) -> str:
    """Return Python source without comments, docstrings, blank lines and space at line ends."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node):
            text = node.body[0]
            lines[text.lineno - 1 : text.end_lineno] = [""] * (text.end_lineno - text.lineno + 1)
    return "\n".join(line.rstrip() for line in lines if line.strip())
