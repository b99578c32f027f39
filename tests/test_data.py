import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ontrial import data
from ontrial.data import files, splits
from ontrial.errors import InputError


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("digits", (64, 10, 1150, 288, 359)),
        ("titanic", (8, 2, 1409, 352, 440)),
        ("moons", (2, 2, 640, 160, 200)),
        ("spirals", (2, 2, 640, 160, 200)),
        ("xor", (2, 2, 640, 160, 200)),
    ],
)
def test_sizes(name, sizes):
    assert data.sizes(name) == sizes


@pytest.mark.parametrize("name", data.DATASETS)
class TestEveryDataset:
    def test_has_a_label_for_every_sample_and_a_sample_for_every_class(self, name):
        dataset = data.load(name)
        assert dataset.X.dtype == np.float64
        assert np.isfinite(dataset.X).all()
        assert np.unique(dataset.labels).tolist() == list(range(len(dataset.classes)))
        assert len(dataset.X) == len(dataset.labels)
        assert len(dataset.groups) in (0, len(dataset.labels))

    def test_splits_into_parts_that_share_nothing_and_leave_nothing_out(self, name):
        parts = data.split(name, 7)
        assert tuple(map(len, parts)) == data.sizes(name)[2:]
        assert sorted(np.concatenate(parts)) == list(range(len(data.load(name).labels)))

    def test_has_the_same_test_set_for_every_seed_and_another_split_of_the_rest(self, name):
        one, other = data.split(name, 1), data.split(name, 2)
        assert np.array_equal(one.test, other.test)
        assert not np.array_equal(one.validation, other.validation)

    def test_has_its_share_of_every_class_in_every_part(self, name):
        labels = data.load(name).labels
        shares = np.bincount(labels) / len(labels)
        for part in data.split(name, 3):
            assert np.abs(np.bincount(labels[part]) - len(part) * shares).max() <= 1.5

    def test_arrays_fit_the_network(self, name):
        sizes = data.sizes(name)
        arrays = data.arrays(name, (1, 5), "softmax")
        assert arrays.seeds == (1, 5)
        for part, samples in (("train", sizes.train), ("validation", sizes.validation), ("test", sizes.test)):
            X, y = getattr(arrays, part)
            assert X.shape == (2, samples, sizes.features)
            assert y.shape == (2, samples, sizes.classes)
            assert X.dtype == y.dtype == np.float32
            assert np.array_equal(y.sum(2), np.ones((2, samples)))
            assert np.array_equal(y[1].argmax(1), data.load(name).labels[getattr(data.split(name, 5), part)])

    def test_a_slice_does_not_depend_on_the_other_seeds(self, name):
        alone, together = data.arrays(name, (5,), "softmax"), data.arrays(name, (1, 5), "softmax")
        assert alone.train.X[0].tobytes() == together.train.X[1].tobytes()
        assert alone.test.y[0].tobytes() == together.test.y[1].tobytes()

    def test_inputs_are_scaled_with_the_training_part_alone(self, name):
        X = data.arrays(name, (4,), "softmax", np.float64).train.X[0]
        assert np.abs(X.mean(0)).max() < 1e-12
        used = X.std(0) > 0
        if data.DATASETS[name].one_unit:
            assert np.sqrt(np.square(X).mean()) == pytest.approx(1)
        else:
            assert X.std(0)[used] == pytest.approx(1)

    def test_checks_and_has_a_checksum(self, name):
        data.check(name)
        assert len(data.checksum(name)) == 64
        assert data.checksum(name) == data.checksum(name)


def test_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    theirs = load_digits()
    ours = data.load("digits")
    assert np.array_equal(ours.X, theirs.data)
    assert np.array_equal(ours.labels, theirs.target)


def test_the_titanic_had_2201_people_of_whom_711_survived():
    titanic = data.load("titanic")
    assert len(titanic.X) == 2201
    assert titanic.labels.sum() == 711
    assert (titanic.X.sum(1) == 3).all()  # one class, one sex, one age


def test_of_the_titanics_groups_the_true_rates_are_known():
    titanic = data.load("titanic")
    group = np.array(titanic.groups) == "3rd female adult"
    assert titanic.labels[group].sum() == 76
    assert group.sum() == 165
    assert len(np.unique(titanic.X[group], axis=0)) == 1


def test_two_classes_and_a_sigmoid_have_one_column_else_each_class_has_its_own():
    assert data.outputs("xor", "sigmoid") == 1
    assert data.outputs("xor", "softmax") == 2
    assert data.outputs("xor", "identity") == 2
    assert data.outputs("digits", "sigmoid") == 10
    target = data.arrays("titanic", (1,), "sigmoid").test.y[0]
    assert np.array_equal(target[:, 0], data.load("titanic").labels[data.split("titanic", 1).test])


def test_the_class_in_xor_is_whether_the_signs_agree_and_no_straight_line_tells():
    dataset = data.load("xor")
    assert ((np.prod(dataset.X, axis=1) < 0) == dataset.labels).mean() > 0.98
    line = np.linalg.lstsq(np.c_[dataset.X, np.ones(len(dataset.X))], dataset.labels, rcond=None)[0]
    assert np.abs(line[:2]).max() < 0.05


@pytest.mark.parametrize(
    ("counts", "size", "expected"),
    [
        ([50, 50], 20, [10, 10]),
        ([1, 99], 20, [0, 20]),
        ([1, 1, 1], 2, [1, 1, 0]),
        ([10, 6, 4], 5, [3, 1, 1]),  # 2.5, 1.5, 1: of equal remainders the first class's goes first
        ([3, 2], 5, [3, 2]),
        ([3, 2], 0, [0, 0]),
    ],
)
def test_quotas_by_largest_remainder(counts, size, expected):
    assert splits.quotas(np.array(counts), size).tolist() == expected


def test_a_class_of_one_sample_is_in_one_part():
    labels = np.array([0] * 30 + [1])
    parts = splits.split(labels, 1)
    assert sum(30 in part for part in parts) == 1
    assert tuple(map(len, parts)) == (20, 5, 6)


def test_a_feature_that_never_changes_in_training_becomes_zero():
    X = np.array([[0.1, 1.0], [0.1, 3.0], [0.1, 5.0]])
    for one_unit in (True, False):
        mean, factor = splits.scaling(X, one_unit)
        assert factor[0] == 0
        assert factor[1] > 0
        assert mean[1] == 3


def test_an_unknown_data_set_is_named():
    with pytest.raises(ValueError, match='unknown data set "mnits"'):
        data.load("mnits")


def test_arrays_of_a_data_set_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        data.load("xor").X[0] = 0


def test_a_damaged_file_is_told_with_both_checksums_and_the_remedy(monkeypatch):
    damaged = replace(files.TITANIC, sha256="0" * 64)
    monkeypatch.setitem(data.DATASETS, "titanic", replace(data.DATASETS["titanic"], file=damaged))
    with pytest.raises(InputError) as told:
        data.check("titanic")
    assert str(told.value) == (
        f"{files.TITANIC.path()}: the data file is damaged: its SHA-256 is {files.TITANIC.sha256}, "
        f"expected {'0' * 64}. Get it back: git checkout -- src/ontrial/data/titanic.csv"
    )


@pytest.mark.parametrize(
    ("lost", "where"),
    [({"name": "data/lost.csv"}, "data/lost.csv"), ({"package": "no_such_package"}, "no_such_package/")],
)
def test_a_missing_file_is_told_with_the_remedy(monkeypatch, lost, where):
    missing = replace(files.TITANIC, **lost)
    monkeypatch.setitem(data.DATASETS, "titanic", replace(data.DATASETS["titanic"], file=missing))
    with pytest.raises(
        InputError, match=r"the data file can't be read: No such file or directory. Get it back: "
    ) as told:
        data.check("titanic")
    assert where in str(told.value)


def test_data_need_no_slow_import():
    code = "import sys; from ontrial import data, study; data.arrays('digits', (1,), 'softmax'); print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(Path(__file__).parents[1] / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    slow = {"sklearn", "pandas", "matplotlib", "pyarrow", "yaml", "jsonschema", "snakemake"}
    assert not slow & set(run.stdout.split())
