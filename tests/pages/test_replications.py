"""Replications: which studies are some, how far they agree setting by setting, and what pages say about them."""

import itertools
import re
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from support.pages import CLAIMS, VERDICTS, build_pages, context, sources_of, tiny_results, with_findings

from ontrial.report.pages.claims import replications as repeated
from ontrial.report.pages.claims.replications import agree, count_agreements
from ontrial.report.pages.page import Page
from ontrial.report.summaries.replications import Condition, Published, agree_outcomes, conditions
from ontrial_book.chapters.pages import verdict_box
from ontrial_book.replications import pages as replications
from ontrial_book.replications import pages_agreement as elsewhere
from ontrial_judge.core.statistics import OUTCOMES, contradicts, supports
from ontrial_judge.core.verdicts import Conclusion, Context, Outcome, Verdict

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
        assert [each.name for each in repeated.replications(page, "small")] == [name]


def test_a_study_that_made_another_test_is_no_replication():
    assert repeated.note(page_with({"letter": HERE}, test="other"), "small") == ""


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("other", OUTCOMES)
def test_only_one_outcome_is_the_same_and_a_tie_is_not_a_certain_reversal(outcome, other):
    found = agree(effect(outcome, 1), effect(other, 1))
    if "undecided" in (outcome, other):
        assert found == ("undecided" if outcome is other else "open")
    else:
        excluded = {"negligible": {"reversed"}, "reversed": {"negligible"}}.get(outcome, set())
        against = contradicts(outcome) == contradicts(other) and other not in excluded
        assert found == ("same" if outcome is other else "compatible" if against else "different")


@pytest.mark.parametrize(("first", "second", "sign"), [
    ("positive", "positive", "same"), ("negligible", "reversed", "same"), ("undecided", "undecided", "undecided"),
    ("undecided", "positive", "open"), ("below", "positive", "opposite"), ("equal", "apart", "opposite"),
])  # fmt: skip
def test_an_answer_is_as_claimed_or_against_the_claim(first, second, sign):
    assert agree_outcomes(Outcome(first), Outcome(second)) == agree_outcomes(Outcome(second), Outcome(first)) == sign


def test_agreements_are_counted_by_the_settings_of_this_study_alone():
    here = verdict_from("t", 1.0, effect("positive", 2, policy="a"), effect("below", 0, policy="b"))
    there = verdict_from("t", 1.0, effect("below", 0, policy="a"), effect("positive", 9, policy="c"))
    assert count_agreements(here, there) == Counter(different=1, untried=1)


DECIDED = effect("positive", 2, policy="tuned")
OPPOSITE = (effect("below", 0.2, policy="fixed"), effect("positive", 4.4, policy="linear"), HERE[2])


@pytest.mark.parametrize(("published", "text"), [
    ({}, ""),
    ({"letter": HERE},
     "Tried again on other data: the same outcome in all 2 comparisons, 1 more undecided in both studies."),
    ({"wide": HERE[:2]}, "Tried again with other shapes: the same outcome in all 2 comparisons, 1 not tried there."),
    ({"wide": (*HERE[:2], DECIDED)},
     "Tried again with other shapes: the same outcome in 2 of 3 comparisons, open in 1."),
    ({"wide": ()}, ""),  # a claim without contexts
    ({"adam": HERE, "letter": HERE, "satimage": OPPOSITE},
     "Tried again on other data and with other optimisers: the same outcome in 4 of 6 comparisons, "
     "a different one in 2, 3 more undecided in both studies."),
])  # fmt: skip
def test_the_note_counts_settings(published, text):
    assert repeated.note(page_with(published), "small") == text


def test_opposite_verdicts_are_named():
    here, there = {"conclusion": YES}, {"adam": NO, "letter": NO, "satimage": MAYBE}
    page = page_with(dict.fromkeys(("adam", "letter", "satimage"), OPPOSITE), **here, **there)
    assert repeated.note(page, "small").endswith(
        "Supported here, but refuted or not seen on printed letters, and with Adam."
    )
    text = build_pages(page.sources)["evidence/small.md"]
    assert repeated.note(page, "small") in text


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_combination_of_answers_has_sentences(language):
    estimates = {"positive": 2.5, "reversed": -2.5, "below": -0.5, "undecided": 1.2}
    for outcomes in itertools.product(estimates, repeat=2):
        here, there = (effect(outcome, estimates[outcome], policy="fixed") for outcome in outcomes)
        page = page_with(dict.fromkeys(CELLS, (there,)), language, (here,))
        texts = [repeated.note(page, "small"), elsewhere.elsewhere(page, "small"), verdict_box(page, "small")]
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
def test_the_page_of_a_claim_says_in_one_line_what_came_out_elsewhere(language):
    page = page_with({"wide": HERE, "adam": OPPOSITE, "letter": HERE}, language)
    pages = build_pages(page.sources)
    assert f"{repeated.note(page, 'small')}\n  {{: #replications }}\n" in pages["evidence/small.md"]
    for study in ("adam", "letter"):  # the page on what changes the answers explains their names
        assert f"{page.texts[study]}: {page.say[f'meaning {study}']}" in pages["evidence/robustness.md"]
    without = build_pages(page_with({}, language).sources)
    assert all("#replications" not in page for path, page in without.items() if path.startswith("evidence/"))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_overview_counts_settings_and_marks_opposite_ones(language):
    page = page_with({"letter": OPPOSITE, "adam": HERE}, language)
    (row,) = (line for line in replications.overview(page).splitlines() if "small.md" in line)
    space = "\N{NO-BREAK SPACE}"
    assert "| 0 / 0 / **2** / 0 | 2 / 0 / 0 / 0 |".replace(" / ", f"{space}/{space}") in row
    assert page.say[MAYBE] in row
