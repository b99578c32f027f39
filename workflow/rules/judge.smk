"""Add seeds where claims are undecided, collect all run files into tables, and judge the claims by them."""


checkpoint look:
    """Judge the claims at the looks so far, and list the cells that need more seeds at this look."""
    input:
        study="<results>/study.json",
        docket=judging.docket_file,
        metrics=metrics,
        data=own_data,
        runs=lambda wildcards: run_files(judging.tested, int(wildcards.look) - 1),
        added=lambda wildcards: plan.files_of_looks(int(wildcards.look) - 1),
    output:
        cells="<results>/looks/{look}.json",
    log:
        "<results>/logs/look-{look}.log",
    benchmark:
        "<results>/benchmarks/look-{look}.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("look"),
        look="{look}",
    shell:
        r"""
        python -m ontrial.steps.look \
            --study {input.study:q} \
            --docket {input.docket:q} \
            --added {input.added:q} \
            --look {params.look:q} \
            --cells {output.cells:q} \
            2>{log:q}
        """


rule collect:
    """Collect the runs of all cells into tables, and set damaged run files aside."""
    input:
        study="<results>/study.json",
        # A function, because Snakemake needs n² steps for a list of n files.
        runs=lambda wildcards: run_files(study.cells, judging.looks),
        added=plan.files_of_looks(judging.looks),
        data=own_data,
    output:
        runs="<results>/tables/runs.parquet",
        csv=appendix("<results>/tables/runs.csv", "runs", "Tables"),
        records="<results>/tables/records.parquet",
        correct="<results>/tables/correct.parquet",
        versions_of_runs="<results>/versions.json",
    log:
        "<results>/logs/collect.log",
    benchmark:
        "<results>/benchmarks/collect.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("collect"),
    shell:
        r"""
        python -m ontrial.steps.collect \
            --study {input.study:q} \
            --added {input.added:q} \
            --runs {output.runs:q} \
            --csv {output.csv:q} \
            --records {output.records:q} \
            --correct {output.correct:q} \
            --versions-of-runs {output.versions_of_runs:q} \
            2>{log:q}
        """


rule docket:
    """Write the checked claims for the steps that judge and show them."""
    input:
        study="<results>/study.json",
        claims=ancient(judging.source),
        metrics=metrics,
        data=own_data,
    output:
        docket="<results>/docket.json",
    log:
        "<results>/logs/docket.log",
    benchmark:
        "<results>/benchmarks/docket.tsv"
    conda:
        "../../environment.yml"
    params:
        # This is not a digest of the code that checks claims, nor is their file watched: the docket is checked at every
        # start, and this text is the only result of the checks. A comment judges nothing again.
        claims=lambda wildcards: judging.docket.to_json(),
    shell:
        r"""
        python -m ontrial.steps.docket \
            --study {input.study:q} \
            --claims {input.claims:q} \
            --docket {output.docket:q} \
            2>{log:q}
        """


rule judge:
    """Judge every claim."""
    input:
        study="<results>/study.json",
        docket=judging.docket_file,
        metrics=metrics,
        data=own_data,
        runs="<results>/tables/runs.parquet",
        records="<results>/tables/records.parquet",
        correct="<results>/tables/correct.parquet",
    output:
        json="<results>/verdicts.json",
        csv=appendix("<results>/verdicts.csv", "verdicts", "Verdicts"),
        tuned="<results>/tables/tuned.csv",
    log:
        "<results>/logs/judge.log",
    benchmark:
        "<results>/benchmarks/judge.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("judge"),
    shell:
        r"""
        python -m ontrial.steps.judge \
            --study {input.study:q} \
            --runs {input.runs:q} \
            --records {input.records:q} \
            --correct {input.correct:q} \
            --docket {input.docket:q} \
            --json {output.json:q} \
            --csv {output.csv:q} \
            --tuned {output.tuned:q} \
            2>{log:q}
        """


rule provenance:
    """Record the provenance of the tables: commit, packages, data checksums, machine."""
    input:
        study="<results>/study.json",
        versions_of_runs="<results>/versions.json",
        runs="<results>/tables/runs.parquet",
        tables=[rules.collect.output.csv, rules.collect.output.records, rules.collect.output.correct],
        verdicts=rules.judge.output if judging.claims else [],
        data=data,
        metrics=metrics,
    output:
        provenance=appendix("<results>/provenance.json", "provenance", "Provenance"),
    log:
        "<results>/logs/provenance.log",
    benchmark:
        "<results>/benchmarks/provenance.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("provenance"),
        configuration=plan.configuration,
    shell:
        r"""
        python -m ontrial.steps.provenance \
            --study {input.study:q} \
            --configuration {params.configuration:q} \
            --versions-of-runs {input.versions_of_runs:q} \
            --runs {input.runs:q} \
            --tables {input.tables:q} \
            --verdicts {input.verdicts:q} \
            --provenance {output.provenance:q} \
            2>{log:q}
        """


rule job_times:
    """Add up the running times of the jobs so far from their benchmark files."""
    input:
        study="<results>/study.json",
        verdicts=judging.verdicts,
        provenance="<results>/provenance.json",
        data=data,
    output:
        times=appendix("<results>/timing/time.json", "times", "Timing"),
    log:
        "<results>/logs/job_times.log",
    benchmark:
        "<results>/benchmarks/job_times.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("job_times"),
    shell:
        r"""
        python -m ontrial.steps.job_times \
            --study {input.study:q} \
            --times {output.times:q} \
            2>{log:q}
        """
