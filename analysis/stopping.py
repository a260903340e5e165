"""End a run that is told to end by SIGTERM, SIGHUP or Ctrl-C, and its workers with it."""

import contextlib
import signal
from collections.abc import Iterator

import psutil

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
GRACE = 3.0  # seconds between asking a process to end and ending it


def code_of(interrupt: KeyboardInterrupt) -> int:
    """Return an interrupted run's exit code: 128 and the signal's number, as shells have it."""
    return 128 + (interrupt.args[0] if interrupt.args else signal.SIGINT)


@contextlib.contextmanager
def heed_signals() -> Iterator[None]:
    """Raise KeyboardInterrupt at SIGTERM and SIGHUP; end all that an interrupted body started.

    A signal that whoever started us had ignored (`nohup`) stays ignored.
    """
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
            signal.signal(number, handler or signal.SIG_DFL)


def _stop(number: int, _frame) -> None:
    """Stop, once: what is being put in order must not be interrupted by a second signal."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt(number)


def end_children() -> None:
    """End every process that this one started, at any depth, and wait for their ends.

    The trackers of joblib's workers are left: they clean up after the others and end by themselves.
    """
    started = [one for one in psutil.Process().children(recursive=True) if not _is_tracker(one)]
    for end in (psutil.Process.terminate, psutil.Process.kill):
        for one in started:
            with contextlib.suppress(psutil.Error):
                end(one)
        _, started = psutil.wait_procs(started, timeout=GRACE)


def _is_tracker(process: psutil.Process) -> bool:
    try:
        return any("resource_tracker" in word for word in process.cmdline())
    except psutil.Error:
        return False
