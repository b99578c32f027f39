"""Draw, film, explore, write, build and assemble: tables and verdicts become figures, pages and the site.

Input: tables/, verdicts.json, config/film.yaml, docs/. Output: figures/, film/, explorer/, pages/, site/.
"""

from ontrial.report.figures.catalogue import FILM, TIMES, catalogue, of_claims

BENCHMARK = published("benchmark.csv", "benchmark.json")
SCALE = published("scale.csv")
FIGURES = [*catalogue(STUDY, benchmark=bool(BENCHMARK), scale=bool(SCALE)), *of_claims(CLAIMS)]
TIMED_FIGURES = [*TIMES, *of_claims(CLAIMS, "timed")]
STRIPS = [FILM + film for film in FILMS]
PUBLISHED = published_verdicts()
ELSEWHERE = published_elsewhere("verdicts.json")
CIRCUMSTANCES = published("circumstances.csv")


LOADED_BY_MKDOCS = [ROOT / "docs/theme/hooks.py", *documented()]


rule draw:
    """Draw every figure that the study has the experiments and verdicts for, and write the numbers behind it."""
    input:
        study=rules.plan.output,
        runs=rules.collect.output.runs,
        records=rules.collect.output.records,
        docket=DOCKET,
        verdicts=VERDICTS,
        benchmark=BENCHMARK,
        scale=SCALE,
        data=DATA,
        words=docs("words.yaml"),
    output:
        svg=pictures(f"{RESULTS}/figures", FIGURES, "Figures"),
        csv=expand(f"{RESULTS}/figures/{{figure}}.csv", figure=FIGURES),
    log:
        f"{RESULTS}/logs/draw.log",
    benchmark:
        f"{RESULTS}/benchmarks/draw.tsv"
    conda:
        "../../environment.yml"
    threads: 2
    params:
        code=code("draw"),
        claims=["--docket", *DOCKET, "--verdicts", *VERDICTS] if DOCKET else [],
        benchmark=["--benchmark", BENCHMARK[0]] if BENCHMARK else [],
        scale=["--scale", *SCALE] if SCALE else [],
        figures=FIGURES,
        languages=LANGUAGES,
        folder=subpath(output[0], parent=True),
    shell:
        "python -m ontrial.steps.draw --study {input.study:q} --runs {input.runs:q} --records {input.records:q}"
        " {params.claims:q} {params.benchmark:q} {params.scale:q} --figures {params.figures:q} --words {input.words:q} --languages {params.languages:q}"
        " --folder {params.folder:q} 2> {log:q}"


use rule draw as draw_timed with:
    input:
        study=rules.plan.output,
        runs=rules.collect.output.runs,
        records=rules.collect.output.records,
        docket=DOCKET,
        verdicts=TIMED,
        times=rules.times.output,
        words=docs("words.yaml"),
    output:
        svg=pictures(f"{RESULTS}/timing/figures", TIMED_FIGURES, "Timing"),
        csv=expand(f"{RESULTS}/timing/figures/{{figure}}.csv", figure=TIMED_FIGURES),
    log:
        f"{RESULTS}/logs/draw_timed.log",
    benchmark:
        f"{RESULTS}/benchmarks/draw_timed.tsv"
    params:
        code=code("draw"),
        claims=[*(["--docket", *DOCKET, "--verdicts", *TIMED] if DOCKET else []), "--times", *rules.times.output],
        benchmark=[],
        scale=[],
        figures=TIMED_FIGURES,
        languages=LANGUAGES,
        folder=subpath(output[0], parent=True),


rule film:
    """Train the networks of the training films, whatever the study, and draw a strip of each."""
    input:
        films=FILM_LIST,
        words=docs("words.yaml"),
    output:
        svg=pictures(f"{RESULTS}/film", STRIPS, "Films"),
        csv=expand(f"{RESULTS}/film/{{strip}}.csv", strip=STRIPS),
        js=expand(f"{RESULTS}/film/{{strip}}.js", strip=STRIPS),
    log:
        f"{RESULTS}/logs/film.log",
    benchmark:
        f"{RESULTS}/benchmarks/film.tsv"
    conda:
        "../../environment.yml"
    params:
        code=code("film"),
        languages=LANGUAGES,
        folder=subpath(output[0], parent=True),
    shell:
        "python -m ontrial.steps.film --films {input.films:q} --words {input.words:q}"
        " --languages {params.languages:q} --folder {params.folder:q} 2> {log:q}"


DRAWN = [*rules.draw.output, *rules.draw_timed.output, *rules.film.output]


rule explore:
    """Sum the grid up over the seeds for the explorer, and bundle the scripts that draw it."""
    input:
        study=rules.plan.output,
        runs=rules.collect.output.runs,
        records=rules.collect.output.records,
    output:
        points=f"{RESULTS}/explorer/points.csv",
        shared=multiext(f"{RESULTS}/explorer/", "grid.js", "curves.js", "looks.css", "vega.js"),
    log:
        f"{RESULTS}/logs/explore.log",
    benchmark:
        f"{RESULTS}/benchmarks/explore.tsv"
    conda:
        "../../environment.yml"
    params:
        code=code("explore"),
        folder=subpath(output[0], parent=True),
    shell:
        "python -m ontrial.steps.explore --study {input.study:q} --runs {input.runs:q} --records {input.records:q}"
        " --folder {params.folder:q} 2> {log:q}"


rule write:
    """Fill the numbers into the pages of one language."""
    input:
        study=rules.plan.output,
        runs=rules.collect.output.runs,
        records=rules.collect.output.records,
        docket=DOCKET,
        verdicts=VERDICTS + TIMED,
        published=PUBLISHED,
        elsewhere=ELSEWHERE,
        accuracies=published_elsewhere("tables/tuned.csv"),  # beside them
        benchmark=BENCHMARK,
        circumstances=CIRCUMSTANCES,
        scale=SCALE,
        provenance=rules.provenance.output,
        times=rules.times.output,
        points=rules.explore.output.points,
        figures=DRAWN,
        films=FILM_LIST,
        film_tables=rules.film.output.csv,
        docs=lambda wildcards: docs("*.yaml", f"{wildcards.language}/*", f"templates/{wildcards.language}/*"),
    output:
        directory(f"{RESULTS}/pages/{{language}}"),
    log:
        f"{RESULTS}/logs/write-{{language}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/write-{{language}}.tsv"
    conda:
        "../../environment.yml"
    params:
        code=code("write"),
        claims=["--docket", *DOCKET, "--verdicts", *VERDICTS, *TIMED] if DOCKET else [],
        published=["--published", *PUBLISHED] if PUBLISHED else [],
        elsewhere=["--elsewhere", *ELSEWHERE] if ELSEWHERE else [],
        benchmark=["--benchmark", BENCHMARK[0]] if BENCHMARK else [],
        circumstances=["--circumstances", *CIRCUMSTANCES] if CIRCUMSTANCES else [],
        scale=["--scale", *SCALE] if SCALE else [],
        figures=lambda wildcards, input: sorted({os.path.dirname(path) for path in input.figures}),
        docs=os.path.relpath(ROOT / "docs"),
    shell:
        "python -m ontrial.steps.write --study {input.study:q} --runs {input.runs:q} --records {input.records:q}"
        " {params.claims:q} {params.published:q} {params.elsewhere:q} {params.benchmark:q} {params.scale:q}"
        " {params.circumstances:q} --provenance {input.provenance:q} --times {input.times:q}"
        " --points {input.points:q} --figures {params.figures:q} --films {input.films:q}"
        " --film-tables {input.film_tables:q} --docs {params.docs:q} --language {wildcards.language:q}"
        " --folder {output:q} 2> {log:q}"


rule build:
    """Build the site of one language; its pages link to those of the others."""
    input:
        pages=expand(rules.write.output, language=LANGUAGES),
        theme=docs("theme/**/*"),
        config=lambda wildcards: docs(f"theme/{wildcards.language}.yml"),
    output:
        directory(f"{RESULTS}/site/{{language}}"),
    log:
        f"{RESULTS}/logs/build-{{language}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/build-{{language}}.tsv"
    conda:
        "../../environment.yml"
    params:
        code=code("build", *LOADED_BY_MKDOCS),
        pages=f"{RESULTS}/pages/{{language}}",
        names=NAMES,
        study=STUDY.name,
    shell:
        "python -m ontrial.steps.build --pages {params.pages:q} --config {input.config:q} --names {params.names:q}"
        " --study {params.study:q} --folder {output:q} > {log:q} 2>&1"


rule assemble:
    """Put what all languages share into the site: figures, numbers, and the pages at its root."""
    input:
        sites=expand(rules.build.output, language=LANGUAGES),
        figures=DRAWN,
        explorer=rules.explore.output,
        templates=docs("theme/root/*.html"),
    output:
        f"{RESULTS}/site/index.html",
    log:
        f"{RESULTS}/logs/assemble.log",
    benchmark:
        f"{RESULTS}/benchmarks/assemble.tsv"
    conda:
        "../../environment.yml"
    params:
        code=code("assemble"),
        figures=lambda wildcards, input: sorted({os.path.dirname(path) for path in input.figures}),
        names=NAMES,
        folder=subpath(output[0], parent=True),
    shell:
        "python -m ontrial.steps.assemble --templates {input.templates:q} --names {params.names:q}"
        " --figures {params.figures:q} --explorer {input.explorer:q} --folder {params.folder:q} 2> {log:q}"
