"""Answers: what softmax outputs answer without p is what others compute from it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ontrial.nn.answers import Answers, SoftmaxAnswers
from ontrial.nn.objectives import objective
from ontrial.nn.outputs import softmax


@st.composite
def blocks(draw):
    """z of few different values, which often tie, and classes."""
    z = draw(
        arrays(np.float64, array_shapes(min_dims=3, max_dims=3, min_side=2, max_side=5), elements=st.integers(-3, 3))
    )
    return z, draw(arrays(np.int64, z.shape[:2], elements=st.integers(0, z.shape[2] - 1)))


@given(blocks())
def test_softmax_needs_no_probabilities(block):
    z, right = block
    target, likelihood = np.eye(z.shape[2])[right], objective("softmax", "cross_entropy")
    expected, got = (kind(z, target, right, lambda: softmax(z)) for kind in (Answers, SoftmaxAnswers))
    assert got.correct.tolist() == expected.correct.tolist()
    assert got.confidence == pytest.approx(expected.confidence)
    assert got.mean_loss(likelihood) == pytest.approx(expected.mean_loss(likelihood))
    p = np.take_along_axis(expected.prediction, right[:, :, None], 2)
    assert got.mean_loss(likelihood) == pytest.approx(-np.log(p).mean(axis=(1, 2)))


def test_ties_are_told_apart_by_z_and_not_by_other_runs():
    z = np.array([[[0, 1e-9]]], np.float32)
    assert len(set(softmax(z).ravel().tolist())) == 1
    assert SoftmaxAnswers(z, np.array([[[0, 1.0]]]), np.array([[1]]), lambda: softmax(z)).correct.all()
    z = np.zeros((2, 4, 2))
    z[1] = np.nan  # as many zeros in the stack as samples
    right = np.array([[0, 0, 1, 1]] * 2)
    both = SoftmaxAnswers(z, np.eye(2)[right], right, lambda: softmax(z)).correct
    alone = SoftmaxAnswers(z[:1], np.eye(2)[right[:1]], right[:1], lambda: softmax(z[:1])).correct
    assert both[0].tolist() == alone[0].tolist() == [True, True, False, False]
