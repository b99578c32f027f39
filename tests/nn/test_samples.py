"""Pools: what runs read of the samples that they share."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ontrial.nn import Architecture, Network, Samples
from ontrial.nn.samples import Pool

SEEDS, SIZE, INPUTS = 4, 7, 3


@given(st.lists(st.integers(0, SEEDS - 1), min_size=1, max_size=12), st.integers(1, SIZE + 2))
def test_blocks_that_are_not_copied_give_the_same_bits(slices, size):
    random = np.random.default_rng(1)
    samples = Samples(random.normal(size=(SEEDS, SIZE, INPUTS)), np.eye(2)[random.integers(2, size=(SEEDS, SIZE))])
    pool = Pool(samples, np.array(slices)).select_runs(slice(len(slices) // 3, None))
    runs = len(pool.slices)
    architecture = Architecture((INPUTS, 5, 2), "tanh", "softmax", "cross_entropy", "glorot")
    weights = [(random.normal(size=(runs, n, m)), random.normal(size=(runs, m))) for n, m in architecture.shapes]
    network = Network(architecture, weights, np.float32)
    blocks = list(pool.blocks(size))
    assert [sample for block in blocks for sample in range(block.start, block.stop)] == list(range(SIZE))
    for block in blocks:
        rows = pool.first_rows + np.arange(block.start, block.stop)
        buffers = network.buffers(rows.shape[1])
        pool.load(buffers, rows)
        network.forward_to_z(buffers)
        copied, target = buffers.z[-1].copy(), buffers.target.copy()
        for array in (buffers.inputs, buffers.target, *buffers.z):
            array.fill(np.nan)
        network.forward_from(buffers, pool.inputs(block))
        pool.load_targets(buffers, block)
        np.testing.assert_array_equal(buffers.z[-1], copied)
        np.testing.assert_array_equal(buffers.target, target)
        np.testing.assert_array_equal(pool.classes_in(block), pool.classes[rows])
