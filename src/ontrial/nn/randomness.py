"""Independent random streams of one seed, so that the arms of a comparison can share a split or a batch order."""

import numpy as np

from ontrial.errors import unknown

STREAMS = (  # append only: a seed's numbers depend on the index
    "split",
    "weights",
    "batch order",
    "training samples",
    "label noise",
    "dropout",
)


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Return the generator of a seed for one purpose. Raises ValueError unless `purpose` is one of STREAMS.

    The streams are independent (children of one SeedSequence). Networks with the same seed therefore get the same split
    and batch order, even if their initialisations draw different amounts of random numbers.
    """
    if purpose not in STREAMS:
        raise ValueError(unknown("stream", purpose, STREAMS))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(STREAMS.index(purpose),)))
