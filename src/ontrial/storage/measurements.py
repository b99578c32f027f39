"""Measurements that are published in results/reference. Every start of Snakemake reads them, so imports are light."""

import os
from pathlib import Path
from typing import NamedTuple


class Measurement(NamedTuple):
    """A published measurement.

    name: Name for `ontrial publish`, for declarations of figures and on pages.
    files: Files in results/reference, of which none or all are published. published.schema.yaml has their schemas.
    command: Shell command that writes the files to FOLDER. Default: measured once, or not by a command.
    optional: Patterns of more files, read if they are published.
    """

    name: str
    files: tuple[str, ...]
    command: str = ""
    optional: tuple[str, ...] = ()

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


FOLDER = "results/benchmark"
ONCE = (
    "laboratories",
    "tries",
    "peers",
    "recipes",
    "random-activations",
)  # their rows name the commit with the command

MEASUREMENTS = {
    measurement.name: measurement
    for measurement in (
        Measurement("benchmark", ("benchmark.csv", "benchmark.json"), "make measure WHAT=benchmark"),
        Measurement("judging", ("judging.csv",), "make measure WHAT=judging"),
        Measurement("scaling", ("scale.csv",), "make measure WHAT=scale"),
        *(Measurement(name, (f"{name}.csv",)) for name in ONCE),
        Measurement("robustness", ("circumstances.csv",)),
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
        *(Measurement(name, (f"{name}/design.json", f"{name}/verdicts.json")) for name in ("atlas", "again", "law")),
    )
}
