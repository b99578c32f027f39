"""Worker processes that share an object, such as the findings of a study."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")
_shared: Any  # in a worker


def pool(count: int, shared: Any, prepare: Callable[[], None]) -> ProcessPoolExecutor:
    """Return a pool of workers. Each of them gets the object once, rather than with every task.

    prepare: Function that each worker calls first. A worker that is not forked lacks what this process has registered.
    """
    return ProcessPoolExecutor(count, initializer=_start, initargs=(shared, prepare))


def with_shared(function: Callable[[Any], Result]) -> Result:
    """Call a function with the shared object, in a worker."""
    return function(_shared)


def _start(shared: Any, prepare: Callable[[], None]) -> None:
    """Prepare a worker. It would not notice if the job is killed, so a thread waits for that."""
    global _shared
    _shared = shared
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    prepare()


def _exit_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
