"""What differs between POSIX and Windows, where only the engine and `ontrial judge` run."""

import os
import sys
import time
from io import TextIOWrapper

try:
    import fcntl
except ModuleNotFoundError:
    import msvcrt

    IS_POSIX = False
else:
    IS_POSIX = True

UNAVAILABLE, SOFTWARE = 69, 70  # exit codes, which `os` has on POSIX only
NONBLOCKING = getattr(os, "O_NONBLOCK", 0)  # on Windows no path names a pipe that opening would wait for
LOCKED = 2**31 - 2  # byte that a lock on Windows covers, beyond the text: others can't read what is locked
PAUSE = 0.05  # seconds between two attempts to lock a file on Windows


def lock_file(descriptor: int, wait: bool = False) -> bool:
    """Lock an open file until it is closed. Return False if another process has locked it.

    wait: Whether to wait until the other process has closed it.
    """
    lock = _lock_on_posix if IS_POSIX else _lock_on_windows
    try:
        lock(descriptor, wait)
    except BlockingIOError:
        return False
    except OSError:  # some file systems of clusters have no locks
        pass
    return True


def _lock_on_posix(descriptor: int, wait: bool) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock_on_windows(descriptor: int, wait: bool) -> None:
    start = os.lseek(descriptor, 0, os.SEEK_CUR)
    os.lseek(descriptor, LOCKED, os.SEEK_SET)
    try:
        while not _try_on_windows(descriptor):
            if not wait:
                raise BlockingIOError
            time.sleep(PAUSE)
    finally:
        os.lseek(descriptor, start, os.SEEK_SET)


def _try_on_windows(descriptor: int) -> bool:
    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except PermissionError:  # Windows's answer if another process has locked it
        return False
    return True


def write_any_text() -> None:
    """Let output be any text: files and programs get UTF-8, and terminals what their encoding has of it.

    On Windows, the encoding of files has 256 characters, or those of one language.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
