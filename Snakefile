"""Theory on Trial: configuration → cells → train → collect → judge → draw, explore → write → build → assemble.

snakemake --cores N                                       the default study, config/config.yaml
snakemake --cores N --config study=config/smoke.yaml      another study
"""


include: "workflow/main.smk"


rule all:
    default_target: True
    input:
        TARGETS,
