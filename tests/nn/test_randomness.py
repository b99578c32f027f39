import numpy as np
import pytest

from ontrial.nn.randomness import STREAMS, stream


def test_streams_are_the_same_everywhere_and_differ_by_seed_and_purpose():
    assert stream(7, "weights").random() == stream(7, "weights").random()
    draws = [stream(seed, purpose).random() for seed in (1, 2) for purpose in STREAMS]
    assert len(set(draws)) == 2 * len(STREAMS)
    assert stream(1, "batch order").permutation(8).tolist() == [0, 2, 4, 1, 5, 7, 6, 3]


def test_streams_leave_the_global_generator_alone_and_have_known_purposes():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    stream(1, "split").random()
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    known = "batch order, dropout, label noise, split, training samples, weights"
    with pytest.raises(ValueError, match=rf'unknown stream "colour"\. Known: {known}\.'):
        stream(1, "colour")
