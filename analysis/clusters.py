"""Slow steps on the workers of a Dask cluster, through joblib's Dask backend."""

import contextlib
import logging
from collections.abc import Iterator

from joblib import parallel_config
from joblib._dask import DaskDistributedBackend

from analysis.study import code_fingerprint
from analysis.tracks.schema import BadInput

log = logging.getLogger("analysis")
PATIENCE = 20  # seconds to wait for a scheduler, and for its first worker


class Sending(DaskDistributedBackend):
    """Send the tracks with every task.

    By default they are laid down on some of the workers, and are lost with those.
    """

    def start_call(self) -> None:
        """Lay nothing down."""
        super().start_call()
        self.call_data_futures = None

    def stop_call(self) -> None:
        """Let joblib clear what it thinks lies on workers."""
        self.call_data_futures = {}
        super().stop_call()


@contextlib.contextmanager
def use_scheduler(address: str | None) -> Iterator[None]:
    """Send whatever joblib shares out to a Dask cluster, while the context lasts; None for here.

    A task whose worker is lost runs again on another one, with the same seed, so numbers do not
    depend on the workers. Raises `BadInput` where no scheduler answers at the address, none of its
    workers does, or one has other code than this machine.
    """
    if address is None:
        yield
        return
    from distributed import Client  # takes a second, which nothing else needs

    with contextlib.ExitStack() as stack:
        try:
            client = stack.enter_context(Client(address, timeout=PATIENCE))
            client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise BadInput(f"--scheduler {address}: no Dask cluster with a worker answers there; "
                           "start a scheduler and workers first.") from error  # fmt: skip
        found = client.run(code_fingerprint, on_error="return")
        strange = [worker for worker, own in found.items() if own != code_fingerprint()]
        if strange:
            raise BadInput(f"--scheduler {address}: worker {strange[0]} does not run the code that "
                           "is here; start workers in a copy of this folder.")  # fmt: skip
        log.info("%d workers at %s", len(found), address)
        stack.enter_context(parallel_config(backend=Sending(client=client)))
        yield
