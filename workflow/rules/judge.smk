"""Collect and judge: many run files become one table, the table and the claims become verdicts.

Input: the run files of all cells, the docket. Output: tables/, verdicts.json, timing/, provenance.json.
"""


rule collect:
    """Put the runs of all cells into one table, and set a damaged file aside."""
    input:
        study=rules.plan.output,
        runs=lambda wildcards: [f"{RESULTS}/runs/{path}.parquet" for path in STUDY.cells],  # a list takes n² steps
    output:
        runs=f"{RESULTS}/tables/runs.parquet",
        csv=appendix(f"{RESULTS}/tables/runs.csv", "runs", "Tables"),
        records=f"{RESULTS}/tables/records.parquet",
    log:
        f"{RESULTS}/logs/collect.log",
    benchmark:
        f"{RESULTS}/benchmarks/collect.tsv"
    conda:
        "../../environment.yml"
    params:
        code=code("collect"),
    shell:
        "python -m ontrial.steps.collect --study {input.study:q}"
        " --runs {output.runs:q} --csv {output.csv:q} --records {output.records:q} 2> {log:q}"


rule docket:
    """Write down the claims as they were checked, for the steps that try and show them."""
    input:
        study=rules.plan.output,
        claims=[str(STUDY.docket)] if STUDY.docket else [],
    output:
        f"{RESULTS}/docket.json",
    log:
        f"{RESULTS}/logs/docket.log",
    benchmark:
        f"{RESULTS}/benchmarks/docket.tsv"
    conda:
        "../../environment.yml"
    # As for plan, no code: what is written is the claims themselves, checked at every start.
    shell:
        "python -m ontrial.steps.docket --study {input.study:q} --claims {input.claims:q} --output {output:q} 2> {log:q}"


rule judge:
    """Try every claim that is not timed."""
    input:
        study=rules.plan.output,
        docket=DOCKET,
        runs=rules.collect.output.runs,
        records=rules.collect.output.records,
    output:
        json=f"{RESULTS}/verdicts.json",
        csv=appendix(f"{RESULTS}/verdicts.csv", "verdicts", "Verdicts"),
        tuned=f"{RESULTS}/tables/tuned.csv",
    log:
        f"{RESULTS}/logs/judge.log",
    benchmark:
        f"{RESULTS}/benchmarks/judge.tsv"
    conda:
        "../../environment.yml"
    params:
        code=code("judge"),
    shell:
        "python -m ontrial.steps.judge --study {input.study:q} --docket {input.docket:q} --runs {input.runs:q}"
        " --records {input.records:q} --output {output.json:q} --csv {output.csv:q} --tuned {output.tuned:q} 2> {log:q}"


rule timing:
    """Measure what the timed claims compare, with nothing else running, and judge them."""
    input:
        study=rules.plan.output,
        docket=DOCKET,
        runs=rules.collect.output.runs,
        records=rules.collect.output.records,
    output:
        table=appendix(f"{RESULTS}/timing/timing.csv", "timing", "Timing"),
        json=appendix(f"{RESULTS}/timing/verdicts.json", "timing", "Timing"),
    log:
        f"{RESULTS}/logs/timing.log",
    benchmark:
        f"{RESULTS}/benchmarks/timing.tsv"
    conda:
        "../../environment.yml"
    threads: workflow.cores
    params:
        code=code("measure_costs"),
    shell:
        "python -m ontrial.steps.measure_costs --study {input.study:q} --docket {input.docket:q} --runs {input.runs:q}"
        " --records {input.records:q} --table {output.table:q} --output {output.json:q} 2> {log:q}"


rule provenance:
    """Say what the tables were made from, and with what."""
    input:
        study=rules.plan.output,
        tables=[*rules.collect.output, *(rules.judge.output if CLAIMS else [])],
        data=DATA,
    output:
        appendix(f"{RESULTS}/provenance.json", "provenance", "Provenance"),
    log:
        f"{RESULTS}/logs/provenance.log",
    benchmark:
        f"{RESULTS}/benchmarks/provenance.tsv"
    conda:
        "../../environment.yml"
    params:
        code=code("provenance"),
        configuration=["--configuration", STUDY.source] if Path(STUDY.source).is_file() else [],
    shell:
        "python -m ontrial.steps.provenance --study {input.study:q} {params.configuration:q} --output {output:q}"
        " {input.tables:q} 2> {log:q}"


rule times:
    """Add up where the time went, from what the jobs so far left in their benchmark files."""
    input:
        study=rules.plan.output,
        tables=rules.collect.output,
        verdicts=VERDICTS + TIMED,
        provenance=rules.provenance.output,
        data=DATA,
    output:
        appendix(f"{RESULTS}/timing/time.json", "times", "Timing"),
    log:
        f"{RESULTS}/logs/times.log",
    benchmark:
        f"{RESULTS}/benchmarks/times.tsv"
    conda:
        "../../environment.yml"
    params:
        code=code("job_times"),
    shell:
        "python -m ontrial.steps.job_times --study {input.study:q} --output {output:q} 2> {log:q}"
