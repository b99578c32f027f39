"""Data sets by name as arrays, split and scaled."""

from ontrial.data.registry import (
    DATASETS,
    Dataset,
    Sizes,
    Source,
    arrays,
    bytes_a_seed,
    check,
    checksum,
    large_groups,
    load,
    outputs,
    outside,
    own,
    sizes,
    source,
    split,
)

__all__ = [
    "DATASETS",
    "Dataset",
    "Sizes",
    "Source",
    "arrays",
    "bytes_a_seed",
    "check",
    "checksum",
    "large_groups",
    "load",
    "outputs",
    "outside",
    "own",
    "sizes",
    "source",
    "split",
]
