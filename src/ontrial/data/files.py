"""Data sets that are read from files, whose SHA-256 is checked."""

import base64
import csv
import gzip
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ontrial.errors import InputError
from ontrial.storage.files import read_bytes


def read_checked(path: Path, sha256: str | None, remedy: str) -> bytes:
    """Return the content of a file. Raises InputError if it can't be read or its SHA-256 is not the expected one.

    sha256: Expected SHA-256. None accepts any content.
    remedy: Advice at the end of the message.
    """
    try:
        content = read_bytes(path)
    except OSError as error:
        raise InputError(f"{path}: the data file can't be read: {error.strerror}. {remedy}") from None
    if sha256 and (digest := hashlib.sha256(content).hexdigest()) != sha256:
        raise InputError(f"{path}: the data file is damaged: its SHA-256 is {digest}, expected {sha256}. {remedy}")
    return content


@dataclass(frozen=True)
class Shipped:
    """A file that comes with the package.

    name: Name of the file in the folder of this module.
    """

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

    def packed(self) -> str:
        """Return the content, gzipped and in base64, as the engine of the site's pages takes it."""
        content = self.read()
        compressed = content if self.name.endswith(".gz") else gzip.compress(content, mtime=0)
        return base64.b64encode(compressed).decode()


@dataclass(frozen=True)
class Fetched:
    """A file that the workflow fetches once.

    name: Path relative to the folder where the workflow runs.
    """

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
    """A file of a study, with any content.

    name: Path relative to the folder where the workflow runs.
    """

    name: str

    def path(self) -> Path:
        """Return the path of the file."""
        return Path(self.name)

    def read(self) -> bytes:
        """Return the content of the file. Raises InputError if it can't be read."""
        remedy = "Put it there, or change its path in the study, which is relative to the folder of the study file."
        return read_checked(self.path(), None, remedy)

    check = read


# The first 3,823 images are by 30 writers and marked "training". The last 1,797, marked "test", are by 13 others, and
# the same as scikit-learn's digits. Alpaydin & Kaynak, Optical Recognition of Handwritten Digits, 1998.
OPTDIGITS = Shipped("optdigits.csv.gz", "c9896e47c6933fb418e3d5abd685a00e7d67465056b27321d5b9fcbce3607e14")
# Eight points on the path of a pen. Alpaydin & Alimoglu, Pen-Based Recognition of Handwritten Digits, 1996.
PENDIGITS = Shipped("pendigits.csv.gz", "26067adbc10db3be1b3f0f634753a859e2cf21863991fd40582394202f0ef064")
# Sixteen statistics of printed capitals. Slate, Letter Recognition, 1991.
LETTER = Shipped("letter.csv.gz", "d7dbc44384ce34a461583df632017b681995e2c6bd776c68ccca95150f3ca124")
# Four spectral bands of 3×3 pixels; the label is the soil of the middle one.
# Srinivasan, Statlog (Landsat Satellite), 1993.
SATIMAGE = Shipped("satimage.csv.gz", "45d792a117e8207022602b6143816b1e7ecfa5be46de82d4b4d4bf7af385cf34")
TITANIC = Shipped("titanic.csv", "ef3db9b7b0dda6b86b659d72b23681c6e330381810d015f7fa95a0b761d83316")
BY_ENGINE = {"optdigits": OPTDIGITS, "titanic": TITANIC}  # by their names in the engine of the site's pages
TITANIC_FEATURES = tuple(
    (column, value)
    for column, values in {
        "class": ("1st", "2nd", "3rd", "crew"),
        "sex": ("male", "female"),
        "age": ("child", "adult"),
    }.items()
    for value in values
)

IDX_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
IDX_PIXELS = 28 * 28
IMAGES_HEADER, LABELS_HEADER = 16, 8  # bytes before the first image or label


def idx_files(name: str, *checksums: str) -> tuple[Fetched, ...]:
    """Return the four files of a data set in MNIST's format, in a folder of its name."""
    return tuple(Fetched(f"data/{name}/{file}", sha256) for file, sha256 in zip(IDX_NAMES, checksums, strict=True))


# LeCun, Bottou, Bengio & Haffner, Gradient-based learning applied to document recognition, Proc. IEEE 86(11), 1998.
MNIST = idx_files(
    "mnist",
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
)
# Xiao, Rasul & Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms, 2017.
FASHION_MNIST = idx_files(
    "fashion_mnist",
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
)


def read_rows(file: Shipped, first: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a gzipped CSV file with a header: the features X (n, d) and the labels (n,).

    The last column has the classes, whose labels are in sorted order.

    first: Index of the first feature's column.
    """
    header, *lines = gzip.decompress(file.read()).decode().splitlines()
    X = np.loadtxt(lines, delimiter=",", usecols=range(first, header.count(",")))
    classes = [line.rpartition(",")[2] for line in lines]
    return X, np.unique(classes, return_inverse=True)[1]


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


def idx(files: Sequence[Fetched], train: int, test: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first images of files in MNIST's format: X (train + test, 784), ink from 0 to 255, and the labels.

    Images of the official test set come last. X is uint8: float64 would take eight times the memory.
    """
    train_images, train_labels, test_images, test_labels = (np.frombuffer(file.read(), np.uint8) for file in files)
    X = [images[IMAGES_HEADER:].reshape(-1, IDX_PIXELS) for images in (train_images, test_images)]
    y = [labels[LABELS_HEADER:].astype(int) for labels in (train_labels, test_labels)]
    return np.concatenate([X[0][:train], X[1][:test]]), np.concatenate([y[0][:train], y[1][:test]])
