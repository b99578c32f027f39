"""Data sets that are files: where each lies, and proof that it is the file that this project was made with."""

import csv
import gzip
import hashlib
import importlib.util
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ontrial.errors import InputError


@dataclass(frozen=True)
class Shipped:
    """A file that comes with a package: `name` is its path inside the package, `remedy` says how to get it back."""

    package: str
    name: str
    sha256: str
    remedy: str

    def path(self) -> Path:
        """Where the file lies (found without importing its package) or, if that is missing, its name."""
        found = importlib.util.find_spec(self.package)
        return Path(found.submodule_search_locations[0] if found else self.package, self.name)

    def read(self) -> bytes:
        """Content of the file; InputError if it is missing or isn't, to the last bit, what it should be."""
        path = self.path()
        try:
            content = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path}: the data file can't be read: {error.strerror}. {self.remedy}") from None
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise InputError(
                f"{path}: the data file is damaged: its SHA-256 is {found}, expected {self.sha256}. {self.remedy}"
            )
        return content


DIGITS = Shipped(
    package="sklearn",
    name="datasets/data/digits.csv.gz",
    sha256="09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
    remedy="Install it anew: pip install --force-reinstall scikit-learn",
)
TITANIC = Shipped(
    package="ontrial",
    name="data/titanic.csv",
    sha256="ef3db9b7b0dda6b86b659d72b23681c6e330381810d015f7fa95a0b761d83316",
    remedy="Get it back: git checkout -- src/ontrial/data/titanic.csv",
)
TITANIC_FEATURES = tuple(
    (column, value)
    for column, values in {
        "class": ("1st", "2nd", "3rd", "crew"),
        "sex": ("male", "female"),
        "age": ("child", "adult"),
    }.items()
    for value in values
)


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Handwritten digits: X (1797, 64), the ink of 8×8 pixels from 0 to 16, and the digits (1797,).

    The test set of Alpaydin & Kaynak, Optical Recognition of Handwritten Digits, UCI 1998, as scikit-learn ships it.
    """
    table = np.loadtxt(io.BytesIO(gzip.decompress(DIGITS.read())), delimiter=",")
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
