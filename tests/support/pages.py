"""A tiny study with hand-written tables and verdicts, and the sources of its pages."""

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import product

import pandas as pd

from ontrial.judge.claim import Claim
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import Estimand
from ontrial.report.pages.assemble_pages import combine, parts_of
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Docs, Sources
from ontrial.report.site import docs
from ontrial.report.summaries.findings import Findings
from ontrial.study import configuration
from ontrial.study.cell import Cell
from ontrial_judge.core.verdicts import Conclusion, Context, Effect, Kind, Outcome, SettingValues, Verdict
from support.contents import SITE
from support.project import ROOT, read_yaml

DOCS = ROOT / "docs"
WORDS = docs.read_words(DOCS / "words.yaml")

STUDY = """\
study: tiny
experiments:
  batch-size: {purpose: Compare <two> batch sizes., dataset: [digits], hidden: [[16]], activation: [relu],
    initialisation: [own], objective: [softmax+cross_entropy], batch_size: [16, 64], learning_rates: [0.25, 0.5, 1],
    seeds: {confirmatory: {from: 11, to: 12}}, budget: {epochs: 2}, probes: [units]}
"""

# Test accuracy by batch size, learning rate and seed; validation accuracy is the same. Each seed chooses 1/4 for
# batches of 16 and 1 for batches of 64, whose linear rate is 1 as well.
ACCURACY = {
    (16, 0.25): {11: 0.955, 12: 0.975}, (16, 0.5): {11: 0.80, 12: 0.80}, (16, 1.0): {11: 0.70, 12: 0.70},
    (64, 0.25): {11: 0.60, 12: 0.62}, (64, 0.5): {11: 0.80, 12: math.nan}, (64, 1.0): {11: 0.94, 12: 0.96},
}  # fmt: skip


def tables_of_runs(cells: Iterable[Cell]) -> pd.DataFrame:
    columns = {cell.batch_size: cell.columns for cell in cells}
    rows = []
    for ((size, rate), by_seed), update in product(ACCURACY.items(), (0, 1)):
        for seed, accuracy in by_seed.items():
            arm = {"learning_rate": rate, "seed": seed, "updates": update, "epochs": 2.0 * update}
            end = accuracy if update else 0.1
            measures = {"validation_accuracy": end, "test_accuracy": end, "dead_units": 0.02}
            measures |= {"validation_loss": 1 - end, "test_loss": 1 - end}
            rows.append(columns[size] | arm | measures)
    return pd.DataFrame(rows).assign(diverged=lambda table: table["test_accuracy"].isna())


def tiny_results() -> Findings:
    """Return the results of the tiny study without verdicts."""
    study = configuration.parse(STUDY, "tiny.yaml")
    records = tables_of_runs(study.cells.values())
    return Findings(study, records[records["updates"] == 1], records)


ESTIMAND = Estimand(
    experiments=("batch-size",),
    metric="test_accuracy",
    form="difference",
    sides={"of": {"batch_size": 16}, "minus": {"batch_size": 64}},
    contexts={"policy": ["fixed_of", "fixed_minus", "tuned"]},
    where={},
    threshold=None,
    along=None,
    smallest_effect=1.0,
    unit="points",
)


def claim(id: str, kind: Kind, estimand: Estimand | None) -> Claim:
    statement = {"en": f"{id} <b>holds</b>", "ko": "맞다"}
    return Claim(id, kind, statement, because={"en": "Because."}, references=("wilson2003",), estimand=estimand)


CLAIMS = {"small": claim("small", Kind.MEASURED, ESTIMAND), "usual": claim("usual", Kind.NOT_TESTABLE, None)}
CITED = {"wilson2003": {"text": "Wilson & Martinez.", "doi": "10.1016/S0893"}}


def context(
    outcome: str,
    settings: SettingValues | None = None,
    *,
    estimate: float = 1.25,
    low: float = 1.0,
    high: float = 1.61,
    unit: str = "points",
    **result,
) -> Context:
    """Return a context, by default of 20 seeds.

    result: Other fields of the context.
    """
    effect = Effect(estimate, low, high, 0.95, unit)
    return Context(settings or {}, Outcome(outcome), effect, **{"n": 20, "failed": (0, 0), "detectable": 1.3} | result)


def verdict(id: str, conclusion: str, *contexts: Context, kind: Kind = Kind.MEASURED, **changes) -> Verdict:
    """Return a verdict on a claim, measured by default, for which 1 point matters."""
    design = {"unit": "points", "looks": (20,), "smallest_effect": 1.0} if kind is Kind.MEASURED else {}
    return Verdict(id, kind, "0", "0", Conclusion(conclusion), contexts=contexts, **design | changes)


VERDICTS = {
    "small": verdict(
        "small",
        "depends",
        context("positive", {"policy": "fixed"}),
        context("reversed", {"policy": "tuned"}, estimate=-2.0, low=-3.04, high=-1.0),
        flipped_by=("policy",),
    ),
    "usual": verdict("usual", "not_testable", kind=Kind.NOT_TESTABLE),
}


def build_pages(sources: Sources) -> dict[str, str]:
    """Return the texts of all pages of a language by path."""
    return combine(sources, [part(sources) for part in parts_of(sources)])


def with_docs(sources: Sources, /, **changes) -> Sources:
    return replace(sources, docs=replace(sources.docs, **changes))


def with_docket(sources: Sources, /, **changes) -> Sources:
    return replace(sources, docket=replace(sources.docket, **changes))


def sources_of(results: Findings, language: str = "en") -> Sources:
    templates = (DOCS / "templates" / language).glob("*.md")
    return Sources(
        language=language,
        contents=SITE,
        results=replace(results, verdicts=VERDICTS, claims=CLAIMS),
        docs=Docs(
            pages={"index.md": "# Home\n", "activations.md": "# Activations\n"},
            templates={path.name: path.read_text(encoding="utf-8") for path in templates},
            captions={
                "neuron": {"title": "A neuron", "caption": "With $w_1$.", "alt": 'It says "a < b" * 2.'},
                "evidence": {"title": "Evidence", "caption": "What was found.", "alt": "Estimates."},
                "valley": {"title": "A valley", "caption": "Down.", "alt": "Walks."},
            },
            words=WORDS["figures"] | WORDS["pages"],
            differing=read_yaml("docs/differing.yaml"),
            glossary=read_yaml("docs/glossary.yaml"),
        ),
        docket=Docket(CLAIMS, CITED),
        provenance={"configuration_file": "config/my tiny.yaml"},
        sizes={f"neuron-{language}-{scheme}.svg": (360.0, 240.0) for scheme in ("light", "dark")}
        | {
            f"evidence-small-{language}-light.svg": (461.0, 200.0),
            f"evidence-small-{language}-light-wide.svg": (860.0, 150.0),
        },
    )


def page_of(results: Findings, language: str = "en") -> Page:
    return Page(sources_of(results, language), "index.md")


def with_findings(sources: Sources, **findings) -> Sources:
    """Return sources with other times or published measurements in their results."""
    return replace(sources, results=replace(sources.results, **findings))
