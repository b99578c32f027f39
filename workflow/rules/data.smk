"""Fetch: data that no package ships, once for all studies, and only for a study that trains on it.

Input: nothing. Output: data/mnist/. What is there already, put by hand or fetched before, is used; what code reads it checks it
by its SHA-256, so neither a newer file nor newer code of this step makes anything out of date.
"""

from ontrial import data
from ontrial.data.files import MNIST


def needed(*datasets):
    """Files outside the packages that these data sets are read from; those that are fetched never change."""
    fetched = {str(file.path()) for file in MNIST}
    found = sorted({path for name in datasets for path in data.outside(name)})
    return [ancient(path) if path in fetched else path for path in found]


DATA = needed(*{cell.dataset for cell in STUDY.cells.values()})


rule fetch:
    """Fetch the four files of MNIST."""
    output:
        [str(file.path()) for file in MNIST],
    log:
        f"{RESULTS}/logs/fetch.log",
    benchmark:
        f"{RESULTS}/benchmarks/fetch.tsv"
    conda:
        "../../environment.yml"
    params:
        folder=subpath(output[0], parent=True),
    shell:
        "python -m ontrial.steps.fetch --folder {params.folder:q} 2>&1 | tee {log:q} >&2"
