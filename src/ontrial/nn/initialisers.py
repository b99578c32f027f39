"""Normally distributed initial weights. To add a standard deviation, add an entry to INITIALISATIONS."""

import math
import re
from collections.abc import Iterable

import numpy as np

from ontrial.errors import unknown


def inverse_n(n_in: int, n_out: int) -> float:
    """Standard deviation √(1/n_in). LeCun, Bottou, Orr & Müller 1998, section 4.6."""
    return math.sqrt(1 / n_in)


def glorot(n_in: int, n_out: int) -> float:
    """Standard deviation √(2/(n_in + n_out)). Glorot & Bengio 2010, eq. 12."""
    return math.sqrt(2 / (n_in + n_out))


def he(n_in: int, n_out: int) -> float:
    """Standard deviation √(2/n_in). He, Zhang, Ren & Sun 2015, eq. 10."""
    return math.sqrt(2 / n_in)


INITIALISATIONS = {"inverse_n": inverse_n, "glorot": glorot, "he": he}
MEAN_HINT = ' A weight mean of m/n_in may follow the name: "he_mean-8".'


def parse(initialisation: str) -> tuple[str, float]:
    """Split an initialisation into its name and weight mean.

    A mean of −8 shifts all weights of a layer by −8/n_in. Yilmaz & Poli 2022 use negative means for deep sigmoid
    networks. Raises ValueError for an unknown name.

    >>> parse("he"), parse("he_mean-8")
    (('he', 0.0), ('he', -8.0))
    """
    match = re.fullmatch(r"(.*?)(?:_mean([+-]\d+(?:\.\d+)?))?", initialisation, re.DOTALL)
    name, mean = match.groups() if match else (initialisation, None)
    if name not in INITIALISATIONS:
        raise ValueError(unknown("initialisation", initialisation, INITIALISATIONS) + MEAN_HINT)
    return name, float(mean or 0)


def distributions(initialisation: str, shapes: Iterable[tuple[int, int]]) -> tuple[tuple[float, float], ...]:
    """Return the mean and the standard deviation of the weights of each layer, of shape (n_in, n_out)."""
    name, mean = parse(initialisation)
    return tuple((mean / n_in, INITIALISATIONS[name](n_in, n_out)) for n_in, n_out in shapes)


def draw_weights(
    initialisation: str, shapes: tuple[tuple[int, int], ...], random: np.random.Generator
) -> list[np.ndarray]:
    """Draw the weights of one network: a float64 array (n_in, n_out) for each of `shapes`.

    The same generator gives the same standard normal draws for every initialisation, so the arms of a comparison differ
    only in scale and mean.
    """
    return [
        mean + deviation * random.standard_normal(shape)
        for (mean, deviation), shape in zip(distributions(initialisation, shapes), shapes, strict=True)
    ]
