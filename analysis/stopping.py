"""End a run that is told to end: its workers with it, its temporary folders removed.

A process that gets SIGTERM or SIGHUP dies at once, and what it started goes on.
Here these signals raise what Ctrl-C raises, so that everything is left in order.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator

import psutil

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
GRACE = 3.0  # seconds between asking a process to end and ending it


class Stopped(KeyboardInterrupt):
    """Raised where a signal arrives that tells the run to end."""

    def __init__(self, number: int):
        """Keep the signal's number."""
        super().__init__(signal.Signals(number).name)
        self.number = number


def code_of(interrupt: KeyboardInterrupt) -> int:
    """Return an interrupted run's exit code: 128 and the signal's number, as shells have it."""
    return 128 + getattr(interrupt, "number", signal.SIGINT)


@contextlib.contextmanager
def heed_signals() -> Iterator[None]:
    """Raise `Stopped` at SIGTERM and SIGHUP in the body; end all that an interrupted body started.

    A signal that whoever started us had ignored (`nohup`) stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        yield
    except KeyboardInterrupt:
        end_children()
        raise
    finally:
        for number, handler in before.items():
            # a handler that was not set from Python reads as None
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def _stop(number: int, _frame) -> None:
    """Stop, once: what is being put in order must not be interrupted by a second signal."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    if number == getattr(signal, "SIGHUP", None):
        _lose_terminal()
    raise Stopped(number)


def _lose_terminal() -> None:
    """Write to nowhere from now on: a terminal that is gone takes no word without an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        if os.isatty(stream):
            os.dup2(nowhere, stream)
    os.close(nowhere)


def end_children() -> None:
    """End every process that this one started, at any depth, and wait for their ends."""
    end_processes(psutil.Process().children(recursive=True))


def end_tree(number: int) -> None:
    """End a process and every process that it started, at any depth."""
    with contextlib.suppress(psutil.NoSuchProcess):
        top = psutil.Process(number)
        end_processes([top, *top.children(recursive=True)])


def end_processes(processes: list[psutil.Process]) -> None:
    """Ask processes to end, and end those that do not.

    The trackers of joblib's workers are left: they wait for the others' ends, remove what those
    left in memory and on disk, and end by themselves.
    """
    processes = [one for one in processes if not _is_tracker(one)]
    for one in processes:
        with contextlib.suppress(psutil.Error):
            one.terminate()
    _, alive = psutil.wait_procs(processes, timeout=GRACE)
    for one in alive:
        with contextlib.suppress(psutil.Error):
            one.kill()
    psutil.wait_procs(alive, timeout=GRACE)


def _is_tracker(process: psutil.Process) -> bool:
    """Tell whether a process does nothing but remove what workers leave."""
    try:
        return any("resource_tracker" in word for word in process.cmdline())
    except psutil.Error:
        return False


def end_group(group: int) -> None:
    """End what is left of a process group, whose leader may be gone already."""
    if not hasattr(os, "killpg"):
        return
    end = time.monotonic() + GRACE
    # the trackers of joblib's workers ignore SIGTERM, clean up after them, and end by themselves
    while _signal_group(group, signal.SIGTERM) and time.monotonic() < end:
        time.sleep(0.05)
    _signal_group(group, signal.SIGKILL)


def _signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; tell whether there was anyone to get it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
