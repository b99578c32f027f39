"""Theory on Trial: configuration → cells → train → collect → judge → draw, explore → write → build → assemble.

snakemake --cores N                                       the default study, config/config.yaml
snakemake --cores N --config study=config/smoke.yaml      another study
snakemake --cores N --configfile config/smoke.yaml        the same; several files are merged, later ones override
"""


include: "workflow/main.smk"


rule all:
    default_target: True
    input:
        TARGETS,
