"""Data sets that are files: where each lies, and proof that it is the file that this project was made with."""

import csv
import gzip
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ontrial.errors import InputError


def content(path: Path, sha256: str | None, remedy: str) -> bytes:
    """Content of a file; InputError if it is missing or, where a SHA-256 is given, isn't the one that it should be."""
    try:
        found = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the data file can't be read: {error.strerror}. {remedy}") from None
    if sha256 and (digest := hashlib.sha256(found).hexdigest()) != sha256:
        raise InputError(f"{path}: the data file is damaged: its SHA-256 is {digest}, expected {sha256}. {remedy}")
    return found


@dataclass(frozen=True)
class Shipped:
    """A file that comes with this package, next to this module."""

    name: str
    sha256: str

    def path(self) -> Path:
        """Where the file is."""
        return Path(__file__).with_name(self.name)

    def read(self) -> bytes:
        """Content of the file; InputError if it is missing or isn't, to the last bit, what it should be."""
        remedy = f"Install ontrial again, or in a checkout: git checkout -- src/ontrial/data/{self.name}"
        return content(self.path(), self.sha256, remedy)

    check = read


@dataclass(frozen=True)
class Fetched:
    """A file that the workflow fetches once: `name` is its path in the folder where it runs, as for results."""

    name: str
    size: int
    sha256: str

    def path(self) -> Path:
        """Where the file lies, or will."""
        return Path(self.name)

    def read(self) -> bytes:
        """Content of the file; InputError if it is missing or isn't, to the last bit, what it should be."""
        return content(self.path(), self.sha256, "The workflow fetches what is missing: remove it if it is damaged.")

    def check(self) -> None:
        """Raise InputError if the file is there and damaged; a missing one is fetched before it is needed."""
        if self.path().exists():
            self.read()


@dataclass(frozen=True)
class Own:
    """A reader's own file: `name` is its path in the folder where the workflow runs. Its bytes are what they are."""

    name: str

    def path(self) -> Path:
        """Where the file lies."""
        return Path(self.name)

    def read(self) -> bytes:
        """Content of the file; InputError if it can't be read."""
        return content(self.path(), None, "Put it there, or change its path in src/ontrial/data/__init__.py.")

    check = read


DIGITS = Shipped("optdigits.csv.gz", "c9896e47c6933fb418e3d5abd685a00e7d67465056b27321d5b9fcbce3607e14")
TITANIC = Shipped("titanic.csv", "ef3db9b7b0dda6b86b659d72b23681c6e330381810d015f7fa95a0b761d83316")
TITANIC_FEATURES = tuple(
    (column, value)
    for column, values in {
        "class": ("1st", "2nd", "3rd", "crew"),
        "sex": ("male", "female"),
        "age": ("child", "adult"),
    }.items()
    for value in values
)

MNIST_FOLDER = "data/mnist"
MNIST = tuple(
    Fetched(f"{MNIST_FOLDER}/{name}", size, sha256)
    for name, size, sha256 in (
        ("train-images-idx3-ubyte", 47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        ("train-labels-idx1-ubyte", 60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        ("t10k-images-idx3-ubyte", 7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        ("t10k-labels-idx1-ubyte", 10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    )
)
MNIST_PIXELS = 28 * 28
IMAGES, LABELS = 16, 8  # bytes before the first image or label: what kind of numbers follow, and how many


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Handwritten digits: X (1797, 64), the ink of 8×8 pixels from 0 to 16, and the digits (1797,).

    The test set of Alpaydin & Kaynak, Optical Recognition of Handwritten Digits, UCI 1998 (CC BY 4.0): the rows of the
    file that are marked "test", which are also scikit-learn's digits.
    """
    lines = gzip.decompress(DIGITS.read()).decode().splitlines()
    rows = [line.removeprefix("test,") for line in lines if line.startswith("test,")]
    table = np.loadtxt(rows, delimiter=",")
    return table[:, :-1], table[:, -1].astype(int)


def titanic() -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """The people on the Titanic: X (2201, 8) of zeros and ones, survival (2201,), and each one's group.

    Columns of X: TITANIC_FEATURES. A group is class, sex and age: "3rd female adult". The file counts the people of
    each kind: Dawson, The "Unusual Episode" Data Revisited, Journal of Statistics Education 3(3), 1995.
    """
    rows = list(csv.DictReader(io.StringIO(TITANIC.read().decode())))
    count = [int(row["count"]) for row in rows]
    X = np.array([[row[column] == value for column, value in TITANIC_FEATURES] for row in rows], float)
    survived = np.array([row["survived"] == "yes" for row in rows], int)
    groups = np.array([f"{row['class']} {row['sex']} {row['age']}" for row in rows])
    return X.repeat(count, axis=0), survived.repeat(count), tuple(groups.repeat(count).tolist())


def mnist(train: int, test: int) -> tuple[np.ndarray, np.ndarray]:
    """The first images of MNIST: X (train + test, 784), the ink of 28×28 pixels from 0 to 255, and the digits.

    The official test images come last. X is uint8: as floats, all 70,000 images would take eight times the memory.
    LeCun, Bottou, Bengio & Haffner, Gradient-based learning applied to document recognition, Proc. IEEE 86(11), 1998.
    """
    bytes_of = [np.frombuffer(file.read(), np.uint8) for file in MNIST]
    images = [bytes_of[i][IMAGES:].reshape(-1, MNIST_PIXELS) for i in (0, 2)]
    labels = [bytes_of[i][LABELS:].astype(int) for i in (1, 3)]
    X, y = (np.concatenate([part[0][:train], part[1][:test]]) for part in (images, labels))
    return X, y
