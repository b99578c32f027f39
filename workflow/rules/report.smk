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

from ontrial.report.figures.catalogue import SOURCES, catalogue, of_claims, of_sizes
from ontrial.report.figures.formats import FILM
from ontrial.storage.measurements import MEASUREMENTS

MEASURED = {
    name: local(paths) for name, each in MEASUREMENTS.items() if each.shown and (paths := each.published(REFERENCE))
}
DESIGNED = ("atlas", "size")  # studies whose claims the site of the default study shows
if STUDY.name != "default":
    MEASURED = {name: paths for name, paths in MEASURED.items() if name not in DESIGNED}
ATLAS = MEASURED.get("atlas", [])
ANSWERS_TO_ATLAS = local([os.path.relpath(path) for path in ROOT.glob("config/atlas-claims.answers.yaml") if ATLAS])
DRAWN_FROM = [path for name, paths in MEASURED.items() if name in {*SOURCES, *DESIGNED} for path in paths]
PUBLISHED = published_verdicts()
ELSEWHERE = published_of_other_studies("verdicts.json")
ACCURACIES = published_of_other_studies("tables/tuned.csv") + published_of_other_studies("tables/rates.csv")

OF_OTHERS = figures_of_others(*(claims_in_design(MEASURED.get(name, [])) for name in DESIGNED))
DRAWABLE = on_pages(catalogue(STUDY, published=MEASURED))
FIGURES = list(dict.fromkeys([*DRAWABLE, *of_claims(CLAIMS), *OF_OTHERS]))
TIMED_FIGURES = of_claims(CLAIMS, Kind.TIMED)
STRIPS = [FILM + film for film in FILMS]


rule draw:
    """Draw every figure whose experiments and verdicts the study has, and write its numbers as CSV."""
    input:
        study="<results>/study.json",
        runs="<results>/tables/runs.parquet",
        records="<results>/tables/records.parquet",
        docket=DOCKET,
        metrics=METRICS,
        verdicts=VERDICTS,
        measurements=DRAWN_FROM,
        data=DATA,
        words=ancient(docs("words.yaml")),
    output:
        folder=figure_folder("<results>/figures", FIGURES, "Figures"),
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
        words=WORDS,
        figures=FIGURES,
        languages=LANGUAGES,
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


use rule draw as draw_timed with:
    input:
        study="<results>/study.json",
        runs="<results>/tables/runs.parquet",
        records="<results>/tables/records.parquet",
        docket=DOCKET,
        data=OWN_DATA,
        verdicts=TIMED,
        measurements=[],
        words=ancient(docs("words.yaml")),
    output:
        folder=figure_folder("<results>/timing/figures", TIMED_FIGURES, "Timing"),
        failed="<results>/timing/drawn/failed.json",
        sizes="<results>/timing/drawn/sizes.json",
    log:
        "<results>/logs/draw_timed.log",
    benchmark:
        "<results>/benchmarks/draw_timed.tsv"
    params:
        code=digest_of("draw"),
        words=WORDS,
        figures=TIMED_FIGURES,
        languages=LANGUAGES,


rule film:
    """Train the networks of the training films, which do not depend on the study, and draw strips of frames."""
    input:
        films=FILM_LIST,
        words=ancient(docs("words.yaml")),
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
        words=WORDS,
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


DRAWING = [rules.draw, rules.draw_timed]
FAILED = [rule.output.failed for rule in DRAWING]
SIZES = [rule.output.sizes for rule in [*DRAWING, *([rules.film] if FILMS else [])]]


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
        styles="<results>/explorer/styles.css",
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
        answers=ANSWERS,
        atlas_answers=ANSWERS_TO_ATLAS,
        data=OWN_DATA,
        verdicts=VERDICTS + TIMED,
        published=PUBLISHED,
        elsewhere=ELSEWHERE,
        accuracies=ACCURACIES,
        measurements=[path for name, paths in MEASURED.items() if name != "replications" for path in paths],
        provenance="<results>/provenance.json",
        times="<results>/timing/time.json",
        points="<results>/explorer/points.csv",
        sizes=SIZES,
        failed=FAILED,
        films=FILM_LIST if FILMS else [],
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
    threads: 2
    params:
        code=digest_of("write"),
        docs=os.path.relpath(ROOT / "docs"),
        language="{language}",
    shell:
        r"""
        python -m ontrial.steps.write \
            --study {input.study:q} \
            --runs {input.runs:q} \
            --records {input.records:q} \
            --docket {input.docket:q} \
            --answers {input.answers:q} \
            --atlas-answers {input.atlas_answers:q} \
            --verdicts {input.verdicts:q} \
            --times {input.times:q} \
            --measurements {input.measurements:q} \
            --published {input.published:q} \
            --elsewhere {input.elsewhere:q} \
            --accuracies {input.accuracies:q} \
            --provenance {input.provenance:q} \
            --points {input.points:q} \
            --sizes {input.sizes:q} \
            --failed {input.failed:q} \
            --films {input.films:q} \
            --film-tables {input.film_tables:q} \
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
        code=digest_of("build", loads=[ROOT / "docs/theme/hooks.py"]),
        names=NAMES,
        study=STUDY.name,
        address=ADDRESS,
    shell:
        r"""
        python -m ontrial.steps.build \
            --pages {input.pages:q} \
            --config {input.config:q} \
            --names {params.names:q} \
            --study {params.study:q} \
            --address {params.address:q} \
            --site {output.site:q} \
            >{log:q} 2>&1
        """


rule assemble:
    """Add the shared files to the site: figures, numbers, verdicts, data sets, schemas, and what is at its root."""
    input:
        sites=expand("<results>/site/{language}", language=LANGUAGES),
        figures=[rule.output.folder for rule in DRAWING],
        films=rules.film.output if FILMS else [],
        explorer=rules.explore.output,
        docket=DOCKET,
        verdicts=VERDICTS,
        timed=TIMED,
        design=ATLAS[:1],
        atlas=ATLAS[1:],
        templates=docs("theme/root/*.html"),
        themes=[path for language in LANGUAGES for path in docs(f"theme/{language}.yml")],
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
        names=NAMES,
        address=ADDRESS,
        figures=lambda wildcards, input: [*input.figures, *folders(input.films)],
        folder=subpath(output.index, parent=True),
    shell:
        r"""
        python -m ontrial.steps.assemble \
            --templates {input.templates:q} \
            --themes {input.themes:q} \
            --names {params.names:q} \
            --address {params.address:q} \
            --figures {params.figures:q} \
            --explorer {input.explorer:q} \
            --docket {input.docket:q} \
            --verdicts {input.verdicts:q} \
            --timed {input.timed:q} \
            --design {input.design:q} \
            --atlas {input.atlas:q} \
            --folder {params.folder:q} \
            2>{log:q}
        """


rule check_figures:
    """Fail if a figure could not be drawn, after the rest of the site is built."""
    input:
        failed=FAILED,
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
