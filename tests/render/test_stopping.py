"""A run that is told to end leaves nothing behind: no process, no folder, no half-made file."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from conftest import ROOT, write_document

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
# Workers compute what never ends; the cell says who they are.
WORKS = """
```{python}
#| label: works
import os, time
from pathlib import Path
from joblib import Parallel, delayed

def work(number):
    Path(f"pid-{number}").write_text(str(os.getpid()))
    time.sleep(600)

Path("pid-kernel").write_text(str(os.getpid()))
Parallel(n_jobs=2)(delayed(work)(number) for number in range(2))
```
"""
STUDIES = """
import sys
from analysis import __main__ as line
from pathlib import Path
import os, time
from joblib import Parallel, delayed

def work(number):
    Path(f"pid-{number}").write_text(str(os.getpid()))
    time.sleep(600)

def check(options):
    Parallel(n_jobs=2)(delayed(work)(number) for number in range(2))

line.check_table = check
sys.exit(line.main(["check", "genres"]))
"""
STAND_IN = """#!/bin/sh
[ "$1" = --version ] && echo 1.10.18 && exit
exec {python} report.py
"""


# A shell's background and `nohup` ignore some signals, and what tests start inherits that.
HEARS = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


class Started:
    """A process in a folder with temporary files of its own, and the pids that its work wrote."""

    def __init__(self, folder: Path, *command, **environment):
        self.folder, self.temporary = folder, folder / "tmp"
        self.temporary.mkdir()
        clean = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", HEARS, *command],
            cwd=folder,
            env={**clean, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for_workers(self, count: int) -> list[psutil.Process]:
        """Wait until so many processes have said who they are; return them."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            texts = [path.read_text() for path in self.folder.glob("pid-*")]
            if len(texts) == count and all(texts):
                return [psutil.Process(int(text)) for text in texts]
            time.sleep(0.1)
        raise AssertionError(f"no workers within a minute: {self.process.poll()}")

    def tell(self, number: int) -> str:
        """Send a signal to the process alone; return what it said."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=30)[1]


def left(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Return those that still run after a time; one that waits to be fetched has ended."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize(("number", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_report_told_to_end_ends_with_all_that_it_started(tmp_path, number, code):
    write_document(tmp_path, WORKS)
    run = Started(tmp_path, "-m", "render", "--renderer", "pandoc")
    workers = run.wait_for_workers(3)
    told = run.tell(getattr(signal, number))
    assert run.process.returncode == code
    assert "files of the last good run are as they were" in told
    assert "Traceback" not in told
    assert not left(workers, 5)
    assert not list(run.temporary.iterdir())
    assert not (tmp_path / "_output").exists()


def test_quarto_told_to_end_ends_with_all_that_it_started(tmp_path):
    program = tmp_path / "bin" / "quarto"
    program.parent.mkdir()
    program.write_text(STAND_IN.format(python=sys.executable))
    program.chmod(0o755)
    write_document(tmp_path, "Words.\n")
    # Quarto's kernel has a session of its own, as here
    (tmp_path / "report.py").write_text(
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, 'kernel.py'], start_new_session=True)\n"
    )
    (tmp_path / "kernel.py").write_text(STUDIES)
    path = f"{program.parent}:/usr/bin:/bin"
    run = Started(tmp_path, "-m", "render", "--renderer", "quarto", PATH=path)
    workers = run.wait_for_workers(2)
    run.tell(signal.SIGTERM)
    assert run.process.returncode == 143
    assert not left(workers, 5)
    assert not list(run.temporary.iterdir())


def test_the_command_line_told_to_end_ends_its_workers(tmp_path):
    (tmp_path / "study.py").write_text(STUDIES)
    run = Started(tmp_path, "study.py")
    workers = run.wait_for_workers(2)
    told = run.tell(signal.SIGTERM)
    assert run.process.returncode == 143
    assert "Nothing was written" in told
    assert "Traceback" not in told
    assert not left(workers, 5)


def test_workers_follow_a_parent_that_is_killed(tmp_path):
    """Nothing can be done at SIGKILL: the workers see to it themselves."""
    source = STUDIES.replace("Path(f", "import analysis; Path(f")
    (tmp_path / "study.py").write_text(source)
    run = Started(tmp_path, "study.py")
    workers = run.wait_for_workers(2)
    run.process.kill()
    run.process.communicate(timeout=30)
    assert not left(workers, 10)


def test_an_ignored_hangup_stays_ignored(tmp_path):
    """As under `nohup`: the run goes on."""
    (tmp_path / "study.py").write_text(
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + STUDIES
    )
    run = Started(tmp_path, "study.py")
    workers = run.wait_for_workers(2)
    run.process.send_signal(signal.SIGHUP)
    time.sleep(1)
    assert run.process.poll() is None
    run.tell(signal.SIGTERM)
    assert not left(workers, 5)
