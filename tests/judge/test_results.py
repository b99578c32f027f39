"""Runs selected by the words of claims and figures."""

import pandas as pd
import pytest

from ontrial.errors import InputError
from ontrial.judge.results import select

RUNS = pd.DataFrame(
    [
        ("none", "softmax", "cross_entropy", 16),
        ("8", "softmax", "mse", 16),
        ("8-8", "identity", "mse", 1150),
        ("8-8", "softmax", "cross_entropy", 1150),
    ],
    columns=["hidden", "output", "loss", "batch_size"],
).assign(dataset="digits")


@pytest.mark.parametrize(
    ("settings", "rows"),
    [
        ({}, [0, 1, 2, 3]),
        ({"loss": "mse"}, [1, 2]),
        ({"depth": 0}, [0]),
        ({"depth": [1, 2]}, [1, 2, 3]),
        ({"objective": "softmax+mse"}, [1]),
        ({"batch_size": "full"}, [2, 3]),
        ({"batch_size": (16, "full"), "objective": "softmax+cross_entropy"}, [0, 3]),
        ({"hidden": "9"}, []),
    ],
)
def test_rows_are_those_that_have_the_settings(settings, rows):
    assert select(RUNS, **settings).index.tolist() == rows


def test_an_unknown_setting_is_refused():
    with pytest.raises(InputError, match=r'unknown column "lost"\. Did you mean "loss"\?'):
        select(RUNS, lost="mse")
