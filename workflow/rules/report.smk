"""Draw figures, prepare the explorer, write pages, and build the site."""

words = ancient(site.docs("words.yaml"))


rule draw:
    """Draw every figure whose experiments and verdicts the study has, and write its numbers as CSV."""
    input:
        study="<results>/study.json",
        runs="<results>/tables/runs.parquet",
        records="<results>/tables/records.parquet",
        docket=judging.docket_file,
        metrics=metrics,
        verdicts=judging.verdicts,
        measurements=site.drawn_from,
        data=data,
        words=words,
    output:
        folder=figure_folder("<results>/figures", site.figures, "Figures"),
        failed="<results>/drawn/failed.json",
        sizes="<results>/drawn/sizes.json",
    log:
        "<results>/logs/draw.log",
    benchmark:
        "<results>/benchmarks/draw.tsv"
    conda:
        "../../environment.yml"
    threads: 4
    params:
        code=digest_of("draw"),
        words=site.digest_of_words,
        figures=site.figures,
        languages=list(site.languages),
    shell:
        r"""
        python -m ontrial.steps.draw \
            --study {input.study:q} \
            --runs {input.runs:q} \
            --records {input.records:q} \
            --docket {input.docket:q} \
            --verdicts {input.verdicts:q} \
            --measurements {input.measurements:q} \
            --words {input.words:q} \
            --figures {params.figures:q} \
            --languages {params.languages:q} \
            --folder {output.folder:q} \
            --failed {output.failed:q} \
            --sizes {output.sizes:q} \
            --threads {threads} \
            2>{log:q}
        """


rule explore:
    """Summarise the grid over its seeds for the explorer."""
    input:
        study="<results>/study.json",
        records="<results>/tables/records.parquet",
        data=own_data,
    output:
        points="<results>/explorer/points.csv",
        grid="<results>/explorer/grid.js",
        curves="<results>/explorer/curves.js",
        numbers=expand("<results>/explorer/numbers-{experiment}.js", experiment=study.experiments),
        styles="<results>/explorer/styles.css",
    log:
        "<results>/logs/explore.log",
    benchmark:
        "<results>/benchmarks/explore.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("explore"),
        folder=subpath(output.points, parent=True),
    shell:
        r"""
        python -m ontrial.steps.explore \
            --study {input.study:q} \
            --records {input.records:q} \
            --folder {params.folder:q} \
            2>{log:q}
        """


rule write:
    """Fill in the numbers of the pages of one language."""
    input:
        study="<results>/study.json",
        runs="<results>/tables/runs.parquet",
        records="<results>/tables/records.parquet",
        docket=judging.docket_file,
        answers=site.answers,
        pilots=site.pilots,
        data=own_data,
        verdicts=judging.verdicts,
        published=site.published,
        other_studies=site.of_other_studies("verdicts.json", "tables/tuned.csv"),
        measurements=site.measurements,
        provenance="<results>/provenance.json",
        times="<results>/timing/time.json",
        points="<results>/explorer/points.csv",
        sizes=rules.draw.output.sizes,
        failed=rules.draw.output.failed,
        docs=lambda wildcards: site.docs("*.yaml", f"{wildcards.language}/*", f"templates/{wildcards.language}/*"),
    output:
        pages=directory("<results>/pages/{language}"),
    log:
        "<results>/logs/write-{language}.log",
    benchmark:
        "<results>/benchmarks/write-{language}.tsv"
    conda:
        "../../environment.yml"
    threads: 2
    params:
        code=digest_of("write"),
        docs=site.docs_folder,
        language="{language}",
    shell:
        r"""
        python -m ontrial.steps.write \
            --study {input.study:q} \
            --runs {input.runs:q} \
            --records {input.records:q} \
            --docket {input.docket:q} \
            --answers {input.answers:q} \
            --pilots {input.pilots:q} \
            --verdicts {input.verdicts:q} \
            --times {input.times:q} \
            --measurements {input.measurements:q} \
            --published {input.published:q} \
            --other-studies {input.other_studies:q} \
            --provenance {input.provenance:q} \
            --points {input.points:q} \
            --sizes {input.sizes:q} \
            --failed {input.failed:q} \
            --docs {params.docs:q} \
            --language {params.language:q} \
            --pages {output.pages:q} \
            --threads {threads} \
            2>{log:q}
        """


rule build:
    """Build the site of one language."""
    input:
        pages="<results>/pages/{language}",
        theme=site.docs("theme/**/*"),
        config=lambda wildcards: site.docs(f"theme/{wildcards.language}.yml"),
    output:
        site=directory("<results>/site/{language}"),
    log:
        "<results>/logs/build-{language}.log",
    benchmark:
        "<results>/benchmarks/build-{language}.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("build"),
        names=site.names,
        address=site.address,
    shell:
        r"""
        python -m ontrial.steps.build \
            --pages {input.pages:q} \
            --config {input.config:q} \
            --names {params.names:q} \
            --address {params.address:q} \
            --site {output.site:q} \
            >{log:q} 2>&1
        """


rule assemble:
    """Add the shared files to the site: figures, numbers, verdicts, data sets, schemas, and what is at its root."""
    input:
        sites=expand("<results>/site/{language}", language=site.languages),
        figures=rules.draw.output.folder,
        explorer=rules.explore.output,
        docket=judging.docket_file,
        verdicts=judging.verdicts,
        design=site.measured.get("atlas", [])[:1],
        atlas=site.measured.get("atlas", [])[1:],
        templates=site.docs("theme/root/*.html"),
        themes=[path for language in site.languages for path in site.docs(f"theme/{language}.yml")],
    output:
        index="<results>/site/index.html",
        not_found="<results>/site/404.html",
        llms="<results>/site/llms.txt",
        figures=directory("<results>/site/figures"),
        explorer=directory("<results>/site/explorer"),
        verdicts=directory("<results>/site/verdicts"),
        data=directory("<results>/site/data"),
        schemas=directory("<results>/site/schemas"),
    log:
        "<results>/logs/assemble.log",
    benchmark:
        "<results>/benchmarks/assemble.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("assemble"),
        names=site.names,
        address=site.address,
        folder=subpath(output.index, parent=True),
    shell:
        r"""
        python -m ontrial.steps.assemble \
            --templates {input.templates:q} \
            --themes {input.themes:q} \
            --names {params.names:q} \
            --address {params.address:q} \
            --figures {input.figures:q} \
            --explorer {input.explorer:q} \
            --docket {input.docket:q} \
            --verdicts {input.verdicts:q} \
            --design {input.design:q} \
            --atlas {input.atlas:q} \
            --folder {params.folder:q} \
            2>{log:q}
        """


rule check_figures:
    """Fail if a figure could not be drawn, after the rest of the site is built."""
    input:
        failed=rules.draw.output.failed,
        index=ancient("<results>/site/index.html"),  # only to run last
    output:
        checked=touch("<results>/drawn/checked"),
    log:
        "<results>/logs/check_figures.log",
    benchmark:
        "<results>/benchmarks/check_figures.tsv"
    retries: 0
    localrule: True
    conda:
        "../../environment.yml"
    params:
        code=digest_of("check_figures"),
    shell:
        r"""
        python -m ontrial.steps.check_figures \
            --failed {input.failed:q} \
            --index {input.index:q} \
            2>{log:q}
        """
