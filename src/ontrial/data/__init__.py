"""Data sets by name, as arrays that are split and scaled."""

from ontrial.data.registry import (
    DATASETS,
    Dataset,
    Sizes,
    Source,
    arrays,
    bytes_per_seed,
    check_files,
    checksum,
    external_files,
    from_csv,
    large_groups,
    load,
    sizes,
    source,
    split,
    target_columns,
)

__all__ = [
    "DATASETS",
    "Dataset",
    "Sizes",
    "Source",
    "arrays",
    "bytes_per_seed",
    "check_files",
    "checksum",
    "external_files",
    "from_csv",
    "large_groups",
    "load",
    "sizes",
    "source",
    "split",
    "target_columns",
]
