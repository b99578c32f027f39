"""Measurements that are published in results/reference. Every start of Snakemake reads them, so imports are light."""

import os
from typing import NamedTuple

from ontrial import data
from ontrial.nn.optimisers import OPTIMISERS


class Measurement(NamedTuple):
    """A published measurement, which figures and pages show.

    name: Name for `ontrial publish`, for declarations of figures and on pages.
    files: Files in results/reference, of which none or all are published. published.schema.yaml has their schemas.
    folder: Folder in which the command writes the files. Default: not published by a command.
    command: Shell command that measures.
    optional: More files, read if they are published.
    """

    name: str
    files: tuple[str, ...]
    folder: str = ""
    command: str = ""
    optional: tuple[str, ...] = ()

    def published(self, reference: str) -> list[str]:
        """Return the paths of the published files.

        reference: Path of results/reference.
        """
        paths = [f"{reference}/{name}" for name in self.files]
        if not all(map(os.path.exists, paths)):
            return []
        return [*paths, *filter(os.path.exists, (f"{reference}/{name}" for name in self.optional))]


MEASUREMENTS = {
    measurement.name: measurement
    for measurement in (
        Measurement("benchmark", ("benchmark.csv", "benchmark.json"), "results/benchmark", "make bench"),
        Measurement("scaling", ("scale.csv",), "results/benchmark", "python -m benchmarks.scale"),
        Measurement("laboratories", ("laboratories.csv",), "results/benchmark", "python -m benchmarks.laboratories"),
        Measurement(
            "robustness",
            ("circumstances.csv",),
            "results/{study}",
            "python -m benchmarks.circumstances --study {file}",
        ),
        Measurement("packing", ("packing.json",)),  # measured once
        Measurement(
            "replications",  # studies that repeat the default one, published with `ontrial publish study`
            ("default/verdicts.json", "mnist/verdicts.json"),
            optional=tuple(
                f"{name.replace('_', '-')}/verdicts.json" for name in (*data.DATASETS, *OPTIMISERS) if name != "mnist"
            ),
        ),
    )
}
