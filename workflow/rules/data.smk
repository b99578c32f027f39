"""Fetch data that the package does not contain: once for all studies, and only if a study trains on it.

Existing files are used as they are. The code that reads them checks their SHA-256, so neither a newer file nor newer
code of this step makes results out of date. If the files are deleted and fetched again, Snakemake reruns everything
that depends on them, since it cannot know in advance that their bytes will be the same.
"""

from ontrial.data.files import IDX_NAMES


rule fetch:
    """Fetch the four files of a data set."""
    output:
        files=expand("data/{{fetched}}/{name}", name=IDX_NAMES),
    log:
        "<results>/logs/fetch/{fetched}.log",
    benchmark:
        "<results>/benchmarks/fetch/{fetched}.tsv"
    wildcard_constraints:
        fetched="|".join(sorted({Path(path).parent.name for path in FETCHED})),
    conda:
        "../../environment.yml"
    params:
        name="{fetched}",
        folder=subpath(output[0], parent=True),
    shell:
        r"""
        python -m ontrial.steps.fetch \
            --name {params.name:q} \
            --folder {params.folder:q} \
            2>&1 | tee {log:q} >&2
        """
