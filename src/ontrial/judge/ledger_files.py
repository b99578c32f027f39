"""The file of a ledger: locked while a try is judged, verified when it is read, and only ever appended to."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from ontrial.errors import InputError
from ontrial.judge.ledger import TOTAL_ERROR, Ledger, decode, encode
from ontrial.storage import files, system

MAX_BYTES = 2**24


@dataclass
class LedgerFile:
    """A locked file and the ledger in it."""

    file: FileIO
    ledger: Ledger

    def write(self, ledger: Ledger) -> None:
        """Append the lines by which a ledger continues the one in the file: all of them, or none."""
        lines = list(encode(ledger))
        end = self.file.seek(0, os.SEEK_END)
        new = lines[len(self.ledger.tries) + 1 :] if end else lines
        content = "".join(f"{line}\n" for line in new).encode()
        try:
            if self.file.write(content) < len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self.file.name)
            os.fsync(self.file.fileno())
        except OSError:
            self.file.truncate(end)
            raise
        self.ledger = ledger


@contextmanager
def locked(path: Path, total_error: float | None = None) -> Iterator[LedgerFile]:
    """Yield a ledger while no other process can read or write it: the level of a try depends on those before it.

    Waits for a process that judges a try. Raises InputError if a line is not as it was written, or if the ledger has
    another total error.

    total_error: Declared total error. None takes that of the file, or TOTAL_ERROR if it is new.
    """
    if path.is_symlink():
        raise InputError(f"{path}: this is a link. Name the file of the ledger itself.")
    path.touch()
    with open(path, "r+b", buffering=0, opener=files.open_regular) as file:
        system.lock_file(file.fileno(), wait=True)
        content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise InputError(f"{path}: the ledger is larger than {MAX_BYTES // 2**20} MiB. Start a new one.")
        text = files.decode(content, path)
        ledger = decode(text, str(path)) if text else Ledger(total_error or TOTAL_ERROR)
        if total_error not in (None, ledger.total_error):
            raise InputError(
                f"{path}:1: the ledger has a total error of {ledger.total_error:g}, not {total_error:g}. A total "
                "is declared once, before the first try. Leave out --total-error, or start a new ledger."
            )
        yield LedgerFile(file, ledger)
