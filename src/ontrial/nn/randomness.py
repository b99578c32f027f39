"""Independent random streams of one seed, so that the arms of a comparison can share a split or a batch order."""

from collections.abc import Iterable

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


def stream(seed: int, purpose: str, member: int = 0) -> np.random.Generator:
    """Return the generator of a seed for one purpose. Raises ValueError unless `purpose` is one of STREAMS.

    member: Number of a network in the seed's ensemble. The first has the stream of a network alone.

    The streams are independent (children of one SeedSequence). Networks with the same seed therefore get the same split
    and batch order, even if their initialisations draw different amounts of random numbers.
    """
    if purpose not in STREAMS:
        raise ValueError(unknown("stream", purpose, STREAMS))
    key = (STREAMS.index(purpose), member) if member else (STREAMS.index(purpose),)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def members_of(seeds: Iterable[int], members: int) -> list[tuple[int, int]]:
    """Return the seed of each network of a stack of ensembles, and its number in the ensemble, counted from 0."""
    return [(seed, member) for seed in seeds for member in range(members)]
