"""Limits of the learning rate that are predicted before training: the table, and what figures and pages say of it."""

import re

import numpy as np
import pandas as pd
import pytest
from support.contents import found
from support.pages import context, sources_of, tiny_results, verdict, with_findings
from support.project import ROOT
from support.simulated import simulated

from benchmarks.speed_limits import report
from ontrial.book.one_curve import figures_limits, predicted_limits
from ontrial.book.one_curve.pages_limits import PredictedLimits
from ontrial.errors import InputError
from ontrial.judge import checks, forecasts
from ontrial.nn import predict_limit
from ontrial.report.pages.page import Page
from ontrial.report.site import docs
from ontrial.report.site.templates import render
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.replications import Published
from ontrial.report.wording.phrases import Phrases

STUDY = """
study: rates
experiments:
  fine: {purpose: See the way to a goal., dataset: [digits], hidden: [[4]], activation: [tanh], initialisation: [own],
    objective: [softmax+cross_entropy], optimiser: [momentum], momentum: [0.5], training_samples: [128],
    batch_size: [16, 64], learning_rates: {powers_of_two: {from: -6, to: 1}},
    seeds: {confirmatory: {from: 101, to: 108}}, budget: {updates: 512}, record: {per_doubling: 6, first: 1}}
"""
DOCKET = """
claims:
  - {id: foreseen, statement: {en: One can foresee it.}, experiment: fine, metric: limit_error, threshold: 0.6,
    equality: {of: {loss: cross_entropy}, and: factor 1}, contexts: {batch_size: [16, 64]}, smallest_effect: factor 1.5}
"""


def records(cell) -> pd.DataFrame:
    """Return the records of a cell whose accuracy rises in proportion to rate × updates, up to a rate of 1/4."""
    updates = np.arange(513)
    runs = []
    for rate in cell.learning_rates:
        accuracy = np.minimum(0.1 + rate * updates / 4, 0.96) if rate <= 1 / 4 else np.full(513, 0.1)
        values = {"test_accuracy": accuracy, "validation_accuracy": accuracy, "test_loss": 1.0, "validation_loss": 1.0}
        values |= {"learning_rate": rate, "updates": updates, "epochs": updates / 8, "diverged": False}
        runs += [pd.DataFrame({**cell.columns, **values, "seed": seed}) for seed in cell.seeds]
    return pd.concat(runs, ignore_index=True)


def test_numbers_of_seeds_are_those_of_the_judge():
    study = simulated(STUDY)
    rows = pd.concat(map(records, study.cells.values()), ignore_index=True)
    results = Findings(study, rows, rows, claims=checks.parse(DOCKET, "claims.yaml", study).claims)
    table = predicted_limits.of_seeds(results, results.claims)
    assert len(table) == 2 * 8
    assert set(table["goal"]) == {0.6}
    assert table["measured_limit"].to_numpy() == pytest.approx(2 * 2**-1.5)  # half-way, and counted / (1 − momentum)
    assert table["measured_distance"].to_numpy() == pytest.approx(2 * 2, rel=0.2)
    cell = next(iter(study.cells.values()))
    seeds = pd.DataFrame([cell.settings | {"seed": seed} for seed in cell.seeds])
    assert table["predicted_limit"][:8].tolist() == forecasts.predicted_limits(seeds, 0.6).tolist()
    assert (table["passes"] > 12).all()
    assert predicted_limits.of_seeds(results, {}) is None


WORDS = docs.read_words(ROOT / "docs/words.yaml")["figures"]
ERRORS = {"limit-foreseen-digits": (0.1, -0.2, 0.3, 1.5), "limit-foreseen-digits-far": (0.2, 0.1, -0.9, np.nan)}
ERRORS["limit-foreseen-plateau-digits"] = (3.0, -2.0)


def published(near=ERRORS["limit-foreseen-digits"]) -> Published:
    """Return results whose near arms have these errors in octaves. The rivals are two octaves off."""
    arms, seeds, verdicts = [], [], {}
    for claim, errors in (ERRORS | {"limit-foreseen-digits": near}).items():
        contexts = []
        for i, error in enumerate(errors):
            settings = {"experiment": f"net-{i // 2}{claim[22:]}", "batch_size": (16, 64)[i % 2]}
            outcome = "undecided" if np.isnan(error) else "equal" if abs(error) < 0.4 else "apart"
            contexts.append(context(outcome, settings, estimate=error, low=error - 0.1, high=error + 0.1, unit="log2"))
            arms.append({"claim": claim, "outcome": outcome, **settings, "optimiser": "sgd", "seeds": 12})
            arms[-1] |= {"measured": 2.0**i, "ahead": error, "start": 2.0, "range_test": -2.0}
            seeds.append({**settings, "claim": claim, "dataset": "digits", "hidden": "32-32", "activation": "relu"})
            seeds[-1] |= {
                "momentum": 0.0,
                "predicted_distance": 2.0,
                "measured_distance": 3.0,
                "passes": 40,
                "training_samples": 1024,
            }
        verdicts[claim] = verdict(claim, "inconclusive", *contexts)
    for id in ("half-limit-8-128", "half-limit-32-512", "limit-momentum-lag", "limit-momentum-lag-far"):
        verdicts[id] = verdict(
            id, "supported", context("within", {"batch_size": 8}), context("beyond", {"batch_size": 128})
        )
    return Published(verdicts, predicted_limits=pd.DataFrame(seeds), speed_limits=pd.DataFrame(arms))


def page_of(study: Published, language: str = "en") -> Page:
    return Page(with_findings(sources_of(tiny_results(), language), measurements={"limit": study}), "index.md")


def test_numbers_on_a_page_are_those_of_the_arms():
    limits = PredictedLimits(page_of(published()))
    names = ("arms", "certain", "medians", "unknown", "worst")
    assert [limits.number(name) for name in names] == pytest.approx([4, 3, 3, 0, 2**1.5])
    assert [limits.number(name, "far") for name in names[:4]] == [4, 2, 2, 1]
    assert limits.text("nine in ten") == "2.8"
    assert limits.worst == "digits, ReLU 32-32, batches of 64"
    assert limits.distance(2, 2) == "1.5"
    assert limits.claim("half-limit-8-128") == {"conclusion": "supported", "held": 1, "broken": 1, "contexts": 2}
    with pytest.raises(InputError, match=r'unknown number on predicted limits "wurst". Did you mean "worst"'):
        limits.number("wurst")


@pytest.mark.parametrize(
    ("errors", "expected"),
    [([0.1] * 30, "supported"), ([0.1] * 20 + [1.0] * 20, "refuted"), ([0.1] * 4, "open"), ([1.0] * 4, "failed")],
)
def test_conclusions_are_those_that_the_docket_counts(errors, expected):
    study = published(errors)
    page = page_of(study)
    assert PredictedLimits(page).conclusion() == expected
    assert found(page.results, "predicted-limits") == (None if expected == "open" else expected)
    (line, start, _, *_) = report(study.speed_limits)
    assert ("has failed" if expected == "failed" else f"at least 80%: {expected})") in line
    share = PredictedLimits(page).interval("share").replace("\N{NO-BREAK SPACE}", " ")
    estimate, low, high = re.findall(r"(\d+)%", share)
    assert f"({estimate}%, {low} to {high};" in line
    gain = predicted_limits.gain(PredictedLimits(page).arms(), "start")
    assert f"{gain.estimate:.2f} octaves ({gain.ci_low:.2f} to {gain.ci_high:.2f})" in start


def test_a_rival_is_closer_only_with_an_interval():
    assert PredictedLimits(page_of(published([0.1] * 20))).is_closer("start") is True
    assert PredictedLimits(page_of(published([3.0] * 20))).is_closer("range_test") is False
    assert PredictedLimits(page_of(published())).is_closer("start") is None  # two networks


def test_a_mark_is_filled_if_its_interval_is_in_the_band():
    table = predicted_limits.arms(page_of(published()).results)
    near = table[table["part"] == "near"]
    assert near["is_certain"].tolist() == [True, True, True, False]
    in_band = np.maximum(near["measured_high"] / near["predicted"], near["predicted"] / near["measured_low"]) < 1.5
    assert in_band.tolist() == near["is_certain"].tolist()


@pytest.mark.parametrize("width", [4.2, 7.5])
def test_figures_show_the_arms_that_have_a_limit(width):
    results, words = page_of(published()).results, Phrases(WORDS, "en", "docs/words.yaml")
    assert len(figures_limits.predicted_limits(results, words, width)[1]) == 4 + 2
    assert len(figures_limits.limit_rivals(results, words, width)[1]) == 4


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("errors", [[0.1] * 30, [0.1] * 4, [1.0] * 4])
def test_pages_say_only_what_came_out(language, errors):
    page = page_of(published(errors), language)
    failed = {"en": "failed", "ko": "실패했다"}[language]
    for name, is_section in (("one-curve.md", True), ("speed-limit.md", False)):
        text = (ROOT / f"docs/{language}/{name}").read_text(encoding="utf-8")
        if is_section:
            text = text[text.index("{#predicted}") : text.index("{#objections}")].rpartition("\n## ")[0]
        shown = render(text, name, page.names | {"figure": lambda name: f"figure {name}"})
        assert "figure predicted-limits" in shown
        assert (failed in shown) == (PredictedLimits(page).conclusion() == "failed")
    assert len(PredictedLimits(page).every_arm.splitlines()) == 2 + len(errors) + 4 + 2


def test_the_map_of_batch_sizes_has_the_limits_of_its_first_seeds():
    study = simulated(STUDY.replace("optimiser: [momentum], momentum: [0.5], ", ""))
    found = predicted_limits.by_batch_size(Findings(study, pd.DataFrame(), pd.DataFrame()), "fine")
    cell = next(iter(study.cells.values()))
    seeds = list(cell.seeds)[: predicted_limits.MOST_SEEDS]
    assert found[16] == np.median(predict_limit(cell.architecture, cell.arrays(seeds), seeds).limit(16))
    assert found[16] < found[64]
    momentum = Findings(simulated(STUDY), pd.DataFrame(), pd.DataFrame())
    assert predicted_limits.by_batch_size(momentum, "fine") == {}
