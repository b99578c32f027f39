"""Draw figures, train films, prepare the explorer, write pages, and build the site.

Input:  <results>/study.json, provenance.json
        <results>/tables/*
        <results>/verdicts.json
        <results>/timing/verdicts.json, time.json
        config/film.yaml
        docs/*
        results/reference/*
Output: <results>/figures/*
        <results>/timing/figures/*
        <results>/film/*
        <results>/explorer/*
        <results>/pages/{language}/*
        <results>/site/*
"""

from ontrial.report.figures.catalogue import TIMES, catalogue, of_claims
from ontrial.report.figures.formats import FILM

SOURCES = {  # published files that figures show
    "benchmark": published("benchmark.csv", "benchmark.json"),
    "scale": published("scale.csv"),
    "replications": published_replications(),
}
DRAWN_FROM = [path for paths in SOURCES.values() for path in paths]
MEASUREMENTS = [
    *SOURCES["benchmark"],
    *SOURCES["scale"],
    *published("circumstances.csv"),
    *published("laboratories.csv"),
    *published("packing.json"),
]
PUBLISHED = published_verdicts()
ELSEWHERE = published_of_other_studies("verdicts.json")
ACCURACIES = published_of_other_studies("tables/tuned.csv")

DRAWABLE = catalogue(STUDY, published=[name for name, paths in SOURCES.items() if paths])
FIGURES = [*DRAWABLE, *of_claims(CLAIMS)]
TIMED_FIGURES = [*TIMES, *of_claims(CLAIMS, "timed")]
STRIPS = [FILM + film for film in FILMS]


rule draw:
    """Draw every figure for which the study has the experiments and verdicts, and write its numbers as CSV."""
    input:
        study="<results>/study.json",
        runs="<results>/tables/runs.parquet",
        records="<results>/tables/records.parquet",
        docket=DOCKET,
        metrics=METRICS,
        verdicts=VERDICTS,
        measurements=DRAWN_FROM,
        data=DATA,
        words=docs("words.yaml"),
    output:
        svg=figure_files("<results>/figures", FIGURES, "Figures"),
        png=cards("<results>/figures", FIGURES),
        csv=expand("<results>/figures/{figure}.csv", figure=FIGURES),
        failed="<results>/figures/failed.json",
        sizes="<results>/figures/sizes.json",
    log:
        "<results>/logs/draw.log",
    benchmark:
        "<results>/benchmarks/draw.tsv"
    conda:
        "../../environment.yml"
    threads: 4
    params:
        code=digest_of("draw"),
        docket=lambda wildcards, input: option("--docket", *input.docket),
        verdicts=lambda wildcards, input: option("--verdicts", *input.verdicts),
        measurements=option("--measurements", *DRAWN_FROM),
        times=[],
        figures=FIGURES,
        languages=LANGUAGES,
        folder=subpath(output[0], parent=True),
    shell:
        r"""
        python -m ontrial.steps.draw \
            --study {input.study:q} \
            --runs {input.runs:q} \
            --records {input.records:q} \
            {params.docket:q} \
            {params.verdicts:q} \
            {params.measurements:q} \
            {params.times:q} \
            --figures {params.figures:q} \
            --words {input.words:q} \
            --languages {params.languages:q} \
            --folder {params.folder:q} \
            --failed {output.failed:q} \
            --sizes {output.sizes:q} \
            --threads {threads} \
            2>{log:q}
        """


use rule draw as draw_timed with:
    input:
        study="<results>/study.json",
        runs="<results>/tables/runs.parquet",
        records="<results>/tables/records.parquet",
        docket=DOCKET,
        data=OWN_DATA,
        verdicts=TIMED,
        times="<results>/timing/time.json",
        words=docs("words.yaml"),
    output:
        svg=figure_files("<results>/timing/figures", TIMED_FIGURES, "Timing"),
        png=cards("<results>/timing/figures", TIMED_FIGURES),
        csv=expand("<results>/timing/figures/{figure}.csv", figure=TIMED_FIGURES),
        failed="<results>/timing/figures/failed.json",
        sizes="<results>/timing/figures/sizes.json",
    log:
        "<results>/logs/draw_timed.log",
    benchmark:
        "<results>/benchmarks/draw_timed.tsv"
    params:
        code=digest_of("draw"),
        docket=lambda wildcards, input: option("--docket", *input.docket),
        verdicts=lambda wildcards, input: option("--verdicts", *input.verdicts),
        measurements=[],
        times=lambda wildcards, input: option("--times", input.times),
        figures=TIMED_FIGURES,
        languages=LANGUAGES,
        folder=subpath(output[0], parent=True),


rule film:
    """Train the networks of the training films, which do not depend on the study, and draw strips of frames."""
    input:
        films=FILM_LIST,
        words=docs("words.yaml"),
    output:
        svg=figure_files("<results>/film", STRIPS, "Films"),
        csv=expand("<results>/film/{strip}.csv", strip=STRIPS),
        js=expand("<results>/film/{strip}.js", strip=STRIPS),
        sizes="<results>/film/sizes.json",
    log:
        "<results>/logs/film.log",
    benchmark:
        "<results>/benchmarks/film.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("film"),
        languages=LANGUAGES,
        folder=subpath(output[0], parent=True),
    shell:
        r"""
        python -m ontrial.steps.film \
            --films {input.films:q} \
            --words {input.words:q} \
            --languages {params.languages:q} \
            --folder {params.folder:q} \
            --sizes {output.sizes:q} \
            2>{log:q}
        """


FAILED = [rules.draw.output.failed, rules.draw_timed.output.failed]
SIZES = [rules.draw.output.sizes, rules.draw_timed.output.sizes, rules.film.output.sizes]
DRAWN = [*rules.draw.output, *rules.draw_timed.output, *rules.film.output]


rule explore:
    """Summarise the grid over its seeds for the explorer, and bundle the scripts that draw its charts."""
    input:
        study="<results>/study.json",
        records="<results>/tables/records.parquet",
        data=OWN_DATA,
    output:
        points="<results>/explorer/points.csv",
        grid="<results>/explorer/grid.js",
        curves="<results>/explorer/curves.js",
        numbers=expand("<results>/explorer/numbers-{experiment}.js", experiment=STUDY.experiments),
        seeds=expand("<results>/explorer/seeds-{experiment}.js", experiment=STUDY.experiments),
        looks="<results>/explorer/looks.css",
        vega="<results>/explorer/vega.js",
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
        docket=DOCKET,
        data=OWN_DATA,
        verdicts=VERDICTS + TIMED,
        published=PUBLISHED,
        elsewhere=ELSEWHERE,
        accuracies=ACCURACIES,
        measurements=MEASUREMENTS,
        provenance="<results>/provenance.json",
        times="<results>/timing/time.json",
        points="<results>/explorer/points.csv",
        sizes=SIZES,
        failed=FAILED,
        films=FILM_LIST,
        film_tables=expand("<results>/film/{strip}.csv", strip=STRIPS),
        docs=lambda wildcards: docs("*.yaml", f"{wildcards.language}/*", f"templates/{wildcards.language}/*"),
    output:
        pages=directory("<results>/pages/{language}"),
    log:
        "<results>/logs/write-{language}.log",
    benchmark:
        "<results>/benchmarks/write-{language}.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("write"),
        docket=lambda wildcards, input: option("--docket", *input.docket),
        verdicts=lambda wildcards, input: option("--verdicts", *input.verdicts),
        published=option("--published", *PUBLISHED),
        elsewhere=option("--elsewhere", *ELSEWHERE),
        accuracies=option("--accuracies", *ACCURACIES),
        measurements=option("--measurements", *MEASUREMENTS),
        docs=os.path.relpath(ROOT / "docs"),
    shell:
        r"""
        python -m ontrial.steps.write \
            --study {input.study:q} \
            --runs {input.runs:q} \
            --records {input.records:q} \
            {params.docket:q} \
            {params.verdicts:q} \
            {params.published:q} \
            {params.elsewhere:q} \
            {params.accuracies:q} \
            {params.measurements:q} \
            --provenance {input.provenance:q} \
            --times {input.times:q} \
            --points {input.points:q} \
            --sizes {input.sizes:q} \
            --failed {input.failed:q} \
            --films {input.films:q} \
            --film-tables {input.film_tables:q} \
            --docs {params.docs:q} \
            --language {wildcards.language:q} \
            --folder {output.pages:q} \
            2>{log:q}
        """


rule build:
    """Build the site of one language."""
    input:
        pages="<results>/pages/{language}",
        theme=docs("theme/**/*"),
        config=lambda wildcards: docs(f"theme/{wildcards.language}.yml"),
    output:
        site=directory("<results>/site/{language}"),
    log:
        "<results>/logs/build-{language}.log",
    benchmark:
        "<results>/benchmarks/build-{language}.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("build", loads=[ROOT / "docs/theme/hooks.py"], reads=code.documented_modules(ROOT / "docs")),
        names=NAMES,
        study=STUDY.name,
    shell:
        r"""
        python -m ontrial.steps.build \
            --pages {input.pages:q} \
            --config {input.config:q} \
            --names {params.names:q} \
            --study {params.study:q} \
            --folder {output.site:q} \
            >{log:q} 2>&1
        """


rule assemble:
    """Add what all languages share to the site: figures, numbers, verdicts, data sets, schemas, pages at its root."""
    input:
        sites=expand("<results>/site/{language}", language=LANGUAGES),
        figures=DRAWN,
        explorer=rules.explore.output,
        verdicts=VERDICTS,
        timed=TIMED,
        templates=docs("theme/root/*.html"),
    output:
        index="<results>/site/index.html",
        not_found="<results>/site/404.html",
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
        names=NAMES,
        figures=lambda wildcards, input: folders(input.figures),
        verdicts=lambda wildcards, input: option("--verdicts", *input.verdicts),
        timed=lambda wildcards, input: option("--timed-verdicts", *input.timed),
        folder=subpath(output.index, parent=True),
    shell:
        r"""
        python -m ontrial.steps.assemble \
            --templates {input.templates:q} \
            --names {params.names:q} \
            --figures {params.figures:q} \
            --explorer {input.explorer:q} \
            {params.verdicts:q} \
            {params.timed:q} \
            --folder {params.folder:q} \
            2>{log:q}
        """


rule check_figures:
    """Fail if a figure could not be drawn, once the rest of the site is there."""
    input:
        failed=FAILED,
        index=ancient("<results>/site/index.html"),  # only to run last
    output:
        checked=touch("<results>/figures/checked"),
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
