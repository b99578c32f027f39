"""Numbers of pages that follow from theory or data alone."""

import numpy as np
import pandas as pd
import pytest
from support.pages import page_of

from ontrial import data
from ontrial.data.registry import Dataset
from ontrial_book.chapters import dead_units
from ontrial_book.chapters import pages as theory


@pytest.fixture
def page(results):
    return page_of(results)


def test_sentences_of_the_theory_are_true(page, monkeypatch):
    assert [theory.Theory(page).gradient_factor("sigmoid", variance) for variance in (1, 64)] == ["0.236", "0.892"]
    assert theory.Theory(page).critical_variance("sigmoid") == "103"
    assert [theory.Theory(page).largest_slope(name) for name in ("relu", "gelu", "silu")] == ["1.00", "1.13", "1.10"]
    assert theory.Theory(page).best_line("xor") == "72.7%"
    corners = np.array([(0, 0), (1, 1), (1, 0), (0, 1)], float)
    for labels, share in (([0, 0, 1, 1], "75.0%"), ([1, 1, 0, 0], "75.0%"), ([0, 1, 0, 1], "100.0%")):
        points = Dataset("corners", corners, np.array(labels), ("a", "b"))
        monkeypatch.setattr(data, "load", lambda name, points=points: points)
        assert theory.Theory(page).best_line("corners") == share


def test_dead_units_are_counted_in_networks_that_learn(page, monkeypatch):
    columns = ["hidden", "activation", "learning_rate", "seed", "dead_units", "test_accuracy", "diverged"]
    runs = [
        ("8-8", "relu", 0.25, 1, 0.02, 0.9, False),
        ("8-8", "relu", 0.25, 2, 0.60, 0.4, False),
        ("8-8", "relu", 1.0, 1, 0.50, 0.1, True),
        ("8-8", "relu", 1.0, 2, 0.30, 0.2, False),
    ]
    table = pd.DataFrame(runs, columns=columns)
    table["learns"] = table["test_accuracy"] >= dead_units.LEARNT
    monkeypatch.setattr(dead_units, "after_training", lambda _: table)
    assert theory.dead_relus(page).splitlines()[2:] == ["| 1/4 | 2.0% (1 of 2) |", "| 1 | – (0 of 2) |"]
