"""Write the checked study, then train: one job per cell, with all its learning rates and seeds in lockstep."""

from ontrial.study import estimate

data_of = {name: data_files(name) for name in study.datasets}


rule plan:
    """Write the checked study for the steps that need all of it."""
    input:
        data=own_data,
    output:
        study="<results>/study.json",
    log:
        "<results>/logs/plan.log",
    benchmark:
        "<results>/benchmarks/plan.tsv"
    conda:
        "../../environment.yml"
    params:
        # The whole output is this text, so a change to the checking code reruns the rule only if the text changes.
        configuration=lambda wildcards: study.to_json(),  # a function: Snakemake expands braces in plain strings
    shell:
        r"""
        python -m ontrial.steps.plan \
            --configuration {params.configuration:q} \
            --study {output.study:q} \
            2>{log:q}
        """


rule train:
    """Train every learning rate and seed of one cell as a stack."""
    input:
        data=lambda wildcards: data_of[cell_of(wildcards).dataset],
        components=lambda wildcards: components if cell_of(wildcards).components_file else [],
    output:
        runs="<results>/runs/{cell}.parquet",
    log:
        "<results>/logs/train/{cell}.log",
    benchmark:
        "<results>/benchmarks/train/{cell}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=lambda wildcards, attempt: estimate.megabytes_to_ask(cell_of(wildcards), attempt),
    params:
        code=digest_of("train"),
        cell=lambda wildcards: cell_of(wildcards).to_json(),
    shell:
        r"""
        python -m ontrial.steps.train \
            --cell {params.cell:q} \
            --runs {output.runs:q} \
            --code {params.code:q} \
            2>{log:q}
        """
