import numpy as np
import pytest

from ontrial.nn.randomness import STREAMS, stream


def test_a_stream_repeats_itself():
    assert stream(7, "weights").random() == stream(7, "weights").random()


def test_streams_of_a_seed_and_seeds_of_a_stream_differ():
    draws = [stream(seed, purpose).random() for seed in (1, 2) for purpose in STREAMS]
    assert len(set(draws)) == 2 * len(STREAMS)


def test_a_stream_is_the_same_on_every_machine():
    assert stream(1, "batch order").permutation(8).tolist() == [0, 2, 4, 1, 5, 7, 6, 3]


def test_streams_leave_the_global_generator_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    stream(1, "split").random()
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_an_unknown_purpose_is_refused():
    known = "batch order, split, training samples, weights"
    with pytest.raises(ValueError, match=rf'unknown stream "colour"\. Known: {known}\.'):
        stream(1, "colour")
