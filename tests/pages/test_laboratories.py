"""Laboratories, simulated and real: how their conclusions are compared, and what the methods page shows of it."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from support.outcomes import classify
from support.pages import sources_of, tiny_results, with_findings
from support.project import ROOT
from support.simulated import results, simulated

from benchmarks import circumstances
from benchmarks.laboratories import (
    ENOUGH,
    FIRST_SEED,
    LIMITS,
    OWN_WAY,
    SEEDS,
    STATES,
    Judgement,
    Row,
    agreement,
    centre_of,
    centred,
    classify_by_tests,
    exceeding,
    limits_for,
    numbers_at_one_rate,
    outcomes_of,
    verdicts_on,
)
from ontrial.judge import checks, measurements, published
from ontrial.report.pages.page import Page
from ontrial.report.pages.studies import measured
from ontrial.report.pages.studies.robustness import Circumstances
from ontrial.report.site.templates import render
from ontrial.storage import files
from ontrial.study import configuration

TABLE = pd.DataFrame(
    [
        *(Row("laboratories", way, quantity, 1.25) for way in measured.WAYS for quantity in measured.AGREEMENTS),
        Row("errors", "effect 0.8, normal, correlation 0.0, half width 0.5", "wrong", 0.5, 0.3, 0.7),
        Row("errors", "effect 0.8, normal, correlation 0.5, half width 0.5", "wrong", 1.5, 1.2, 1.8),
        Row("errors", "effect 0.8, upper tail, correlation 0.5, half width 0.5", "wrong", 2.5, 2.2, 2.8),
        Row("errors", "effect 0.8, lower tail, correlation 0.0, half width 0.5", "inconclusive", 50),
        Row("errors", "effect 0.8, normal, correlation 0.5, half width 0.5", "inconclusive", 40),
        Row("errors", "one just below, normal, correlation 0.0, half width 0.5", "wrong", 2.1, 1.7, 2.6),
        Row("errors", "one just below, upper tail, correlation 0.0, half width 0.5", "wrong", 3.1, 2.7, 3.6),
        Row("skewed", "normal, 20 seeds", "missed", 9, 8, 10),
        Row("skewed", "exponential, 20 seeds", "missed", 5.5, 5.3, 5.7),
        Row("skewed", "exponential, 40 seeds", "missed", 6.5, 6.3, 6.7),
        Row("peeking", "after every seed", "errors", 30.5),
    ]
).assign(commit="0123456789abcdef", runs=12_345)

DECAYS = """
study: decays
experiments:
  decays: {purpose: Compare decays., dataset: [digits], hidden: [[8]], activation: [relu], initialisation: [own],
    objective: [softmax+cross_entropy], weight_decay: [0, 0.001, 0.01], batch_size: [64],
    learning_rates: [0.125, 0.25, 0.5], seeds: {confirmatory: {from: 101, to: 120}}, budget: {epochs: 2}}
"""
CLAIM = """
claims:
- id: mine
  statement: {en: It is so.}
  experiment: decays
  metric: test_accuracy
  LINES
  where: {policy: tuned}
  smallest_effect: 1 point
"""
SEEDS_OF = re.compile(r"from: (\d+), (?:to: (\d+)|looks: \[.*?(\d+)\])")  # and the last seed, or number of seeds


def judgement(verdict: str, *outcomes: str, seeds: int = 20) -> Judgement:
    return Judgement(verdict, list(outcomes), [seeds] * len(outcomes))


def test_agreement_counts_pairs_whose_outcomes_and_verdicts_contradict():
    first_claim = [
        (judgement("supported", "positive", "positive"), judgement("depends", "positive", "below")),
        (judgement("supported", "positive", "positive"), judgement("inconclusive", "positive", "undecided", seeds=80)),
    ]
    second_claim = [(judgement("refuted", "negligible"), judgement("refuted", "reversed"))] * 2
    assert agreement([first_claim, second_claim]) == pytest.approx(
        {
            "seeds per context": (10 * 20 + 2 * 80) / 12,
            "undecided contexts": 100 / 12,
            "contradictory contexts": 100 * 0.5 / 3,  # one pair of two in one context of three
            "worst context": 50,
            "contradictory verdicts": 25,
            "different verdicts": 50,
            "inconclusive verdicts": 100 / 8,
            "inconclusive claims": 2 / 8,
        }
    )


def decays(settings, rate, seed, record):
    """Seeds validate best with a decay of 0.01 at 0.5, and without decay at 0.25; the best record is the first."""
    accuracy = {(0.01, 0.5): 0.8, (0, 0.25): 0.7}.get((settings["weight_decay"], rate), 0.4) - 0.1 * (record > 0)
    return {"validation_accuracy": accuracy, "validation_loss": record, "test_accuracy": accuracy + 0.001 * (seed % 2)}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("difference: {of: {weight_decay: tuned}, minus: {weight_decay: 0}}", 10),
        ("difference: {of: {weight_decay: 0.01, checkpoint: best}, minus: {weight_decay: 0.01}}", 10),
    ],
)
def test_a_laboratory_with_one_rate_for_all_seeds_chooses_tuned_settings_and_has_checkpoints(lines, expected):
    study = simulated(DECAYS)
    docket = checks.parse(CLAIM.replace("LINES", lines), "claims.yaml", study)
    found = results(study, decays, "decays")
    (measured,) = measurements.measure(found, docket.claims["mine"].estimand)
    numbers = numbers_at_one_rate(found, measured, np.arange(5), np.arange(5, 20))
    assert numbers == pytest.approx([expected] * 15)


def test_the_command_fails_if_laboratories_contradict_each_other_too_often():
    assert [text.split(" 1.25%")[0] for text in exceeding(TABLE, LIMITS)] == ["contradictory verdicts"]
    assert list(exceeding(TABLE.assign(value=LIMITS["contradictory verdicts"]), LIMITS)) == []
    assert list(exceeding(TABLE.assign(value=9), LIMITS))[2].startswith("undecided contexts 9%, more than 8%")
    assert limits_for(ENOUGH) == LIMITS
    assert limits_for(ENOUGH - 1).keys() == LIMITS.keys() - {"undecided contexts"}
    assert OWN_WAY in measured.WAYS
    assert {state.name for state in STATES if not measured.EFFECT.fullmatch(state.name)} == {*measured.STATES}


@pytest.mark.parametrize(("start", "count"), [(FIRST_SEED, SEEDS), (circumstances.SEEDS, math.inf)])
def test_no_shipped_study_has_the_seeds_of_a_simulation_or_of_another_laboratory(start, count):
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "config").rglob("*.yaml")]
    seeds = [
        (int(first), int(to or int(first) + int(last) - 1))
        for text in texts
        for first, to, last in SEEDS_OF.findall(text)
    ]
    assert len(seeds) > 10
    assert all(last < start or first >= start + count for first, last in seeds)


@pytest.mark.parametrize("n", [4, 6, 20, 80])
def test_tests_of_both_limits_find_the_outcomes_that_follow_from_intervals(n):
    random = np.random.default_rng(n)
    samples = random.normal(size=(200, n)) * random.uniform(0.2, 2, (200, 1)) + random.uniform(-2, 2, (200, 1))
    for alpha in (0.05, 0.05 / 8):
        assert list(classify_by_tests(samples, alpha)) == list(classify(samples, 1.0, False, alpha))


def test_simulations_judge_as_the_study_does():
    sample = np.concatenate([np.linspace(2, 3, 20), np.linspace(-3, -2, 60)])
    assert outcomes_of(sample[None], contexts=1) == "positive"
    strong, none = np.linspace(2, 3, 80), np.linspace(-0.1, 0.1, 80)
    assert verdicts_on(np.array([[strong, none], [strong, strong]])) == ["depends", "supported"]
    assert centre_of("exponential") == pytest.approx(0.83917, abs=1e-4)  # half the median of a Gamma(2) variable
    numbers = centred("steep lognormal", np.random.default_rng(1).normal(size=(2, 100_000)))
    assert np.mean(numbers.mean(axis=0) < 0) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_methods_page_compares_the_ways_to_judge_and_shows_the_worst_error_rates(language):
    page = Page(
        with_findings(sources_of(tiny_results(), language), measurements={"laboratories": TABLE}), "statistics.md"
    )
    assert measured.table(page, "agreement").count("\n|") == 1 + len(measured.AGREEMENTS)
    effect, mixed = measured.errors(page).replace("\N{NO-BREAK SPACE}", " ").splitlines()[2:]
    assert [cell.split("%")[0].strip() for cell in effect.split("|")[1:5]] == ["0.8 S", "1.5", "2.5", "50.0"]
    assert mixed.count("%") == 6
    assert measured.skewed_worst(page, "missed").startswith("6.5%")
    assert measured.conditions(page, "laboratories") == {"runs": "12,345", "commit": "0123456789ab"}
    peeking = measured.measured(page, "laboratories", "peeking", "after every seed", "errors")
    assert peeking.startswith("30.50")


def repeated() -> pd.DataFrame:
    """Return published rows on a study of three claims and two laboratories that trained it again."""
    judged = {
        "baseline": ("supported", "refuted", "depends"),
        "seeds": ("supported", "supported", "inconclusive"),
        "seeds-2": ("supported", "refuted", "depends"),
    }
    rows = [
        {
            "study": "tiny", "circumstance": name, "differs": name.removesuffix("-2"), "claim": claim,
            "kind": "measured", "verdict": verdict, "contexts": 4, "contexts_opposite": int(name == "seeds"),
            "contexts_open": 2 * int(name == "seeds-2"),
        }
        for name, verdicts in judged.items()
        for claim, verdict in zip("abc", verdicts, strict=True)
    ]  # fmt: skip
    by_construction = {**rows[0], "claim": "d", "kind": "by_construction", "verdict": "by_construction"}
    return pd.DataFrame([*rows, by_construction, {**rows[0], "circumstance": "float64", "differs": "precision"}])


def test_each_pair_of_laboratories_has_its_contradictions():
    page = Page(with_findings(sources_of(tiny_results()), measurements={"robustness": repeated()}), "statistics.md")
    rows = Circumstances(page).laboratories.replace("\N{NO-BREAK SPACE}", " ").splitlines()[2:]
    assert rows == [
        "| <code>tiny</code> | the study and laboratory 1 | 1 / 3 | 2 / 3 | 3 / 12 | 0 / 12 |",
        "| <code>tiny</code> | the study and laboratory 2 | 0 / 3 | 0 / 3 | 0 / 12 | 6 / 12 |",
        "| <code>tiny</code> | laboratory 1 and laboratory 2 | 1 / 3 | 2 / 3 | – | – |",
    ]


def test_the_published_verdicts_are_the_original_of_laboratories_alone(tmp_path, monkeypatch):
    study = configuration.read_study("config/atlas.yaml")
    outcome = circumstances.read_published(study)
    table = pd.DataFrame(circumstances.table_rows("baseline", circumstances.Circumstance("baseline"), outcome, outcome))
    files.write_text(tmp_path / "circumstances.csv", table.to_csv(index=False))
    written = published.read_file(tmp_path / "circumstances.csv")
    assert set(written["claim"]) == set(outcome.verdicts.by_claim)
    assert "no runs compared, 0 of" in circumstances.summary(written)
    monkeypatch.setattr(circumstances, "changed_claims", lambda study, verdicts: ["adam-forgives"])
    assert circumstances.read_published(study) is None


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_methods_page_shows_laboratories_that_trained_again(language):
    written = (ROOT / f"docs/{language}/statistics.md").read_text(encoding="utf-8")
    section = written[written.index("{#laboratories}") : written.index("{#circumstances}")]
    sources = sources_of(tiny_results(), language)
    alone = repeated().query("differs == 'baseline'")
    for table, expected in ((repeated(), 3), (alone, 0)):
        page = Page(with_findings(sources, measurements={"robustness": table}), "statistics.md")
        assert render(section, "statistics.md", page.names).count("<code>tiny</code>") == expected
    assert "tiny" not in render(section, "statistics.md", Page(sources, "statistics.md").names)
