"""Data sets that are read from files, whose SHA-256 is checked."""

import csv
import gzip
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ontrial.errors import InputError


def read_checked(path: Path, sha256: str | None, remedy: str) -> bytes:
    """Return the content of a file. Raises InputError if it can't be read or has another SHA-256 than expected.

    sha256: None accepts any content. remedy: what the message advises to do.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the data file can't be read: {error.strerror}. {remedy}") from None
    if sha256 and (digest := hashlib.sha256(content).hexdigest()) != sha256:
        raise InputError(f"{path}: the data file is damaged: its SHA-256 is {digest}, expected {sha256}. {remedy}")
    return content


@dataclass(frozen=True)
class Shipped:
    """A file that comes with the package. name: its name in the folder of this module."""

    name: str
    sha256: str

    def path(self) -> Path:
        """Return the path of the file."""
        return Path(__file__).with_name(self.name)

    def read(self) -> bytes:
        """Return the content of the file. Raises InputError if it is missing or damaged."""
        remedy = f"Install ontrial again, or in a checkout: git checkout -- src/ontrial/data/{self.name}"
        return read_checked(self.path(), self.sha256, remedy)

    check = read


@dataclass(frozen=True)
class Fetched:
    """A file that the workflow fetches once. name: its path relative to the folder where the workflow runs."""

    name: str
    sha256: str

    def path(self) -> Path:
        """Return the path of the file, which may not have been fetched yet."""
        return Path(self.name)

    def read(self) -> bytes:
        """Return the content of the file. Raises InputError if it is missing or damaged."""
        remedy = "The workflow fetches missing files: remove this one if it is damaged."
        return read_checked(self.path(), self.sha256, remedy)

    def check(self) -> None:
        """Raise InputError if the file is damaged. It may be missing, because it is fetched before it is needed."""
        if self.path().exists():
            self.read()


@dataclass(frozen=True)
class UserFile:
    """A user's file with any content. name: its path relative to the folder where the workflow runs."""

    name: str

    def path(self) -> Path:
        """Return the path of the file."""
        return Path(self.name)

    def read(self) -> bytes:
        """Return the content of the file. Raises InputError if it can't be read."""
        return read_checked(self.path(), None, "Put it there, or change its path in src/ontrial/data/registry.py.")

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
    Fetched(f"{MNIST_FOLDER}/{name}", sha256)
    for name, sha256 in (
        ("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        ("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        ("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        ("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    )
)
MNIST_PIXELS = 28 * 28
IMAGES_HEADER, LABELS_HEADER = 16, 8  # bytes before the first image or label


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return handwritten digits: X (1797, 64), the ink of 8×8 pixels from 0 to 16, and the digits (1797,).

    Alpaydin & Kaynak, Optical Recognition of Handwritten Digits, UCI 1998 (CC BY 4.0). These are the test set, the rows
    of the file that are marked "test", and the same as scikit-learn's digits.
    """
    lines = gzip.decompress(DIGITS.read()).decode().splitlines()
    rows = [line.removeprefix("test,") for line in lines if line.startswith("test,")]
    table = np.loadtxt(rows, delimiter=",")
    return table[:, :-1], table[:, -1].astype(int)


def titanic() -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return the people on the Titanic: X (2201, 8) of zeros and ones, survival (2201,), and each person's group.

    The columns of X are TITANIC_FEATURES. A group is a class, sex and age: "3rd female adult". The file has the number
    of people in each group. Dawson, The "Unusual Episode" Data Revisited, Journal of Statistics Education 3(3), 1995.
    """
    rows = list(csv.DictReader(io.StringIO(TITANIC.read().decode())))
    counts = [int(row["count"]) for row in rows]
    X = np.array([[row[column] == value for column, value in TITANIC_FEATURES] for row in rows], float)
    survived = np.array([row["survived"] == "yes" for row in rows], int)
    groups = np.array([f"{row['class']} {row['sex']} {row['age']}" for row in rows])
    return X.repeat(counts, axis=0), survived.repeat(counts), tuple(groups.repeat(counts).tolist())


def mnist(train: int, test: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first images of MNIST: X (train + test, 784), the ink of 28×28 pixels from 0 to 255, and the digits.

    Images of the official test set come last. X is uint8: float64 would take eight times the memory.
    LeCun, Bottou, Bengio & Haffner, Gradient-based learning applied to document recognition, Proc. IEEE 86(11), 1998.
    """
    train_images, train_labels, test_images, test_labels = (np.frombuffer(file.read(), np.uint8) for file in MNIST)
    X = [images[IMAGES_HEADER:].reshape(-1, MNIST_PIXELS) for images in (train_images, test_images)]
    y = [labels[LABELS_HEADER:].astype(int) for labels in (train_labels, test_labels)]
    return np.concatenate([X[0][:train], X[1][:test]]), np.concatenate([y[0][:train], y[1][:test]])
