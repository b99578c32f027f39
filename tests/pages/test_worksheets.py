"""What the solutions of the worksheets say, computed again."""

import re

import numpy as np
import pytest
from support.project import ROOT


@pytest.mark.parametrize("language", ["en", "ko"])
def test_two_neurons_answer_exactly_one_of_two(language):
    text = (ROOT / f"docs/{language}/worksheet-neurons.md").read_text(encoding="utf-8")
    rows = np.array(re.findall(r"\| \((\d), (\d)\) \| (\d) \| (\d) \| (\d) \|", text), int)
    X, hidden, answers = rows[:, :2], rows[:, 2:4], rows[:, 4]
    assert (hidden == np.maximum(X.sum(axis=1)[:, None] - [0, 1], 0)).all()
    assert (answers == hidden @ [1, -2]).all()
    assert (answers == (X.sum(axis=1) == 1)).all()
    assert len(set(map(tuple, X))) == 4
