"""A stand-in for Windows, which has less than POSIX. `python windows.py judge …` runs `ontrial` so."""

import errno
import os
import sys
from importlib import import_module
from types import SimpleNamespace

MODULES = ("fcntl", "grp", "pwd", "resource", "termios")
NAMES = (
    *("EX_OK", "EX_SOFTWARE", "EX_UNAVAILABLE", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK"),
    *("chown", "fchmod", "fork", "geteuid", "getuid", "killpg", "mkfifo", "setsid"),
    *("sched_getaffinity", "statvfs", "sysconf", "uname"),
)


def locks() -> SimpleNamespace:
    """Return a module that locks as msvcrt does: at the place of the file, and never waiting."""
    import fcntl

    def locking(descriptor: int, mode: int, length: int) -> None:
        assert (mode, length) == (2, 1)
        assert os.lseek(descriptor, 0, os.SEEK_CUR) > os.fstat(descriptor).st_size  # others may read the text
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PermissionError(errno.EACCES, "Permission denied") from None

    return SimpleNamespace(LK_NBLCK=2, locking=locking)


def take_away(*used: str) -> None:
    """Make `ontrial` find what it would find on Windows. Packages of others, which have their own ways there, keep all.

    used: Modules that import these packages.
    """
    for name in ("subprocess", *used):
        import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "ontrial"]:
        del sys.modules[name]
    sys.modules |= {"msvcrt": locks(), **dict.fromkeys(MODULES)}
    for name in NAMES:
        delattr(os, name)


if __name__ == "__main__":
    if os.name == "posix":
        take_away("ontrial.__main__", "ontrial.commands.judge", "ontrial.report.figures.drawing")
    from ontrial.__main__ import main

    main()
