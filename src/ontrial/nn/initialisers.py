"""Initial weights, normal with a variance by name: one entry of INITIALISATIONS is all that a new one needs."""

import re

import numpy as np

from ontrial.errors import unknown


def inverse_n(n_in: int, n_out: int) -> float:
    """Standard deviation √(1/n_in). LeCun, Bottou, Orr & Müller 1998, section 4.6."""
    return (1 / n_in) ** 0.5


def glorot(n_in: int, n_out: int) -> float:
    """Standard deviation √(2/(n_in + n_out)). Glorot & Bengio 2010, eq. 12."""
    return (2 / (n_in + n_out)) ** 0.5


def he(n_in: int, n_out: int) -> float:
    """Standard deviation √(2/n_in). He, Zhang, Ren & Sun 2015, eq. 10."""
    return (2 / n_in) ** 0.5


INITIALISATIONS = {"inverse_n": inverse_n, "glorot": glorot, "he": he}


def parse(initialisation: str) -> tuple[str, float]:
    """Name and weight mean of "he", or of "inverse_n_mean-8": variance of inverse_n, mean −8/n_in.

    The mean is 0 unless given: Yilmaz & Poli 2022 use a negative one for deep sigmoid networks. Raises ValueError.
    """
    name, mean = re.fullmatch(r"(.*?)(?:_mean([+-]\d+(?:\.\d+)?))?", initialisation, re.DOTALL).groups()
    if name not in INITIALISATIONS:
        hint = ' A weight mean of m/n_in may follow the name: "he_mean-8".'
        raise ValueError(unknown("initialisation", initialisation, INITIALISATIONS) + hint)
    return name, float(mean or 0)


def initial_weights(
    initialisation: str, shapes: tuple[tuple[int, int], ...], random: np.random.Generator
) -> list[np.ndarray]:
    """Weights of one network: a float64 array for each (n_in, n_out) of `shapes`.

    Whatever the initialisation, the same generator gives the same standard normal draws: arms of a comparison differ in
    scale and mean only.
    """
    name, mean = parse(initialisation)
    return [
        mean / n_in + INITIALISATIONS[name](n_in, n_out) * random.standard_normal((n_in, n_out))
        for n_in, n_out in shapes
    ]
