"""Replications of a claim on its page: rows, sentences for every combination of verdicts, verdicts that moved."""

import itertools
import re
from dataclasses import replace

import pandas as pd
import pytest
from support.pages import CLAIMS, VERDICTS, context, sources_of, tiny_results, with_findings
from support.project import ROOT

from ontrial.judge.records import Conclusion, Context, Outcome, Verdict
from ontrial.judge.statistics import OUTCOMES
from ontrial.report.pages import assemble_pages, pictures
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Published
from ontrial.report.pages.studies import replications, robustness
from ontrial.report.summaries.replications import EFFECTS, agree, conditions, paired_effects

WORDS = ("supported", "refuted", "depends", "inconclusive")
SOURCES = {language: sources_of(tiny_results(), language) for language in ("en", "ko")}


def test_the_home_page_counts_verdicts_elsewhere():
    published = {"adam": "refuted", "letter": "supported", "satimage": "depends"}
    page = page_with(published)
    assert replications.tally(Page(page.sources, "index.md")) == (
        "[1 of these claims, tested again on other data and with other optimisers](evidence/index.md#replications): "
        "1 of 3 verdicts is as here, 1 the opposite."
    )
    assert "판정 3개 가운데 1개는" in replications.tally(page_with(published, language="ko"))
    assert replications.tally(page_with({})) == replications.summary(page_with({})) == ""


def page_with(published: dict[str, str], here: str = "supported", language: str = "en", test: str = "t") -> Page:
    """Return the page of a claim, with the verdicts of published studies on it, which made the test `test`."""
    contexts = (
        context("positive", {"policy": "fixed"}, n=20),
        context("below", {"policy": "linear"}, n=20),
        context("undecided", {"policy": "tuned"}, n=80),
    )
    small = replace(VERDICTS["small"], conclusion=Conclusion(here), test_hash="t")
    sources = with_findings(SOURCES[language], verdicts=VERDICTS | {"small": small})
    studies = {
        study: Published({"small": replace(small, conclusion=Conclusion(word), test_hash=test, contexts=contexts)})
        for study, word in published.items()
    }
    return Page(replace(sources, other_studies=studies), "evidence/small.md")


@pytest.mark.parametrize(
    ("here", "published", "text"),
    [
        ("supported", {}, ""),
        ("supported", {"full": "supported"}, ""),  # neither other data nor another optimiser
        ("supported", {"letter": "supported"}, "Holds on printed letters, too."),
        ("supported", {"letter": "supported", "satimage": "supported"}, "Holds on all 2 other data sets."),
        (
            "supported",
            {"adam": "supported", "fashion-mnist": "inconclusive", "letter": "supported"},
            "Holds on 1 of 2 other data sets, and with Adam. Inconclusive on Fashion-MNIST.",
        ),
        ("supported", {"adam": "supported", "momentum": "supported"}, "Holds with Adam and momentum."),
        (
            "supported",
            {"adam": "refuted", "letter": "refuted", "satimage": "refuted", "pendigits": "depends"},
            "Holds in no replication. Depends on the setting on pen strokes. "
            "Supported here, but refuted on printed letters and satellite pixels, and with Adam.",
        ),
        (
            "refuted",
            {"adam": "refuted", "letter": "supported"},
            "Holds on printed letters, too. The same verdict with Adam. "
            "Refuted here, but supported on printed letters.",
        ),
    ],
)
def test_the_sentences_say_where_a_claim_holds_and_what_contradicts(here, published, text):
    assert replications.note(page_with(published, here), "small") == text


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_combination_of_verdicts_has_sentences_that_name_each_other_verdict(language):
    for words in itertools.product((None, *WORDS), repeat=3):
        published = {study: word for study, word in zip(("letter", "satimage", "adam"), words, strict=True) if word}
        for here in WORDS:
            page = page_with(published, here, language)
            text = replications.note(page, "small")
            assert bool(text) == bool(published)
            assert "{" not in text
            for study, word in published.items():
                assert word == "supported" or page.texts[study] in text


YES, NO, MAYBE, OPEN = WORDS


@pytest.mark.parametrize(
    ("judged", "text"),
    [
        ({"A": (YES, YES, YES)}, "Every verdict is as here. Supported here and in every replication: A."),
        (
            {"A": (YES, YES, YES), "B": (NO, NO, NO), "C": (NO, NO, NO), "D": (MAYBE, MAYBE, OPEN)},
            "7 of 8 verdicts are as here, none the opposite. Supported here and in every replication: A. "
            "Refuted here and in every replication: B and C.",
        ),
        (
            {"A": (OPEN, OPEN, OPEN), "B": (YES, YES, NO)},
            "3 of 4 verdicts are as here, 1 the opposite. No claim is supported, or refuted, both here and in every "
            "replication. The opposite: B. Supported here, but refuted with Adam.",
        ),
        (
            {"A": (NO, YES, OPEN), "B": (MAYBE, YES, MAYBE)},
            "1 of 4 verdicts is as here, 1 the opposite. No claim is supported, or refuted, both here and in every "
            "replication. The opposite: A. Refuted here, but supported on printed letters.",
        ),
        (
            {"A": (NO, YES, YES), "B": (YES, NO, MAYBE)},
            "0 of 4 verdicts are as here, 3 the opposite. No claim is supported, or refuted, both here and in every "
            "replication. The opposite: A. Refuted here, but supported on printed letters, and with Adam. The "
            "opposite: B. Supported here, but refuted on printed letters.",
        ),
    ],
)
def test_the_summary_counts_verdicts_and_names_what_is_the_same_everywhere_and_what_is_the_opposite(judged, text):
    assert re.sub(r"\[(\w)\]\(../evidence/\1\.md\)", r"\1", replications.summary(page_of_claims(judged))) == text


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
    studies = {"letter": Published(letter), "adam": Published(adam)}
    return Page(replace(sources, other_studies=studies), "evidence/index.md")


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
    assert (row["claim"], row["context"], row["agreement"]) == ("one", "policy=fixed", "opposite")
    assert [row[name] for name in EFFECTS] == [2, 1.5, 2.5, -0.5, -1, 0]


def test_without_a_common_test_the_table_is_empty_and_has_its_columns():
    table = paired_effects({"one": verdict_from("1", 2.0, effect("below", 0))}, {})
    assert table.empty
    assert table[EFFECTS].dtypes.eq(float).all()


@pytest.mark.parametrize("outcome", [Outcome(word) for word in OUTCOMES])
@pytest.mark.parametrize("other", [Outcome(word) for word in OUTCOMES])
def test_two_outcomes_agree_if_both_support_the_claim_or_both_contradict_it(outcome, other):
    if "undecided" in (outcome, other):
        assert agree(outcome, other) == "open"
    else:
        assert (agree(outcome, other) == "same") == ((outcome == "positive") == (other == "positive"))


def effect(outcome: str, estimate: float, **settings: str) -> Context:
    return context(outcome, settings, estimate=estimate, low=estimate - 1, high=estimate + 1)


def verdict_from(test_hash: str | None, smallest_effect: float, *contexts: Context) -> Verdict:
    verdict = replace(VERDICTS["small"], smallest_effect=smallest_effect, contexts=contexts)
    return replace(verdict, test_hash=test_hash)


def test_replications_are_named_after_other_data_first_and_then_optimisers():
    assert list(conditions(["adam", "default", "fashion-mnist"])) == ["fashion_mnist", "adam"]


def test_each_data_set_and_optimiser_of_a_published_replication_has_a_meaning():
    published = [path.parent.name for path in (ROOT / "results/reference").glob("*/verdicts.json")]
    for name in conditions(published):
        assert f"meaning {name}" in SOURCES["en"].words


def test_figures_of_replications_are_shown_where_they_are_drawn():
    page = page_with({})
    assert not pictures.is_drawn(page, "on-mnist")
    sizes = {"on-mnist-en-light.svg": (461.0, 499.0), "on-mnist-en-light-wide.svg": (860.0, 499.0)}
    captions = {"on-mnist": dict.fromkeys(("title", "caption", "alt"), "Compare.")}
    drawn = Page(replace(page.sources, sizes=sizes, captions=captions), "mnist.md")
    assert pictures.is_drawn(drawn, "on-mnist")
    assert 'id="figure-on-mnist"' in pictures.figure(drawn, "on-mnist")


def test_a_study_that_made_another_test_is_no_replication():
    assert replications.note(page_with({"letter": "supported"}, test="other"), "small") == ""


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_of_a_claim_has_a_row_per_replication(language):
    page = page_with({"adam": "refuted", "letter": "supported"}, language=language)
    pages = assemble_pages.build_pages(page.sources)
    assert "{: #replications }" in pages["evidence/small.md"]
    rows = [row for row in pages["evidence/small.md"].splitlines() if "20–80" in row]
    assert [page.texts[study] in row for study, row in zip(("letter", "adam"), rows, strict=True)] == [True, True]
    assert all("| 1 | 1 | 1 |" in row for row in rows)
    assert page.texts["letter"] in pages["evidence/index.md"]
    for path in ("small", "index"):  # names of data sets and optimisers are explained where they are
        for study in ("adam", "letter"):
            assert f"{page.texts[study]}: {page.say[f'meaning {study}']}" in pages[f"evidence/{path}.md"]
    without = assemble_pages.build_pages(page_with({}, language=language).sources)
    assert all("#replications" not in text for text in without.values())


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_overview_has_short_names_signs_with_a_spoken_word_and_a_key_of_the_signs(language):
    page = page_of_claims({"A": (YES, NO, OPEN)}, language)
    table = replications.overview(page)
    (row,) = (line for line in table.splitlines() if "A.md" in line)
    assert row.startswith(f"| [{'A' if language == 'en' else '가'}](../evidence/A.md) |")
    signs = {YES: "✓", NO: "✗", OPEN: "?"}
    assert re.findall(r'aria-label="([^"]*)">(.)<', row) == [(page.say[word], sign) for word, sign in signs.items()]
    key = table.partition("{: .tally }")[0]
    assert [word for word in WORDS if page.say[word] in key] == [YES, NO, OPEN]


def test_names_without_a_meaning_are_not_explained():
    page, beginning = page_with({"titanic": "supported"}), "What the names mean"
    for table in (replications.replications_table(page, "small"), replications.overview(page)):
        assert page.texts["titanic"] in table
        assert beginning not in table
    explained = page_with({"adam": "supported", "titanic": "supported"})
    note = replications.overview(explained).partition(beginning)[2]
    assert explained.say["meaning adam"] in note
    assert page.texts["titanic"] not in note


def test_a_verdict_that_moved_elsewhere_is_named_on_the_page():
    page = page_with({}, here="supported")
    row = {"study": page.results.study.name, "claim": "small", "verdict_before": "supported"}
    table = pd.DataFrame(
        [
            row | {"circumstance": "baseline", "differs": "baseline", "verdict": "supported"},
            row | {"circumstance": "kernel-nehalem", "differs": "kernel", "verdict": "inconclusive"},
            row | {"circumstance": "numpy-2.0", "differs": "numpy", "verdict": "supported"},
            row | {"circumstance": "seeds", "differs": "seeds", "verdict": "refuted", "verdict_before": "depends"},
        ]
    )
    moved = Page(with_findings(page.sources, measurements={"robustness": table}), page.path)
    text = robustness.moved_note(moved, "small")
    assert "kernel: Nehalem: " in text
    assert "inconclusive" in text
    assert "NumPy" not in text
    assert "all seeds" not in text  # from another verdict than that of the page
    assert robustness.moved_note(page, "small") == ""
