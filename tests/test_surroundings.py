"""The reader's own settings change nothing: not the numbers, not the figures, not the threads."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import joblib
import pytest
from joblib import Parallel, delayed

from analysis.surroundings import LOCALE

ROOT = Path(__file__).resolve().parent.parent
ASKS = """
import json, os, sys
import analysis
from analysis.prediction import network
import keras, jax, time
import matplotlib
before = matplotlib.rcParams["figure.dpi"] = 123
import analysis.printing
print(json.dumps({
    "backend": keras.backend.backend(), "float": keras.config.floatx(),
    "order": keras.config.image_data_format(), "wide": jax.config.jax_enable_x64,
    "ground": matplotlib.rcParams["axes.facecolor"], "dpi": matplotlib.rcParams["figure.dpi"],
    "zone": time.tzname[0], "threads": os.environ.get("OMP_NUM_THREADS"),
}))
"""
# What `python -m render` asks of its kernel, in a cell.
CELL = """
```{python}
#| label: asks
import json, os, time
import matplotlib
print(json.dumps({
    "ground": matplotlib.rcParams["axes.facecolor"], "zone": time.tzname[0],
    "started": globals().get("started"), "backend": os.environ["KERAS_BACKEND"],
    "dpi": matplotlib.rcParams["figure.dpi"], "locale": os.environ["LC_ALL"],
}))
```
"""
HOSTILE = {
    "KERAS_BACKEND": "torch", "JAX_ENABLE_X64": "1", "OMP_NUM_THREADS": "7",
    "OPENBLAS_NUM_THREADS": "many", "TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8",
    "LC_NUMERIC": "de_DE.UTF-8", "PYTHONWARNINGS": "error",
}  # fmt: skip


@pytest.fixture
def home(tmp_path) -> Path:
    """A home whose owner has settings for everything."""
    made = tmp_path / "home"
    keras = {"floatx": "float16", "backend": "torch", "image_data_format": "channels_first"}
    files = {
        ".keras/keras.json": json.dumps(keras),
        ".config/matplotlib/matplotlibrc": "axes.facecolor: red\nfigure.dpi: 17\n",
        ".ipython/profile_default/startup/00.py": "started = True\n",
        "started.py": "started = True\n",
    }
    for name, text in files.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text)
    return made


def answer(script: str, home: Path, folder: Path) -> dict:
    """Run a script for that owner and return what it prints."""
    own = {"HOME": os.fspath(home), "PYTHONSTARTUP": os.fspath(home / "started.py")}
    (folder / "matplotlibrc").write_text("axes.facecolor: blue\n")
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": os.fspath(ROOT), **HOSTILE, **own}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_packages_compute_as_ever(home, tmp_path):
    found = answer(ASKS, home, tmp_path)
    assert (found["backend"], found["float"], found["order"]) == ("jax", "float32", "channels_last")
    assert found["wide"] is False
    assert (found["ground"], found["dpi"]) == ("white", 123)
    assert (found["zone"], found["threads"]) == ("UTC", None)
    assert not (home / ".cache").exists()


def test_a_kernel_is_nobodys(home, tmp_path):
    (tmp_path / "report.qmd").write_text(CELL)
    shutil.copy(ROOT / "_quarto.yml", tmp_path)
    script = (
        "import json; from pathlib import Path; from render.document import read_document\n"
        "from render.executing import execute; from render.settings import read_settings\n"
        "document = read_document(Path('report.qmd'))\n"
        "settings = next(iter(read_settings(document).values()))\n"
        "run = execute(document, settings, {}, lambda *_, **__: None)\n"
        "print(run.outputs['asks'][0]['text'])"
    )
    assert answer(script, home, tmp_path) == {
        "ground": "white", "zone": "UTC", "started": None, "backend": "jax", "dpi": 96.0,
        "locale": LOCALE,
    }  # fmt: skip


def test_workers_keep_the_threads_that_they_are_allowed():
    found = Parallel(n_jobs=2)(delayed(count_threads)(one) for one in range(2))
    assert found == [str(max(1, joblib.cpu_count() // 2))] * 2


def count_threads(_) -> str | None:
    """Return what a worker is told of threads, after the analysis was loaded."""
    import analysis  # noqa: F401

    return os.environ.get("OMP_NUM_THREADS")
