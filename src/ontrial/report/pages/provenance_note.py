"""The note under each figure, with the runs that it shows, and commands that draw it and train one of its cells."""

from ontrial.report.figures.formats import EVIDENCE
from ontrial.report.markdown import Markdown
from ontrial.report.pages import numbers, tables
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page


def provenance_note(page: Page, name: str) -> str:
    """Return the HTML of the folded note under a figure, on one line.

    It has no commands if the study has no configuration file of its own.
    """
    say = page.say
    experiments = _experiments_of(page, name)
    return html(
        "origin",
        summary=say["origin"],
        source=say[f"origin {_source_kind(page, name)}"],
        experiments=[_settings_sentence(page, experiment) for experiment in experiments],
        commands=_commands(page, name, experiments) if page.config_option else [],
    )


def _commands(page: Page, name: str, experiments: list[str]) -> list[tuple[str, str]]:
    """Return pairs of purpose and shell command, to draw the figures and to train a cell of its first experiment."""
    rebuild = f"snakemake --cores 2 {page.config_option} --force results/{page.results.study.name}/"
    lines = [(page.say["origin draw"], f"{rebuild}figures")]
    cell = numbers.find_cell(page.results, experiments[0], {}) if experiments else None
    if cell:
        lines.append((page.say["origin train"], f"{rebuild}runs/{cell.path}.parquet"))
    return lines


def _source_kind(page: Page, name: str) -> str:
    """Return the source of a figure: runs, times, formulas or the name of a published measurement."""
    drawn = page.sources.contents.figures.get(name)
    source = drawn.source if drawn else "verdicts"
    if source and source != "verdicts":
        return source
    if _experiments_of(page, name):
        return "runs"
    return "times" if name.startswith(EVIDENCE) else "formulas"


def _experiments_of(page: Page, name: str) -> list[str]:
    drawn = page.sources.contents.figures.get(name)
    if drawn and drawn.source != "verdicts":
        return list(drawn.experiments)
    experiments: list[str] = []
    for id, claim in page.results.claims.items():
        if claim.estimand and name == EVIDENCE + id:
            experiments += claim.estimand.experiments
    return list(dict.fromkeys(experiments))


def _settings_sentence(page: Page, experiment: str) -> str:
    rows = tables.setting_rows(page, experiment)
    settings = Markdown("; ").join(Markdown("{} {}").format(name, value) for name, value in rows)
    return Markdown("<strong>{}</strong>: {}").format(experiment, settings)
