"""Measurements that are published in results/reference. Every start of Snakemake reads them, so imports are light."""

import os
from pathlib import Path
from typing import NamedTuple


class Measurement(NamedTuple):
    """A published measurement.

    name: Name for `ontrial publish`, for declarations of figures and on pages.
    files: Files in results/reference, of which none or all are published. published.schema.yaml has their schemas.
    folder: Folder in which the command writes the files. Default: not published by a command.
    command: Shell command that measures.
    optional: Patterns of more files, read if they are published.
    by_study: Whether the table has rows of several studies, of which the command measures one.
    """

    name: str
    files: tuple[str, ...]
    folder: str = ""
    command: str = ""
    optional: tuple[str, ...] = ()
    by_study: bool = False

    @property
    def has_design(self) -> bool:
        """Whether it is a study with its configuration and docket, so that other sites can show its claims."""
        return self.files[0].endswith("/design.json")

    def published(self, reference: str) -> list[str]:
        """Return the paths of the published files.

        reference: Path of results/reference.
        """
        paths = [f"{reference}/{name}" for name in self.files]
        if not all(map(os.path.exists, paths)):
            return []
        more = (str(path) for pattern in self.optional for path in sorted(Path(reference).glob(pattern)))
        return list(dict.fromkeys([*paths, *more]))


MEASURE, BENCHMARK = "make measure WHAT=", "results/benchmark"
OF_OURSELVES = ("laboratories", "tries", "judging", "sentences", "peers", "recipes", "random-activations")

MEASUREMENTS = {
    measurement.name: measurement
    for measurement in (
        Measurement("benchmark", ("benchmark.csv", "benchmark.json"), BENCHMARK, f"{MEASURE}benchmark"),
        Measurement("scaling", ("scale.csv",), BENCHMARK, f"{MEASURE}scale"),
        *(Measurement(name, (f"{name}.csv",), BENCHMARK, f"{MEASURE}{name}") for name in OF_OURSELVES),
        Measurement(
            "robustness",
            ("circumstances.csv",),
            "results/{study}",
            f"{MEASURE}circumstances STUDY={{file}}",
            by_study=True,
        ),
        Measurement(
            "replications",  # studies, some of which repeat the default one, published with `ontrial publish study`
            ("default/verdicts.json", "mnist/verdicts.json"),
            optional=("*/verdicts.json", "*/tables/tuned.csv"),
        ),
        Measurement(  # a study, published with `ontrial publish study`
            "one-curve",
            (
                "one-curve/verdicts.json",
                *(f"one-curve/tables/{name}.csv" for name in ("curves", "two_numbers")),
            ),
        ),
        Measurement("mish", ("mish/verdicts.json",)),  # studies, published in the same way
        *(
            Measurement(name, (f"{name}/design.json", f"{name}/verdicts.json"))
            for name in ("atlas", "again", "law", "size")
        ),
    )
}
