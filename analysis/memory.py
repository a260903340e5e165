"""Results of slow steps, kept on disk until anything they depend on changes.

`joblib.Memory` notices a change of arguments and of the decorated function's own source only.
`remember` adds to the key the source of the function's module and of every module of this project
that it imports, directly or not, and the versions of the packages that compute. Comments and
docstrings are no part of it. The source is the one that this process imported; where a file has
changed on disk since, results are computed and not kept.
"""

import functools
import hashlib
import importlib.metadata
import platform
import sys
import warnings
from pathlib import Path

from joblib import Memory

from analysis.sources import ROOT, SNAPSHOT, list_sources, read_bare

PACKAGES = (
    "numpy", "pandas", "scipy", "patsy", "statsmodels", "scikit-learn", "pygam", "keras", "jax",
    "optuna", "shap",
)  # fmt: skip

store = Memory(ROOT / ".cache" / "results", verbose=0)


def remember(function):
    """Keep the results of a function on disk, by arguments, source and package versions.

    It must have no side effects, and what it takes and returns be picklable; ``.fresh`` is
    undecorated.
    """

    @functools.wraps(function)
    def recalled(*args, **kwargs):
        if not SNAPSHOT.holds():
            return function(*args, **kwargs)
        return recall(_identity(function), function, *args, **kwargs)

    recalled.fresh = function
    return recalled


def recall(identity: str, function, *args, **kwargs):
    """Take a result from the store, or compute and keep it unless `Unkept` is raised.

    `identity` stands for all that the result depends on besides the arguments.
    """
    cached = store.cache(_compute, ignore=["function"])
    with warnings.catch_warnings():
        # joblib warns when a stored result could not be read; it is then computed again
        warnings.filterwarnings("ignore", category=UserWarning, module="joblib")
        try:
            return cached(function, identity, args, kwargs)
        except Unkept as computed:
            return computed.result


class Unkept(Exception):
    """Carries a result past joblib, which keeps what is returned and nothing that is raised."""

    def __init__(self, result):
        """Keep the result."""
        super().__init__("a source changed while a result was computed")
        self.result = result


# joblib empties the store when the text of this function changes: say what it does up here.
def _compute(function, identity, args, kwargs):
    result = function(*args, **kwargs)
    if not SNAPSHOT.holds():
        raise Unkept(result)
    return result


@functools.cache
def _identity(function) -> str:
    """Return the function's name with a digest of everything its result may depend on."""
    return f"{function.__module__}.{function.__qualname__} {digest_sources(function.__module__)}"


@functools.cache
def digest_sources(module: str) -> str:
    """Return a SHA-256 of the code of a module and all it imports, and of packages' versions."""
    path = Path(sys.modules[module].__file__)
    parts = [read_bare(source).encode() for source in sorted(list_sources(path))]
    parts += [f"{name} {importlib.metadata.version(name)}".encode() for name in PACKAGES]
    parts += [platform.python_version().encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
