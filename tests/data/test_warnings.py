"""Doubts about tables: each kind is found, and tables that are in order give none."""

import numpy as np
import pytest
from support.project import ROOT

from ontrial import data
from ontrial.data import registry

RANDOM = np.random.default_rng(1)
N = 100
LABELS = RANDOM.permutation(np.arange(N) % 2)


@pytest.fixture
def warnings(tmp_path, monkeypatch):
    """A function that returns the warnings about a table of these columns and 100 noisy measurements."""
    monkeypatch.chdir(tmp_path)
    registry._csv_files.clear()

    def warnings_about(columns: dict, label: str | None = "y", test: dict | None = None, **keys) -> list[str]:
        write("mine.csv", columns)
        if test is not None:
            write("test.csv", test)
            keys["test"] = "test.csv"
        registry._source_of_csv.cache_clear()
        data.define("mine", data.CsvFile(csv="mine.csv", label=label, **keys))
        data.load.cache_clear()
        return data.warnings_about("mine")

    return warnings_about


def write(path: str, columns: dict) -> None:
    """Write columns to a CSV file."""
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def noise(seed: int, n: int = N) -> list[float]:
    """Return measurements with one decimal, several of which are equal."""
    return np.random.default_rng(seed).normal(0, 20, n).round(1).tolist()


TABLE = {"a": noise(1), "b": noise(2), "y": LABELS.tolist()}
WORDS = [f"word {i}" for i in range(N)]
DETERMINES = 'column "x" alone determines "y". If it is a copy, or only known afterwards, list it under drop.'
NUMBERS = 'column "{}" seems to number the rows. If so, list it under drop.'


@pytest.mark.parametrize(("columns", "keys", "warning"), [
    ({"x": 3 - 2 * LABELS}, {}, DETERMINES),
    ({"x": ["yes" if label else "no" for label in LABELS]}, {"categories": ("x",)}, DETERMINES),
    ({"x": LABELS * 5 + RANDOM.uniform(0, 4, N).round(3)}, {}, DETERMINES),
    ({"x": range(N)}, {}, NUMBERS.format("x")),
    ({"customer_id": RANDOM.permutation(N) * 1013 % 99_991}, {}, NUMBERS.format("customer_id")),
    ({"x": WORDS}, {"categories": ("x",)},
     'column "x" has 100 categories for 100 samples, which networks can learn by heart. Merge rare ones, or '
     "list the column under drop."),
    ({"x": ["oslo", "Oslo", "Bergen", "Bodø"] * (N // 4)}, {"categories": ("x",)},
     'column "x": the categories "Oslo" and "oslo" differ only in case, but count as two.'),
    ({"y": ["A", "a", "b", "b"] * (N // 4)}, {}, 'the classes "A" and "a" differ only in case, but count as two.'),
    ({"a": [1, 1, 2, 2] * (N // 4), "b": [3, 4] * (N // 2), "y": [0, 1, 1, 0] * (N // 4)}, {},
     "20 of 20 test samples equal samples that are not for testing, so networks may know them. Remove copies, "
     "or let group name a column of what was measured several times."),
    ({}, {"test": TABLE}, "test.csv is a copy of mine.csv, so networks are tested on samples that they know."),
])  # fmt: skip
def test_what_may_mislead_is_told(warnings, columns, keys, warning):
    assert warnings(TABLE | columns, **keys) == [warning]


def test_a_column_with_the_order_of_the_target_determines_it(warnings):
    price = noise(3)
    columns = TABLE | {"y": price, "x": np.round(np.exp(np.array(price) / 20), 4)}
    assert warnings(columns, None, target="y") == [DETERMINES]
    assert warnings(columns | {"x": np.array(price) + noise(4)}, None, target="y") == []


def test_copies_are_found_beside_a_row_number_and_a_few_are_no_warning(warnings):
    copied = {name: np.array(column) for name, column in TABLE.items()}
    for column in copied.values():
        column[50:] = column[:50]
    (number, copies) = warnings({"id": range(N)} | copied)
    assert (number, copies[:20]) == (NUMBERS.format("id"), "14 of 20 test sample")


@pytest.mark.parametrize("name", ["digits", "titanic", "moons", "spirals", "xor", "pendigits", "satimage"])
def test_tables_of_the_package_give_no_warning(warnings, name):
    dataset = data.load(name)
    chosen = slice(None, None, -(-len(dataset.X) // 2500))
    X, labels = dataset.X[chosen], [f"class {label}" for label in dataset.labels[chosen]]
    assert warnings({f"x{i}": column for i, column in enumerate(X.T)} | {"y": labels}) == []


def test_the_table_of_the_example_gives_no_warning(warnings, monkeypatch):
    monkeypatch.chdir(ROOT / "examples/penguins")
    words = ("species", "island", "full_clutch")
    file = {"csv": "data/penguins.csv", "label": "sex", "categories": words, "missing": "median", "group": "nest"}
    data.define("penguins", data.CsvFile(**file))
    assert data.warnings_about("penguins") == []
    data.define("penguins", data.CsvFile(**file, drop=("body_mass_g",)))
    assert data.warnings_about("penguins") == []


def test_missing_values_are_values_of_their_own(warnings):
    x = ["" if i % 7 == 0 else number for i, number in enumerate(noise(5))]
    assert warnings(TABLE | {"x": x}, missing="median") == []
    x = ["" if label else number for label, number in zip(LABELS, noise(5), strict=True)]
    assert warnings(TABLE | {"x": x}, missing="median") == [DETERMINES]
