"""Under each figure: the runs that it was drawn from, and the commands that make it and one of its cells again."""

from ontrial.report.figures.catalogue import EVIDENCE, FIGURES, TIMES, of_claims
from ontrial.report.pages import numbers, tables
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page


def origin(page: Page, name: str) -> str:
    """HTML of a figure's origin, folded, on one line; without commands if the study has no file of its own."""
    say, commands = page.say, []
    tried = experiments(page, name)
    if page.study_file:
        again = f"snakemake --cores 2 --config study={page.study_file} --force results/{page.results.study.name}/"
        commands.append((say["origin draw"], f"{again}{folder(page, name)}/{name}-{page.language}-light.svg"))
        if tried:
            cell = numbers.cell_of(page.results, tried[0], {})
            commands.append((say["origin train"], f"{again}runs/{cell.path}.parquet"))
    return html(
        "origin",
        summary=say["origin"],
        source=say[f"origin {source(page, name)}"],
        experiments=[settings(page, experiment) for experiment in tried],
        commands=commands,
    )


def source(page: Page, name: str) -> str:
    """What kind of thing a figure is drawn from: runs, times, a published table, or formulas."""
    if name in FIGURES and FIGURES[name].benchmark:
        return "benchmark"
    if name in FIGURES and FIGURES[name].scale:
        return "scale"
    if name in TIMES or (name.startswith(EVIDENCE) and not experiments(page, name)):
        return "times"
    return "runs" if experiments(page, name) else "formulas"


def experiments(page: Page, name: str) -> list[str]:
    """The experiments whose runs a figure shows, or whose verdicts."""
    claims = page.results.claims
    if name in FIGURES and not FIGURES[name].verdicts:
        return list(FIGURES[name].experiments)
    drawn = [claims[id] for id in claims if name in (EVIDENCE + id, "seed-lottery") and claims[id].estimand]
    measured = [claim for claim in drawn if claim.kind == "measured" or name != "seed-lottery"]
    return list(dict.fromkeys(experiment for claim in measured for experiment in claim.estimand.experiments))


def folder(page: Page, name: str) -> str:
    """Folder of a figure below that of the study: what depends on the clock lies apart."""
    return "timing/figures" if name in (*TIMES, *of_claims(page.results.claims, "timed")) else "figures"


def settings(page: Page, experiment: str) -> str:
    """Every setting of an experiment, as one sentence."""
    rows = tables.setting_rows(page, experiment)
    return f"**{experiment}**: " + "; ".join(f"{name} {shown}" for name, shown in rows)
