import numpy as np
import pytest

from ontrial.nn import INITIALISATIONS
from ontrial.nn.initialisers import draw_weights, glorot, he, inverse_n, parse
from ontrial.nn.randomness import stream


def draw(initialisation, shapes=((1000, 100),)):
    return draw_weights(initialisation, shapes, stream(1, "weights"))


def test_standard_deviations():
    assert inverse_n(4, 9) == 0.5
    assert glorot(3, 5) == 0.5
    assert he(8, 9) == 0.5


@pytest.mark.parametrize("name", INITIALISATIONS)
def test_weights_have_mean_zero_and_the_standard_deviation_of_the_initialisation(name):
    (W,) = draw(name)
    deviation = INITIALISATIONS[name](1000, 100)
    assert W.shape == (1000, 100)
    assert W.std() == pytest.approx(deviation, rel=0.01)
    assert W.mean() == pytest.approx(0, abs=4 * deviation / 100_000**0.5)


def test_initialisations_share_their_random_draws_and_divide_the_weight_mean():
    plain, shifted = draw("inverse_n"), draw("inverse_n_mean-8")
    assert shifted[0] - plain[0] == pytest.approx(np.full((1000, 100), -0.008))
    for small, large in zip(draw("inverse_n", [(8, 4), (4, 2)]), draw("he", [(8, 4), (4, 2)]), strict=True):
        assert large == pytest.approx(small * 2**0.5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("he", ("he", 0.0)),
        ("inverse_n", ("inverse_n", 0.0)),
        ("inverse_n_mean-8", ("inverse_n", -8.0)),
        ("glorot_mean+0.5", ("glorot", 0.5)),
    ],
)
def test_parse(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize("text", ["hee", "he_mean", "he_mean8", "he_mean-", "_mean-8", "he_mean-8\n", "own", ""])
def test_parse_rejects_unknown_names(text):
    with pytest.raises(ValueError, match=r'(?s)unknown initialisation ".*Known: glorot, he, inverse_n\..*he_mean-8'):
        parse(text)
