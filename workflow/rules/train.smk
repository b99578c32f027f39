"""Plan and train: the checked study, then one job a cell, all its learning rates and seeds in lockstep.

Input: code, and data that no package ships. Output: study.json, one run file a cell.
"""


rule plan:
    """Write down the study as it was checked, for the steps that need all of it."""
    output:
        f"{RESULTS}/study.json",
    log:
        f"{RESULTS}/logs/plan.log",
    benchmark:
        f"{RESULTS}/benchmarks/plan.tsv"
    conda:
        "../../environment.yml"
    params:
        study=lambda wildcards: STUDY.to_json(),  # a plain text's braces would be read as wildcards
    shell:
        "python -m ontrial.steps.plan --study {params.study:q} --output {output:q} 2> {log:q}"


rule train:
    """Train every learning rate and seed of one cell as a stack."""
    input:
        data=lambda wildcards: needed(STUDY.cells[wildcards.cell].dataset),
    output:
        f"{RESULTS}/runs/{{cell}}.parquet",
    log:
        f"{RESULTS}/logs/train/{{cell}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train/{{cell}}.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    params:
        cell=lambda wildcards: STUDY.cells[wildcards.cell].to_json(),
        code=code("train"),
    shell:
        "python -m ontrial.steps.train --cell {params.cell:q} --output {output:q} 2> {log:q}"
