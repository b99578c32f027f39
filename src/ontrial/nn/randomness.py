"""One seed, several independent streams, so that the arms of a comparison can share what they should share."""

import numpy as np

from ontrial.errors import unknown

STREAMS = ("split", "weights", "batch order", "training samples")  # append only: the place fixes the draws


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Generator of one purpose of one seed; ValueError unless `purpose` is one of STREAMS.

    The streams are independent (children of one SeedSequence): two networks with the same seed see the same split and
    the same batch order even when their initialisations draw different amounts of random numbers.
    """
    if purpose not in STREAMS:
        raise ValueError(unknown("stream", purpose, STREAMS))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(STREAMS.index(purpose),)))
