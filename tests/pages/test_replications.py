"""Replications: which studies are some, how far they agree setting by setting, and what pages say about them."""

import itertools
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.pages import CLAIMS, ESTIMAND, VERDICTS, build_pages, context, sources_of, tiny_results, with_findings

from ontrial.book.chapters.pages import verdict_box
from ontrial.book.replications import pages as replications
from ontrial.book.replications import pages_across_data as across_data
from ontrial.book.replications import pages_agreement as elsewhere
from ontrial.book.replications import random_effects
from ontrial.book.replications.pages_across_data import Axis
from ontrial.judge.records import Conclusion, Context, Effect, Outcome, Verdict
from ontrial.judge.statistics import OUTCOMES, contradicts, supports
from ontrial.report.pages.page import Page
from ontrial.report.summaries.replications import (
    EFFECTS,
    Condition,
    Published,
    agree,
    conditions,
    count_agreements,
    paired_effects,
)

WORDS = ("supported", "refuted", "depends", "inconclusive")
YES, NO, MAYBE, OPEN = WORDS
SOURCES = {language: sources_of(tiny_results(), language) for language in ("en", "ko")}
HERE = (
    context("positive", {"policy": "fixed"}, estimate=2.0),
    context("negligible", {"policy": "linear"}, estimate=0.2, low=-0.1, high=0.4),
    context("undecided", {"policy": "tuned"}, n=80),
)


def effect(outcome: str, estimate: float, **settings: str) -> Context:
    return context(outcome, settings, estimate=estimate, low=estimate - 1, high=estimate + 1)


def verdict_from(test_hash: str | None, smallest_effect: float, *contexts: Context) -> Verdict:
    verdict = replace(VERDICTS["small"], smallest_effect=smallest_effect, contexts=contexts)
    return replace(verdict, test_hash=test_hash)


def tuned(dataset: str = "digits", optimiser: str = "sgd", hidden: str = "16", **columns) -> pd.DataFrame:
    """Return a published table with one cell, by default that of the tiny study."""
    cell = {"experiment": "batch-size", "dataset": dataset, "optimiser": optimiser, "hidden": hidden} | columns
    return pd.DataFrame([cell])


CELLS = {
    "letter": tuned(dataset="letter"), "satimage": tuned(dataset="satimage"), "pendigits": tuned(dataset="pendigits"),
    "adam": tuned(optimiser="adam"), "momentum": tuned(optimiser="momentum"), "wide": tuned(hidden="128"),
}  # fmt: skip


def page_with(
    published: dict[str, tuple[Context, ...]],
    language: str = "en",
    here: tuple[Context, ...] = HERE,
    test: str = "t",
    **conclusions: str,
) -> Page:
    """Return the page of a claim, with the contexts of published studies that made the test `test`.

    conclusions: Conclusions of published studies and, as `conclusion`, of this one. Default: depends.
    """
    conclusion = Conclusion(conclusions.get("conclusion", MAYBE))
    small = replace(VERDICTS["small"], test_hash="t", contexts=here, conclusion=conclusion)
    sources = with_findings(SOURCES[language], verdicts=VERDICTS | {"small": small})
    studies = {
        study: Published(
            {
                "small": replace(
                    small, conclusion=Conclusion(conclusions.get(study, MAYBE)), test_hash=test, contexts=contexts
                )
            },
            CELLS.get(study),
        )
        for study, contexts in published.items()
    }
    return Page(replace(sources, other_studies=studies), "evidence/small.md")


def test_a_replication_differs_in_data_or_optimiser_or_shape_whatever_its_name():
    published = {name: Published({}, table) for name, table in reversed(CELLS.items())}
    published |= {
        "same": Published({}, tuned()),
        "both": Published({}, tuned(dataset="letter", optimiser="adam")),
        "another experiment": Published({}, tuned(experiment="losses", dataset="letter")),
        "without its cells": Published({}),
    }
    found = conditions(tuned(), published)
    assert [condition.setting for condition in found.values()] == ["dataset"] * 3 + ["optimiser"] * 2 + ["hidden"]
    assert found["wide"] == Condition("hidden", "128")
    assert found.keys() == CELLS.keys()
    assert conditions(None, published) == {}


def test_a_setting_that_only_some_cells_change_does_not_differ():
    shallow_and_deep = pd.concat([tuned(hidden="32"), tuned(hidden="32-32")])
    assert conditions(shallow_and_deep, {"shallow": Published({}, tuned(hidden="32"))}) == {}


@pytest.mark.parametrize(
    ("hidden", "names"),
    [
        ("128", ("one layer of 128", "은닉층 하나(128)")),
        ("32-16", ("layers of 32-16", "은닉층(32-16)")),
        ("none", ("no hidden layer", "은닉층 없음")),
    ],
)
def test_a_shape_is_named_by_its_layers(hidden, names):
    for language, name in zip(("en", "ko"), names, strict=True):
        page = page_with({"wide": HERE}, language)
        studies = {"wide": page.sources.other_studies["wide"]._replace(tuned=tuned(hidden=hidden))}
        page = Page(replace(page.sources, other_studies=studies), page.path)
        assert [each.name for each in elsewhere.replications(page, "small")] == [name]


def test_a_study_that_made_another_test_is_no_replication():
    assert elsewhere.note(page_with({"letter": HERE}, test="other"), "small") == ""


@pytest.mark.parametrize("outcome", [Outcome(word) for word in OUTCOMES])
@pytest.mark.parametrize("other", [Outcome(word) for word in OUTCOMES])
def test_only_one_outcome_is_the_same_and_a_tie_is_not_a_certain_reversal(outcome, other):
    found = agree(effect(outcome, 1), effect(other, 1))
    if "undecided" in (outcome, other):
        assert found == ("undecided" if outcome is other else "open")
    else:
        excluded = {"negligible": {"reversed"}, "reversed": {"negligible"}}.get(outcome, set())
        against = contradicts(outcome) == contradicts(other) and other not in excluded
        assert found == ("same" if outcome is other else "compatible" if against else "different")


def test_agreements_are_counted_by_the_settings_of_this_study_alone():
    here = verdict_from("t", 1.0, effect("positive", 2, policy="a"), effect("below", 0, policy="b"))
    there = verdict_from("t", 1.0, effect("below", 0, policy="a"), effect("positive", 9, policy="c"))
    assert count_agreements(here, there) == Counter(different=1, untried=1)
    elsewhere = [context(outcome, HERE[i].settings) for i, outcome in enumerate(("positive", "positive", "undecided"))]
    share = page_with({"letter": tuple(elsewhere)}).names["share_of_same_answers"]
    assert share() == share("letter") == 1 / 2
    assert share("mine") == 1  # not published: this study


def test_effects_are_compared_where_both_studies_made_the_same_test():
    original = {
        "one": verdict_from("1", 2.0, effect("positive", 4, policy="fixed")),
        "two": verdict_from("2", 1.0, effect("positive", 4)),
        "three": verdict_from("3", 0.0),
    }
    replication = {
        "one": verdict_from("1", 2.0, effect("below", -1, policy="fixed"), effect("positive", 9, policy="tuned")),
        "two": verdict_from(None, 1.0, effect("positive", 4)),  # of version 1
    }
    (row,) = paired_effects(original, replication).to_dict("records")
    assert (row["claim"], row["context"], row["agreement"]) == ("one", "policy=fixed", "different")
    assert [row[name] for name in EFFECTS] == [2, 1.5, 2.5, -0.5, -1, 0]


DECIDED = effect("positive", 2, policy="tuned")
OPPOSITE = (effect("below", 0.2, policy="fixed"), effect("positive", 4.4, policy="linear"), HERE[2])


@pytest.mark.parametrize(("published", "text"), [
    ({}, ""),
    ({"letter": HERE}, "On printed letters: the same outcome in all 2 settings, 1 more open in both studies."),
    ({"wide": HERE[:2]}, "With one layer of 128: the same outcome in all 2 settings, 1 not tried there."),
    ({"wide": (*HERE[:2], DECIDED)}, "With one layer of 128: the same outcome in 2 of 3 settings, open in 1."),
    ({"wide": ()}, ""),  # a claim without contexts
    ({"adam": HERE, "letter": HERE, "satimage": OPPOSITE},
     "On 2 other data sets: the same outcome in 2 of 4 comparisons, a different one in 2, "
     "2 more open in both studies. "
     "With Adam: the same outcome in all 2 settings, 1 more open in both studies."),
])  # fmt: skip
def test_the_note_counts_settings(published, text):
    assert elsewhere.note(page_with(published), "small") == text


def test_opposite_verdicts_are_named():
    here, there = {"conclusion": YES}, {"adam": NO, "letter": NO, "satimage": MAYBE}
    page = page_with(dict.fromkeys(("adam", "letter", "satimage"), OPPOSITE), **here, **there)
    assert elsewhere.note(page, "small").endswith(
        "Supported here, but refuted or not seen on printed letters, and with Adam."
    )
    text = build_pages(page.sources)["evidence/small.md"]
    assert "in every setting here" in re.search(r'id="replications".*?</summary>', text)[0]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_combination_of_answers_has_sentences(language):
    estimates = {"positive": 2.5, "reversed": -2.5, "below": -0.5, "undecided": 1.2}
    for outcomes in itertools.product(estimates, repeat=2):
        here, there = (effect(outcome, estimates[outcome], policy="fixed") for outcome in outcomes)
        page = page_with(dict.fromkeys(CELLS, (there,)), language, (here,))
        texts = [elsewhere.note(page, "small"), elsewhere.elsewhere(page, "small"), verdict_box(page, "small")]
        assert all("{" not in text for text in texts)
        assert bool(texts[1]) == (supports(here.outcome) != supports(there.outcome) and "undecided" not in outcomes)


def test_a_setting_says_where_it_has_the_opposite_answer_and_how_large_the_effect_is_there():
    page = page_with({"letter": OPPOSITE, "adam": OPPOSITE, "satimage": HERE})
    there = "(4.4 points, 3.4 to 5.4)"
    assert elsewhere.elsewhere(page, "small", policy="linear").replace("\N{NO-BREAK SPACE}", " ") == (
        f"In this setting the claim holds on printed letters {there}, and with Adam {there}, although it fails here."
    )
    assert elsewhere.elsewhere(page, "small", policy="tuned") == ""
    assert elsewhere.elsewhere(page, "small", policy="sqrt") == ""
    every = elsewhere.elsewhere(page, "small").splitlines()
    assert [line.partition(":")[0] for line in every] == ["- **fixed rate**", "- **linear in B**"]
    reverse = page_with({"letter": (effect("reversed", -4.4, policy="fixed"),)})
    assert "it is the other way round on printed letters" in elsewhere.elsewhere(reverse, "small", policy="fixed")


@pytest.mark.parametrize(("judged", "text"), [
    ({"A": (YES, YES, YES)}, "As claimed in every setting, here and in every replication: A."),
    ({"A": (OPEN, OPEN, OPEN), "B": (YES, YES, NO)},
     "No claim has the same answer in every setting, here and in every replication. "
     "The opposite verdict: B. Supported here, but refuted or not seen with Adam."),
    ({"A": (NO, YES, YES), "B": (YES, NO, MAYBE)},
     "No claim has the same answer in every setting, here and in every replication. " "The opposite verdict: A. "
     "Refuted here, but supported on printed letters, and with Adam. "
     "The opposite verdict: B. Supported here, but refuted or not seen on printed letters."),
])  # fmt: skip
def test_the_summary_names_what_is_the_same_everywhere_and_what_is_the_opposite(judged, text):
    found = re.sub(r"\[(\w)\]\(../evidence/\1\.md\)", r"\1", replications.summary(page_of_claims(judged)))
    n = len(judged)
    head = f"Setting by setting: the same outcome in all {4 * n} comparisons. "
    opposed = f"In 0 of {2 * n} settings, the outcome in some replication excludes the one here."
    assert found.replace(f" {opposed}", "") == head + text
    assert opposed in found


def test_every_combination_of_verdicts_has_a_summary_in_korean():
    for words in itertools.product(WORDS, repeat=3):
        page = page_of_claims({"A": words, "B": (YES, YES, OPEN)}, "ko")
        text = replications.summary(page)
        assert ("판정이 반대인 주장: [가]" in text) == any({words[0], word} == {YES, NO} for word in words[1:])
        assert "모든 재현 실험에서도" in text
        assert "{" not in text


def page_of_claims(judged: dict[str, tuple[str, str, str]], language: str = "en") -> Page:
    """Return the overview of claims, by id, with verdicts of the study, on other data and with another optimiser."""
    here, letter, adam = (
        {id: replace(VERDICTS["small"], claim=id, conclusion=Conclusion(words[place])) for id, words in judged.items()}
        for place in range(3)
    )
    names = {id: replace(CLAIMS["small"], id=id, short={"en": f"{id}.", "ko": "가"}) for id in judged}
    sources = with_findings(SOURCES[language], verdicts=here, claims=names)
    studies = {"letter": Published(letter, CELLS["letter"]), "adam": Published(adam, CELLS["adam"])}
    return Page(replace(sources, other_studies=studies), "evidence/index.md")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_of_a_claim_has_a_table_for_data_for_optimisers_and_for_shapes(language):
    page = page_with({"wide": HERE, "adam": OPPOSITE, "letter": HERE}, language)
    pages = build_pages(page.sources)
    text = pages["evidence/small.md"]
    assert 'id="replications"' in text
    rows = [row for row in text.splitlines() if "20–80" in row]
    names = [page.texts["letter"], page.texts["adam"], page.texts["one layer"].format(width=128)]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == names
    assert [re.findall(r"\| (\d+) (?=\|)", row) for row in rows] == [[*"20001"], [*"00201"], [*"20001"]]
    for study in ("adam", "letter"):  # the overview explains their names
        assert f"{page.texts[study]}: {page.say[f'meaning {study}']}" in pages["evidence/index.md"]
    without = build_pages(page_with({}, language).sources)
    assert all('id="replications"' not in page for path, page in without.items() if path.startswith("evidence/"))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_overview_counts_settings_and_marks_opposite_ones(language):
    page = page_with({"letter": OPPOSITE, "adam": HERE}, language)
    (row,) = (line for line in replications.overview(page).splitlines() if "small.md" in line)
    space = "\N{NO-BREAK SPACE}"
    assert "| 0 / 0 / **2** / 0 | 2 / 0 / 0 / 0 |".replace(" / ", f"{space}/{space}") in row
    assert page.say[MAYBE] in row


def test_means_intervals_and_errors_are_those_computed_by_hand():
    # Equal errors: the variance between is that of the estimates, 4, less that of the errors. With 2 degrees of
    # freedom, t is 4.303, so the interval reaches 4.303 √(τ² + 4 / 3) to either side.
    found = random_effects.describe(np.array([0.0, 2.0, 4.0]), np.full(3, 0.5))
    assert random_effects.variance_between(np.array([0.0, 2.0, 4.0]), np.full(3, 0.25)) == pytest.approx(3.75)
    assert found == pytest.approx((2, 2 - 4.302653 * (3.75 + 4 / 3) ** 0.5, 2 + 4.302653 * (3.75 + 4 / 3) ** 0.5))
    # Errors that explain the differences: weights 1, 1 and 4, and no variance between.
    found = random_effects.describe(np.array([0.0, 0.0, 0.5]), np.array([1.0, 1.0, 0.5]))
    assert found == pytest.approx((1 / 3, 1 / 3 - 4.302653 * (1 / 6) ** 0.5, 1 / 3 + 4.302653 * (1 / 6) ** 0.5))
    estimates, variances = np.array([0.6, 4.4, 3.6, 1.8, 0.3]), np.array([0.13, 0.6, 0.5, 0.3, 0.2]) ** 2
    weights = 1 / (variances + random_effects.variance_between(estimates, variances))
    mean = np.average(estimates, weights=weights)
    assert weights @ (estimates - mean) ** 2 == pytest.approx(4)
    assert random_effects.describe(np.array([0.0, 0.0, 1.0]), np.zeros(3)).mean == pytest.approx(1 / 3)
    assert random_effects.describe(np.zeros(3), np.zeros(3)).mean == 0
    low, high, levels = np.array([-1.96, -2.576]), np.array([1.96, 2.576]), np.array([0.95, 0.99])
    assert random_effects.standard_error(low, high, levels) == pytest.approx([1, 1], abs=1e-3)


@pytest.mark.parametrize(
    ("sides", "metric", "limits"),
    [
        ({"of": {}, "minus": {}}, "test_accuracy", (-100, 100)),
        ({"of": {}, "minus": 10}, "test_accuracy", (-10, 90)),
        ({"of": 10, "and": {}}, "dead_units", (-90, 10)),
        ({"of": {}, "minus": 0}, "gap_in_accuracy", (-100, 100)),
    ],
)
def test_no_prediction_interval_goes_beyond_what_is_possible(sides, metric, limits):
    estimand, (low, high) = replace(ESTIMAND, sides=sides, metric=metric), limits
    middle, far = (low + high) / 2, (high - low) / 2 - 1
    effects = [
        Effect(number, number - 1, number + 1, 0.95, "points") for number in (middle - far, middle, middle + far)
    ]
    assert random_effects.describe_effects(effects, estimand) == pytest.approx((middle, low, high))
    factors = [replace(effect, unit="log2") for effect in effects]
    assert random_effects.describe_effects(factors, estimand).high > high


def test_effects_without_a_finite_interval_are_left_out_and_counted():
    never = context("positive", {"policy": "fixed"}, estimate=np.inf, low=2.0, high=np.inf)
    sided = context("positive", {"policy": "fixed"}, estimate=4.0, low=2.0, high=np.inf)
    page = page_with({"letter": (never,), "satimage": (sided,), "adam": HERE})
    first = across_data.table(page, "small").splitlines()[4]
    assert "| 2.0\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}∞" in first
    assert first.endswith("| –, from 1 of 3 |")  # Adam is no data set
    assert random_effects.describe_effects([Effect(1, 0, 2, 0.95, "points")] * 2, ESTIMAND) is None


def test_studies_that_count_failures_are_not_averaged_with_those_that_measure():
    failures = context("positive", {"policy": "fixed"}, estimate=60.0, low=50.0, high=70.0, unit="points of failures")
    failures = replace(failures, counts_failures=True, smallest_effect=10.0)
    large = effect("positive", 99, policy="fixed")
    page = page_with({"letter": (failures,), "satimage": HERE, "pendigits": HERE, "adam": (large,)})
    head, _, row = across_data.table(page, "small").splitlines()[2:5]
    assert [re.findall("<text[^>]*>(.*?)<", part) for part in head.split("failed networks")] == [
        ["−1", "0", "1", "10", "100"],
        ["−10", "0", "10", "100"],  # ten points matter, and there are no 1,000
    ]
    _, drawing, shown_range, mean = row.split(" | ")
    assert "of failures" in drawing
    assert "of failures" not in shown_range
    assert mean.endswith("from 3 of 4 |")
    assert across_data.on_data(page, "small", policy="fixed") == [2.0] * 3
    moved = across_data.moves(page, "small", {"policy": "fixed"}, {"policy": "linear"})
    assert moved == pytest.approx({"least": 1.8, "median": 1.8, "most": 1.8})


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_line_for_each_setting_has_the_estimates_of_all_studies(language):
    published = {"letter": OPPOSITE, "satimage": HERE, "adam": HERE, "wide": HERE[:1]}
    page = page_with(published, language)
    *_, first, second, third, _, _ = across_data.table(page, "small").split("\n")
    assert [row.count("<path") for row in (first, second, third)] == [5, 4, 4]
    assert first.count("strip-here") == 1
    assert third.count("strip-open") == 4
    assert f"<title>{page.texts['letter']}: 0.2" in first
    assert all(row.count("strip-bar") == 1 for row in (first, second, third))
    names = (page.say["across here"], *(page.texts[name] for name in ("letter", "satimage", "adam")))
    rows = across_data.every_estimate(page, "small").splitlines()[4:9]
    assert [row.split(" | ")[0] for row in rows[:4]] == [f"| {name}" for name in names]
    assert rows[4].endswith("| – | – |")
    assert across_data.table(page_with({}, language), "small") == ""


def test_a_chapter_can_compare_settings_on_each_data_set():
    page = page_with({"letter": OPPOSITE, "adam": HERE})
    letter = page.texts["letter"]
    assert across_data.on_data(page, "small", policy="fixed") == [2.0, 0.2]
    assert across_data.on_data(page, "small", policy="sqrt") == across_data.on_data(page_with({}), "small") == []
    found = across_data.moves(page, "small", {"policy": "fixed"}, {"policy": "linear"})
    assert found == pytest.approx({"least": 1.8, "median": 3.0, "most": 4.2})
    assert across_data.moves(page, "small", {"policy": "fixed"}, {"policy": "sqrt"}) is None
    table = across_data.estimates_on_data(page, "small", {"policy": "linear"}, {"policy": "sqrt"})
    assert "| 4.4" not in table.splitlines()[4]
    assert letter in table.splitlines()[5]
    assert page.texts["adam"] not in table


def test_an_axis_is_linear_up_to_the_smallest_effect_and_logarithmic_beyond():
    axis = Axis.of([-3.0, 100.0, np.inf])
    assert axis.right == pytest.approx(3.3)
    assert axis.ticks == [-1, 0, 1, 10, 100]
    assert float(axis.percent(10)) - float(axis.percent(1)) == pytest.approx(
        float(axis.percent(1)) - float(axis.percent(0)), abs=0.11
    )
    assert (axis.percent(-1e9), axis.percent(np.inf)) == ("0.0", "100.0")
