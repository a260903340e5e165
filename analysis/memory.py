"""Results of slow steps, kept on disk until anything they depend on changes.

`joblib.Memory` notices a change of arguments and of the decorated function's own source, and
nothing else: a change in a function that it calls goes unseen.
`remember` adds what is missing to the key: the source of the function's module and of every module
of this project that it imports, directly or not, and the versions of the packages that compute.
Comments and docstrings are no part of it: wording does not change a number.
The source is the one that this process imported; where a file has changed on disk since, results
are computed and not kept, since processes that start later import another source.
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
    def recalled(*args, **kwargs):
        if not SNAPSHOT.holds():
            return function(*args, **kwargs)
        return recall(_identity(function), function, *args, **kwargs)

    recalled.fresh = function
    return recalled


def recall(identity: str, function, *args, **kwargs):
    """Take a result from the store, or compute and keep it.

    Parameters
    ----------
    identity : str
        Stands for all that the result depends on besides the arguments.
    function : callable
        It raises `Unkept` with a result that must not be kept.
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


def _compute(function, identity, args, kwargs):
    """Compute a result; `identity` stands for the source and the packages in joblib's key."""
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
    """Return a digest of all that a module's results may depend on.

    Parameters
    ----------
    module : str
        Dotted name of a module that is imported.

    Returns
    -------
    str
        SHA-256 over its code, that of the project's modules that it imports at any depth, and the
        versions of Python and of the packages that compute.
    """
    path = Path(sys.modules[module].__file__)
    parts = [read_bare(source).encode() for source in sorted(list_sources(path))]
    parts += [f"{name} {importlib.metadata.version(name)}".encode() for name in PACKAGES]
    parts += [platform.python_version().encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
