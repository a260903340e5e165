"""What a reader's own settings must not change: set once, before anything that computes is loaded.

A `keras.json`, a `matplotlibrc`, an environment variable or a locale would change numbers and
figures without being part of any key of the cache.
"""

import multiprocessing
import os
import sys
import threading
import time
import warnings
from collections.abc import MutableMapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Variables by which the packages that compute, or Python itself, can be told to work otherwise.
FOREIGN = ("KERAS_", "JAX_", "XLA_", "SKLEARN_", "PANDAS_", "SCIPY_ARRAY_API")
FOREIGN_NAMES = frozenset(
    {f"{name}_NUM_THREADS" for name in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "NUMBA")}
    | {"VECLIB_MAXIMUM_THREADS", "OMP_DYNAMIC", "OMP_THREAD_LIMIT", "OMP_SCHEDULE"}
    | {"MATPLOTLIBRC", "MPLBACKEND", "PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONOPTIMIZE"}
    | {"LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LANGUAGE"}
)
# A locale whose text is UTF-8 and whose numbers and dates are plain, by what a system has.
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
# What is set by whoever runs the cells, and stays.
RENDERERS = ("figure.figsize", "figure.dpi", "savefig.dpi")
INLINE = "module://matplotlib_inline.backend_inline"  # by which a kernel shows figures at all
GROWTH = int(1.5e9)  # bytes
WATCH = 1.0  # seconds between two looks at whether the parent lives


def settle(environment: MutableMapping[str, str]) -> MutableMapping[str, str]:
    """Change an environment in place, so that nothing of the reader's is left in it; return it."""
    for name in list(environment):
        if name.startswith(FOREIGN) or name in FOREIGN_NAMES:
            del environment[name]
    cache = ROOT / ".cache"
    environment |= {
        "KERAS_BACKEND": "jax",  # the smallest backend of Keras on a CPU
        "KERAS_HOME": os.fspath(cache / "keras"),
        "JAX_PLATFORMS": "cpu",
        "NPROC": "1",  # threads of JAX: on their number depend the last digits of a network
        "MPLCONFIGDIR": os.fspath(cache / "matplotlib"),
        "IPYTHONDIR": os.fspath(cache / "ipython"),
        "LC_ALL": LOCALE,
        "TZ": "UTC",
    }
    return environment


def settle_process() -> None:
    """Settle this process; a worker is settled by its parent, whose end it follows.

    Workers are told by joblib how many threads each may have, which must stay.
    """
    if multiprocessing.current_process().name.startswith("LokyProcess"):
        # A worker that has grown is replaced, which would compile the network anew; by default it
        # may grow by less than Keras and its backend take.
        from joblib.externals.loky import process_executor

        process_executor._MAX_MEMORY_LEAK_SIZE = GROWTH
        threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
        return
    if os.environ.get("PYTHONWARNINGS"):
        warnings.resetwarnings()
        warnings.simplefilter("ignore")
    settle(os.environ)
    if "ipykernel.kernelapp" in sys.modules:
        os.environ["MPLBACKEND"] = INLINE
    if hasattr(time, "tzset"):
        time.tzset()


def settle_figures() -> None:
    """Forget what a `matplotlibrc` says, but not the renderer's size and resolution of figures."""
    import matplotlib

    kept = {name: matplotlib.rcParams[name] for name in RENDERERS}
    matplotlib.rcdefaults()
    # the salt makes the names inside an SVG the same in every run
    matplotlib.rcParams.update(kept | {"svg.hashsalt": "report"})


def _follow(parent: int) -> None:
    """End this process once its parent has: else an idle or busy worker outlives a killed run."""
    while os.getppid() == parent:
        time.sleep(WATCH)
    os._exit(1)
