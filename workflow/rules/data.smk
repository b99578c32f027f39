"""Fetch: data that no package ships, once for all studies, and only for a study that trains on it.

Input: nothing. Output: data/mnist/. What is there already, put by hand or fetched before, is used; what code reads it checks it
by its SHA-256, so neither a newer file nor newer code of this step makes anything out of date. Files that are gone and fetched
again do: Snakemake can't know beforehand that their bytes will be the same.
"""


rule fetch:
    """Fetch the four files of MNIST."""
    output:
        FETCHED,
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
