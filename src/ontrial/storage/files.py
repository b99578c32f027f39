"""Read files within limits, write them atomically, and keep other runs and links out of results."""

import csv
import errno
import hashlib
import io
import os
import shutil
import stat
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ontrial.errors import DamagedError, InputError, legible
from ontrial.storage import system

UNFINISHED = ".unfinished"  # suffix of temporary files, which marks the leftovers of killed jobs
PUBLISHED = "reference"  # folder of results that belongs to no study
LENGTH = 120  # characters of a command that messages show
SPACE = 2**20  # free bytes required before a run starts
CLOCKS = 10  # seconds that the clocks of two machines may differ
MAX_BYTES = 2**30  # of a file, unless a reader has another limit
MAX_TABLE, MOST_COLUMNS = 2**26, 1_000  # bytes and columns of a table of results
REMEDY = "Make the folder writable, or free some space, and run the same command again."


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path next to `path`. It is renamed to `path` if the block succeeds, and removed if not."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}{UNFINISHED}")  # unique among jobs on all machines
    try:
        yield temporary
        os.replace(temporary, path)
        _damaged_copy(path).unlink(missing_ok=True)
    finally:
        temporary.unlink(missing_ok=True)


def set_aside(error: DamagedError, remedy: str = "Run the same command again to rebuild it.") -> InputError:
    """Rename the damaged files that a run of their study rebuilds. Return the error to show instead.

    remedy: What to do next.
    """
    lines = []
    for path, problem in error.problems.items():
        advice = error.remedy
        if _is_rebuilt(path):
            os.replace(path, _damaged_copy(path))
            advice = f"It was renamed to {_damaged_copy(path).name}. {remedy}"
        lines.append(f"{path}: {problem} {advice}")
    return InputError("\n".join(lines))


def _is_rebuilt(path: str | Path) -> bool:
    """Return whether a file is a result of a study in the working folder, which a run rebuilds if it is missing."""
    parts = Path(os.path.relpath(path)).parts
    return len(parts) > 2 and parts[0] == "results" and parts[1] != PUBLISHED


def _damaged_copy(path: str | Path) -> Path:
    return Path(f"{path}.damaged")


@contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder. It replaces `folder` if the block succeeds, and is removed if not."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.", suffix=UNFINISHED) as temporary:
        new = Path(temporary, "new")
        new.mkdir()
        yield new
        if folder.exists():
            folder.rename(Path(temporary, "old"))
        new.rename(folder)


def lock(study: str, results: str | Path) -> None:
    """Keep other runs of a study out of this folder, and remove the unfinished files of a killed one.

    Raises InputError if another run is active. Waits for jobs that outlive a killed run, which could overwrite the
    results of newer code. This process holds two locks; its jobs hold the second one, which they inherit as their
    standard input. The system releases a lock when no process holds it any more.
    """
    folder = Path(".snakemake")
    folder.mkdir(exist_ok=True)
    run, jobs = (os.open(folder / f"{study}.{kind}.lock", os.O_RDWR | os.O_CREAT) for kind in ("run", "jobs"))
    if not system.lock_file(run):
        raise InputError(
            f"Another run of study {study} is active in this folder. Wait until it ends, or stop it with Ctrl-C."
        )
    if not system.lock_file(jobs):
        running = "".join(f"\n  {process}" for process in _holders(folder / f"{study}.jobs.lock"))
        print(f"Jobs of a killed run are still running. Waiting for them.{running}", file=sys.stderr, flush=True)
        system.lock_file(jobs, wait=True)
    os.dup2(jobs, 0)
    for path in Path(results).rglob(f".*{UNFINISHED}"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _holders(lock: Path) -> Iterator[str]:
    """Yield the processes whose standard input is a lock, and the start of their commands, if the system has /proc."""
    for process in sorted(Path("/proc").glob("[0-9]*")):
        with suppress(OSError):  # it has ended, or belongs to somebody else
            if os.path.samefile(process / "fd/0", lock):
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                yield legible(f"process {process.name}: {' '.join(words)}".strip(), LENGTH)


def write_text(path: str | Path, text: str) -> None:
    """Write UTF-8 text atomically, with the same line endings on every system."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write bytes atomically."""
    with atomic(path) as temporary:
        temporary.write_bytes(content)


def open_regular(path: str, flags: int) -> int:
    """Return the descriptor of a file, as an opener for `open`. Raises OSError if it is a device or a pipe.

    A device may never end. A pipe may never begin: without this flag, opening it would wait for a writer.
    """
    descriptor = os.open(path, flags | system.NONBLOCKING)
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # of a folder, `open` says it itself
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is a device or a pipe, not a file", path)
    return descriptor


def read_bytes(path: str | Path, limit: int = MAX_BYTES) -> bytes:
    """Return the content of a file. Raises OSError if it is not a regular file, or larger than `limit` bytes."""
    with open(path, "rb", opener=open_regular) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            words = f"{limit // 2**20:,} MiB" if limit >= 2**20 else f"{limit // 2**10} KiB"
            raise OSError(errno.EFBIG, f"it is larger than {words}", str(path))
        return file.read(size)


@contextmanager
def reading(path: str | Path, if_missing: str = "there is no such file.") -> Iterator[None]:
    """Raise InputError for a file that is missing or can't be read.

    if_missing: Sentence on a missing file.
    """
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path}: {if_missing}") from None
    except OSError as error:
        raise InputError(f"{path}: the file can't be read: {error.strerror}.") from None


def read_text(path: str | Path, limit: int = MAX_BYTES) -> str:
    """Return the text of a file of at most `limit` bytes. Raises InputError if it can't be read."""
    with reading(path):
        return decode(read_bytes(path, limit), path)


def read_csv(path: str | Path) -> str:
    """Return the text of a CSV file of results. Raises OSError as `read_bytes`, and ValueError if it is no table.

    What reads it next would fill up rows that are shorter than the head: a small file could fill the memory.
    """
    text = read_bytes(path, MAX_TABLE).decode()
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        width = len(next(rows, []))
        if width > MOST_COLUMNS or any(len(row) not in (0, width) for row in rows):
            raise ValueError(f"line {rows.line_num} is longer or shorter than a row")
    except csv.Error as error:
        raise ValueError(str(error)) from None
    return text


def decode(content: bytes, path: str | Path) -> str:
    """Return the content of a text file as text. Raises InputError with the line that is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}:{line}: the text is not valid UTF-8. Save the file as UTF-8.") from None


def ahead(path: str | Path) -> float:
    """Return by how many seconds the date of a file is in the future; 0 if by at most CLOCKS, or without the file."""
    try:
        seconds = os.stat(path).st_mtime - time.time()
    except FileNotFoundError:
        return 0.0
    return seconds if seconds > CLOCKS else 0.0


def bring_to_present(folder: str | Path) -> int:
    """Date what a folder contains from the future to the present, in the same order. Return the number of files.

    After a clock was set back, Snakemake would call every new file older than what it was made from.
    """
    paths = [os.path.join(path, name) for path, folders, names in os.walk(folder) for name in (*folders, *names)]
    late = [path for path in paths if ahead(path)]
    most = max(map(ahead, late), default=0.0)
    for path in late:
        date = os.stat(path).st_mtime - most
        os.utime(path, (date, date))
    return len(late)


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with open(path, "rb", opener=open_regular) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(paths: Iterable[str | Path], folder: str | Path) -> str:
    """Return the SHA-256 of the names, relative to a folder, and the contents of files."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{os.path.relpath(path, folder)}\0{sha256(path)}\n".encode())
    return total.hexdigest()


def require_writable(folder: str | Path) -> None:
    """Raise InputError unless files can be written to `folder`, or to the nearest parent folder that exists."""
    existing = Path(folder).absolute()
    while not existing.exists():
        existing = existing.parent
    try:
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(bytes(SPACE))
    except OSError as error:
        reason = "it is a file" if existing.is_file() else error.strerror
        raise InputError(f"{folder}: results can't be written: {existing.name}: {reason}. {REMEDY}") from None


def require_no_links(folder: str | Path) -> None:
    """Raise InputError if a folder of results contains a symbolic link. The folder itself may be one.

    A link in somebody else's results could publish any file, or redirect what a run writes.
    """
    for path, folders, names in os.walk(folder):
        for name in (*folders, *names):
            if os.path.islink(link := os.path.join(path, name)):
                raise InputError(
                    f"{link}: this is a link, and results are not read or written through links. Delete it."
                )
