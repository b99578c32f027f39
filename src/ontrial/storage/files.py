"""Files of the steps: written whole or not at all, read back only when undamaged."""

import argparse
import errno
import hashlib
import json
import os
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ontrial.errors import InputError

UNFINISHED = ".unfinished"  # ending of temporary names: what a killed job leaves is known by it
SPACE = 2**20  # bytes that must be free before anything starts
REMEDY = "Make the folder writable, or free some space, and run the same command again."
UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


def run(step: Callable[..., None], parser: argparse.ArgumentParser) -> None:
    """Call a step with its command line."""
    call(step, vars(parser.parse_args()))


def call(function: Callable[..., None], options: Mapping[str, object], wrong: int = 1) -> None:
    """Call a function with its options; what a user can mend ends it with one message and the exit code `wrong`."""
    try:
        function(**options)
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(wrong)
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        place = f"{error.filename}: " if error.filename else ""
        sys.exit(f"{place}results can't be written: {os.strerror(error.errno)}. {REMEDY}")


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary name beside `path`, moved into place when the block ends well and removed when it doesn't."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}{UNFINISHED}")  # no two jobs, on any machine, share it
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `folder` when the block ends well, and goes when it doesn't."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.", suffix=UNFINISHED) as spare:
        fresh, old = Path(spare, "fresh"), Path(spare, "old")
        fresh.mkdir()
        yield fresh
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)


def write_text(path: str | Path, text: str) -> None:
    """Write UTF-8 text atomically, with the same line ends on every system."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def read_json(path: str | Path) -> dict:
    """Return the content of a JSON file of the results."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def sha256(path: str | Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_writable(folder: str | Path) -> None:
    """Raise InputError unless there is room for files in `folder` (or in the nearest folder above that exists)."""
    existing = Path(folder).absolute()
    while not existing.exists():
        existing = existing.parent
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(bytes(SPACE))
    except OSError as error:
        reason = "it is a file" if existing.is_file() else error.strerror
        raise InputError(f"{folder}: results can't be written: {existing.name}: {reason}. {REMEDY}") from None
