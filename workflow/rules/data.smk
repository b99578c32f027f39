"""Fetch: data that no package ships, once for all studies, and only for a study that trains on it.

Input: none.
Output: data/mnist/*

Files that are there already are used as they are: the code that reads them checks their SHA-256, so neither a newer file
nor newer code of this step makes anything out of date. Files that are gone and fetched again do, since Snakemake cannot
know beforehand that their bytes will be the same.
"""


rule fetch:
    """Fetch the four files of MNIST."""
    output:
        files=FETCHED,
    log:
        "<results>/logs/fetch.log",
    benchmark:
        "<results>/benchmarks/fetch.tsv"
    conda:
        "../../environment.yml"
    params:
        folder=subpath(output[0], parent=True),
    shell:
        r"""
        python -m ontrial.steps.fetch \
            --folder {params.folder:q} \
            2>&1 | tee {log:q} >&2
        """
