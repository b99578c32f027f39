import numpy as np
import pytest

from ontrial.nn.randomness import STREAMS, stream


def test_stream_is_reproducible():
    assert stream(7, "weights").random() == stream(7, "weights").random()


def test_streams_differ_by_seed_and_by_purpose():
    draws = [stream(seed, purpose).random() for seed in (1, 2) for purpose in STREAMS]
    assert len(set(draws)) == 2 * len(STREAMS)


def test_stream_is_the_same_on_every_machine():
    assert stream(1, "batch order").permutation(8).tolist() == [0, 2, 4, 1, 5, 7, 6, 3]


def test_streams_do_not_change_the_global_generator():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    stream(1, "split").random()
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_unknown_purpose_is_rejected():
    known = "batch order, dropout, label noise, split, training samples, weights"
    with pytest.raises(ValueError, match=rf'unknown stream "colour"\. Known: {known}\.'):
        stream(1, "colour")
