"""Data sets that a study brings as CSV files: how they are read, split and completed, and what is refused."""

import os
from pathlib import Path

import numpy as np
import pytest
from support.messages import message_of

from ontrial import data
from ontrial.data import number_text, registry, splits
from ontrial.study.cell import Cell, Training

ROWS = "".join(f"{i},{i % 3},{'cat' if i % 2 else 'dog'}\n" for i in range(40))
TABLE = "weight,legs,animal\n" + ROWS


@pytest.fixture
def csv_dataset(tmp_path, monkeypatch):
    """A function that writes a CSV file, makes it known as a data set and returns its name."""
    monkeypatch.chdir(tmp_path)
    registry._csv_files.clear()

    def write(content: str | bytes, label: str | None = "animal", test: str | None = None, **keys) -> str:
        registry._source_of_csv.cache_clear()
        (tmp_path / "mine.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        if test is not None:
            (tmp_path / "test.csv").write_text(test)
            keys["test"] = "test.csv"
        data.define("mine", data.CsvFile(csv="mine.csv", label=label, **keys))
        data.load.cache_clear()
        return "mine"

    return write


def test_a_file_has_features_labels_and_sizes(csv_dataset):
    name = csv_dataset(TABLE)
    data.check_files(name)
    assert data.sizes(name) == (2, 2, 26, 26, 6, 8)
    assert data.external_files(name) == ["mine.csv"]
    mine = data.load(name)
    assert mine.classes == ("cat", "dog")
    assert mine.X[3].tolist() == [3, 0]
    assert mine.labels[:4].tolist() == [1, 0, 1, 0]
    assert data.arrays(name, (1,), "softmax").train.X.shape == (1, 26, 2)
    assert data.target_columns(name, "sigmoid") == 1


def test_many_forms_of_csv_files_are_read(csv_dataset):
    rows = "".join(f"{i},{(2, 10, 9)[i % 3]}\n" for i in range(60))
    assert data.load(csv_dataset("x,y\n" + rows, label="y")).classes == ("2", "9", "10")
    rows = "".join(f' {i} ,"{i % 2}"\r\n\r\n' for i in range(40))
    assert data.sizes(csv_dataset(("\ufeffx,y\r\n" + rows).encode(), label="y")).classes == 2
    rows = "".join(f"-{i},5e1;{i % 2}\n" for i in range(40))
    assert data.load(csv_dataset("x;y\n" + rows, label="y", separator=";", decimal=",")).X[3, 0] == -35
    assert data.sizes(csv_dataset(TABLE.replace("\n3,0,", "\n3,?,"), drop=("legs",))).features == 1
    mine = data.load(csv_dataset(TABLE, categories=("legs",)))
    assert mine.X[:4].tolist() == [[0, 1, 0, 0], [1, 0, 1, 0], [2, 0, 0, 1], [3, 1, 0, 0]]


def test_missing_values_become_the_median_or_the_commonest_category_of_the_training_samples(csv_dataset):
    lines = [f"{'' if i % 7 == 3 else i * i},{'NA' if i % 5 == 1 else 'abb'[i % 3]},{i % 2}" for i in range(200)]
    name = csv_dataset("size,kind,y\n" + "\n".join(lines), "y", categories=("kind",), missing="median")
    X = data.load(name).X
    assert np.isnan(X).any(axis=0).tolist() == [True] * 3
    for seed, inputs in zip((1, 2), data.arrays(name, (1, 2), "softmax", np.float64).test.X, strict=True):
        parts = data.split(name, seed)
        scaling = data.scaling_of(name, parts.train)
        assert scaling.fill.tolist() == [np.nanmedian(X[parts.train, 0]), 0, 1]
        complete = np.where(np.isnan(X), scaling.fill, X)
        mean, deviation = complete[parts.train].mean(0), complete[parts.train].std(0)
        assert np.allclose(inputs, (complete[parts.test] - mean) / deviation)


def test_a_feature_without_a_value_among_the_training_samples_of_a_seed_is_left_out():
    X = np.array([[np.nan, 1.0], [np.nan, 3.0], [np.nan, np.nan]])
    scaling = splits.fit_scaling(X, one_unit=False, categories=())
    assert scaling.fill.tolist() == [0, 2]
    assert scaling.factor[0] == 0


def test_two_features_of_unknown_units_are_no_plane(csv_dataset):
    assert not data.is_plane(csv_dataset(TABLE))
    assert data.is_plane("xor")


def test_a_test_file_has_the_test_set(csv_dataset):
    name = csv_dataset(TABLE, test="animal,legs,weight\ncat,4,-1\ndog,4,-2\n")
    assert data.sizes(name) == (2, 2, 32, 32, 8, 2)
    assert data.external_files(name) == ["mine.csv", "test.csv"]
    for seed in (1, 2):
        assert data.load(name).X[data.split(name, seed).test].tolist() == [[-1, 4], [-2, 4]]


@pytest.mark.parametrize("parts", [("training", "training", "test"), ("test", "validation", "training")])
def test_a_column_says_which_samples_are_in_which_part(csv_dataset, parts):
    rows = "".join(f"{i},{parts[i % 3]},{i // 3 % 2}\n" for i in range(90))
    name = csv_dataset("x,part,y\n" + rows, "y", part="part")
    X = data.load(name).X[:, 0].astype(int)
    one, other = data.split(name, 1), data.split(name, 2)
    for samples, part in zip(one, ("training", "validation", "test"), strict=True):
        given = part if part in parts else "training"
        assert {parts[i % 3] for i in X[samples]} == {given}
    assert len(X) == 90 == sum(map(len, one))
    assert np.array_equal(one.validation, other.validation) == ("validation" in parts)


def test_no_person_is_on_two_sides(csv_dataset):
    rows = "".join(f"{i},{'abcdefghijklmnopq'[i % 3 + i % 15]},{i % 2}\n" for i in range(300))
    name = csv_dataset("x,person,y\n" + rows, "y", group="person")
    people = data.source(name).clusters
    assert data.sizes(name).features == 1
    for seed in range(20):
        parts = data.split(name, seed)
        assert tuple(map(len, parts)) == data.sizes(name)[3:]
        assert len(np.unique(np.concatenate(parts))) == sum(map(len, parts))
        sides = [set(people[part]) for part in parts]
        assert not any(sides[i] & sides[j] for i, j in ((0, 1), (0, 2), (1, 2)))
        assert np.array_equal(parts.test, data.split(name, 0).test)
    assert 30 <= data.sizes(name).test <= 90


def test_a_cell_brings_the_description_of_its_data_set_to_the_job_that_trains_it(csv_dataset):
    settings = {"hidden": (), "activation": "relu", "initialisation": "he", "objective": "softmax+cross_entropy"}
    settings |= {"experiment": "grid", "batch_size": "full", "learning_rates": (1.0,), "seeds": (1,)}
    name = csv_dataset(TABLE, drop=("legs",))
    cell = Cell(**settings, dataset=name, training=Training(1), csv_file=data.csv_file_of(name))
    csv_dataset(TABLE)  # another study has a data set of this name
    text = cell.to_json()
    assert Cell.from_json(text) == cell
    assert cell.architecture.layers == (1, 2)
    path = Path(cell.csv_file.csv)
    path.write_text(path.read_text().replace("dog", "wolf"))
    os.utime(path, (0, 0))  # which is older than all that was made from the file before
    data.checksum_of_csv.cache_clear()  # as in the next process
    assert cell.to_json() != text
    assert message_of(Cell.from_json, text).startswith(f"{path}: it has changed since the study was read.")


PRICES = "rooms,town,price\n" + "".join(f"{i % 5},{'abc'[i % 3]},{1000 * i + 7 * (i % 4)}\n" for i in range(40))


def test_a_target_is_standardised_by_the_training_samples_of_each_seed(csv_dataset):
    name = csv_dataset(PRICES, None, target="price", categories=("town",))
    assert data.sizes(name) == (4, 0, 26, 26, 6, 8)
    assert not data.has_classes(name)
    assert data.target_columns(name, "identity") == 1
    price = data.load(name).target
    assert price[:5].tolist() == [0, 1007, 2014, 3021, 4000]
    arrays = data.arrays(name, (1, 2), "identity", np.float64, training_samples=20)
    for i, seed in enumerate((1, 2)):
        parts = data.split(name, seed, 20)
        mean, deviation = price[parts.train].mean(), price[parts.train].std()
        assert arrays.target_scale[i] == pytest.approx(deviation)
        for samples, part in zip((arrays.train, arrays.validation, arrays.test), parts, strict=True):
            assert samples.y[i, :, 0] == pytest.approx((price[part] - mean) / deviation)
    assert arrays.target_scale[0] != arrays.target_scale[1]


def test_a_target_that_is_constant_among_the_training_samples_of_a_seed_is_only_centred(csv_dataset):
    rows = "".join(f"{i},{'test' if i > 30 else 'training'},{5 if i else 6}\n" for i in range(40))
    name = csv_dataset("x,part,price\n" + rows, None, target="price", part="part")
    seed = next(seed for seed in range(100) if 0 in data.split(name, seed).validation)
    arrays = data.arrays(name, (seed,), "identity")
    assert arrays.target_scale.tolist() == [1]
    assert set(arrays.train.y.ravel()) == {0}
    assert set(arrays.validation.y.ravel()) == {0, 1}


@pytest.mark.parametrize(
    ("content", "keys", "message"),
    [
        (PRICES.replace(",4000\n", ",4k\n"), {}, 'mine.csv:6: column "price": "4k" is not a number. If it is a'),
        (PRICES.replace(",4000\n", ",\n"), {"missing": "median"}, 'mine.csv:6: column "price": the value is missing.'),
        ("rooms,town,price\n" + "1,a,2.50\n2,b,2.5\n" * 20, {}, 'mine.csv: column "price": all 40 training samples'),
        ("rooms,town,price\n" + "1,a,2\n2,b,3\n" * 4, {"test": PRICES}, 'mine.csv: column "price": 8 training'),
    ],
)
def test_a_mistake_in_a_target_is_reported_with_its_line_and_column(csv_dataset, content, keys, message):
    name = csv_dataset(content, None, **{"target": "price", "categories": ("town",)} | keys)
    assert message_of(data.load, name).startswith(message)


WIDE = "weight,legs,animal\n" + "".join(f"{i},{i},{'cat' if i % 2 else 'dog'}\n" for i in range(101))
PEOPLE = "weight,person,animal\n" + "".join(f"1,{i % 8},{'cat' if i % 8 > 1 else 'dog'}\n" for i in range(80))


@pytest.mark.parametrize(("content", "keys", "message"), [
    (TABLE.replace("\n3,0,", "\n,0,"), {}, 'mine.csv:5: column "weight": the value is missing. Fill it in, remove'),
    (TABLE.replace("\n3,0,", "\n3,,"), {"categories": ("legs",)}, 'mine.csv:5: column "legs": the value is'),
    (TABLE.replace("\n3,0,cat", "\n3,0,"), {"missing": "median"}, 'mine.csv:5: column "animal": the value is'),
    (TABLE.replace("\n3,0,", "\n3,four,"), {}, 'mine.csv:5: column "legs": "four" is not a number. If the column'),
    (TABLE.replace("\n3,0,", '\n"3,5",0,'), {}, 'mine.csv:5: column "weight": "3,5" is not a number. If "," is'),
    (TABLE.replace("\n3,0,", "\n-1e300,0,"), {}, 'mine.csv:5: column "weight": -1e300 is too large: networks'),
    (TABLE.replace("\n3,0,cat", "\n3,cat"), {}, "mine.csv:5: 2 values, but the header names 3 columns."),
    (TABLE.replace("animal", "beast"), {}, 'mine.csv:1: unknown column "animal".'),
    (TABLE, {"drop": ("id",)}, 'mine.csv:1: unknown column "id". Known: animal, legs, weight.'),
    (TABLE.replace("legs", "weight"), {}, 'mine.csv:1: two columns are called "weight".'),
    (",".join(map(str, range(10_001))), {}, "mine.csv:1: 10,001 columns, more than the limit of 10,000. Remove"),
    (TABLE.replace("weight", ""), {}, "mine.csv:1: column 1 has no name: it seems to be the index of a pandas"),
    (ROWS.replace("cat", "1").replace("dog", "2"), {}, "mine.csv:1: the header is missing: the first line must"),
    (TABLE.replace(",", ";"), {}, 'mine.csv:1: the columns are not separated by ",". Write separator: ";".'),
    (TABLE.replace("dog", "cat"), {}, 'mine.csv: column "animal": all 40 samples are "cat". At least two classes'),
    (TABLE.replace("\n2,2,dog", "\n2,2,emu"), {}, 'mine.csv: column "animal": class "emu" has 1 sample. Each of'),
    ("weight,height\n" + "".join(f"{i},{i / 7:.2f}\n" for i in range(40)), {"label": "height"},
     'mine.csv: column "height": class "0.00" has 1 sample. Each of the 40 classes needs 10, so that training, '
     "validation and test set all have some. Is it a quantity? Then write target: height instead of label."),
    ("animal\ncat\n", {}, 'mine.csv:1: there is no column besides "animal", so there are no features to'),
    ("", {}, "mine.csv:1: the file is empty."),
    (TABLE.replace("dog", "강아지").encode("cp949"), {}, "mine.csv:2: not UTF-8. Save the file as CSV in"),
    (TABLE + '"1,1,dog', {}, "mine.csv:42: not CSV: unexpected end of data."),
    (TABLE.replace("0,", ",").replace("1,", ",").replace("2,", ","), {"categories": ("legs",), "missing": "median"},
     'mine.csv: column "legs": no training sample has a value. List the column under'),
    (WIDE, {"categories": ("legs",)}, 'mine.csv: column "legs": 101 categories, more than the limit of 100.'),
    (TABLE, {"part": "legs"}, 'mine.csv:2: column "legs": unknown part "0". Known: test, training, validation.'),
    (TABLE.replace(",0,", ",training,").replace(",1,", ",training,").replace(",2,", ",validation,"), {"part": "legs"},
     'mine.csv: column "legs": no sample is in the part "test". Mark some, or'),
    (TABLE.replace(",0,", ",test,").replace(",1,", ",test,").replace(",2,", ",training,"), {"part": "legs"},
     'mine.csv: column "animal": class "cat" has 6 training samples. Each of the 2 classes needs 10.'),
    (TABLE, {"group": "legs"}, 'mine.csv: column "legs": "0" has 35% of the samples. At most 20% can have one'),
    (PEOPLE, {"group": "person"}, 'mine.csv: column "person": only 2 of its values have samples of class "dog".'),
    (TABLE, {"test": "weight,legs,animal\n"}, "test.csv: there are no samples."),
    (TABLE, {"test": "weight,animal\n1,cat\n"}, 'test.csv:1: only mine.csv has a column "legs". Both files need'),
])  # fmt: skip
def test_a_mistake_is_reported_with_its_line_and_column(csv_dataset, content, keys, message):
    assert message_of(data.load, csv_dataset(content, **keys)).startswith(message)


def test_all_unreadable_columns_are_reported_at_once(csv_dataset):
    """Also behind a wrong separator, and not as words."""
    header = "Sorte;Region;Datum;Alkohol;Zucker;Ertrag;Anteil"
    rows = [f"{'AB'[i % 2]};Pfalz;0{1 + i % 9}.10.2021;12,{i};{i};1.{i:03},5;{i}%" for i in range(40)]
    rows[7] = rows[7].replace(";7;", ";;")
    message = message_of(data.load, csv_dataset("\n".join([header, *rows]), "Sorte"))
    words = "If the column contains words, list it under categories, which makes a column of zeros and ones for each "
    marks = 'If "," is the decimal mark, write decimal: ",".'
    groups = "If its digits are in groups of three, write numbers without characters between the groups."
    assert message.split("\n") == [
        'mine.csv:1: the columns are not separated by ",". Write separator: ";".',
        f'mine.csv:2: column "Region": "Pfalz" is not a number. {words}word.',
        'mine.csv:2: column "Datum": "01.10.2021" is not a number. A date or time is no number: replace it by one, '
        "such as the year, or list the column under drop.",
        f'mine.csv:2: column "Alkohol": "12,0" is not a number. {marks}',
        'mine.csv:9: column "Zucker": the value is missing. Fill it in, remove the line, or write missing: median, '
        "which replaces missing values.",
        f'mine.csv:2: column "Ertrag": "1.000,5" is not a number. {marks} {groups}',
        'mine.csv:2: column "Anteil": "0%" is not a number. Remove the percent signs.',
    ]


def test_a_column_with_several_kinds_of_mistakes_shows_the_first_of_each(csv_dataset):
    weights = {"\n3,0,": "\nx,0,", "\n4,1,": "\n1e39,1,", "\n5,2,": "\n,2,", "\n6,0,": "\ny,0,"}
    content = TABLE
    for old, new in weights.items():
        content = content.replace(old, new)
    lines = message_of(data.load, csv_dataset(content)).split("\n")
    assert [line.partition(":")[2][:40] for line in lines] == [
        '5: column "weight": "x" is not a number.',
        '6: column "weight": 1e39 is too large: n',
        '7: column "weight": the value is missing',
    ]


WORDS = "List it."


@pytest.mark.parametrize(
    ("texts", "decimal", "start"),
    [
        (["14,23"], ".", 'If "," is the decimal mark'),
        (["14,23", "1,234"], ".", 'If "," is the decimal mark, write decimal: ",".'),
        (["1,234.5", "12,345"], ".", "If its digits are in groups"),
        (["1 234", "12 345 678"], ".", "If its digits are in groups"),
        (["1.234,5"], ",", "If its digits are in groups"),
        (["1,234"], ".", 'If "," is the decimal mark, write decimal: ",". If its digits'),
        (["14,23", "1.234,5"], ".", 'If "," is the decimal mark, write decimal: ",". If its digits'),
        (["2021-03-01", "2021-12-31"], ".", "A date"),
        (["2021-03-01T12:00:00Z"], ".", "A date"),
        (["inf", "-Infinity"], ".", "Networks cannot"),
        (["-", "-"], ".", "If the value is missing"),
        (["−1", "−2.5"], ".", "Its minus sign"),
        (["10%", "2.5 %"], ".", "Remove the percent"),
        (["3 kg", "$4"], ".", "If it is a number with a unit"),
        (["red", "green 2"], ".", WORDS),
        (["٣"], ".", "Write numbers with the digits 0 to 9, as in 1234.5."),
    ],
)
def test_advice_suits_the_text_and_only_words_may_be_categories(texts, decimal, start):
    advice = number_text.advice(texts, decimal, WORDS)
    assert advice.startswith(start)
    assert (WORDS in advice) == (start in (WORDS, "If it is a number with a unit"))


def test_a_missing_file_is_reported_by_the_check(csv_dataset, tmp_path):
    name = csv_dataset(TABLE)
    (tmp_path / "mine.csv").unlink()
    assert message_of(data.check_files, name) == (
        "mine.csv: the data file can't be read: No such file or directory. Put it there, or change its path in the "
        "study, which is relative to the folder of the study file."
    )
