"""The home page: a sentence on trial, the law, and ways to the claims."""

import itertools
import re
from dataclasses import replace
from html import unescape

import pandas as pd
import pytest
from support.pages import (
    CLAIMS,
    DOCS,
    STUDY,
    context,
    page_of,
    sources_of,
    tiny_results,
    verdict,
    with_docs,
    with_findings,
)
from support.project import ROOT, read_yaml

from ontrial.judge import policies
from ontrial.report.pages import citations, numbers
from ontrial.report.pages.page import Page
from ontrial.report.site.templates import render
from ontrial.report.summaries.finding_files import read_measurements
from ontrial.report.summaries.findings import Findings
from ontrial.study import configuration
from ontrial_book.chapters import selection
from ontrial_book.home import batch_rates, law, pages_batches, pages_law
from ontrial_judge.core import statistics
from ontrial_judge.core.statistics import Quantifier
from ontrial_judge.core.verdicts import Conclusion, Verdict

LANGUAGES = ("en", "ko")
LAW = read_measurements([str(path) for path in (ROOT / "results/reference/law").glob("*.json")])["law"]
ID = pages_batches.CLAIM


@pytest.fixture(scope="module")
def results() -> Findings:
    return tiny_results()


def judged(*outcomes: str) -> Verdict:
    """Return a verdict on the claim, with outcomes at own rates, for equal epochs and for equal updates."""
    found = [
        context(outcome, {"policy": "tuned", "budget": budget}, **ENDS[outcome])
        for outcome, budget in zip(outcomes, ("epochs", "updates"), strict=False)
    ]
    return verdict(ID, "depends", *found)


ENDS = {
    "positive": {"estimate": 2.0, "low": 1.4, "high": 2.6},
    "reversed": {"estimate": -2.0, "low": -2.6, "high": -1.4},
    "negligible": {"estimate": 0.1, "low": -0.2, "high": 0.4},
    "undecided": {"estimate": 0.7, "low": -0.2, "high": 1.6},
    "below": {"estimate": -1.0, "low": -1.6, "high": -0.4},
}


def page_with(results: Findings, own: Verdict | None = None, language: str = "en") -> Page:
    """Return a home page with a verdict on the claim."""
    own = own or judged("positive")
    sources = with_findings(sources_of(results, language), verdicts={ID: own}, claims={ID: CLAIMS["small"]})
    captions = read_yaml(f"docs/{language}/figures.yaml")
    return Page(with_docs(sources, captions=captions, pages={"batch-size.md": ""}), "index.md")


def panel(results: Findings, own: Verdict | None = None) -> dict:
    page = page_with(results, own)
    return pages_batches.panel(page, "epochs", pages_batches.grids(page)["epochs"])


def home(page: Page, language: str) -> str:
    text = (DOCS / language / "index.md").read_text(encoding="utf-8")
    return render(text, "index.md", page.names)


# The sentence on trial ------------------------------------------------------------------------------------------------


def test_the_bars_have_the_means_of_the_runs_and_sentences_their_difference(results):
    shown = panel(results)
    assert (shown["rates"], shown["own"]) == (["1/4", "1/2", "1"], [0, 2])
    states = shown["states"]
    assert states["1/4"]["shown"] == [[96.5, "96.5%"], [61.0, "61.0%"]]
    assert states["1/2"]["shown"][1] == [45.0, "45.0%"]  # one of two seeds has diverged, which counts as guessing
    assert states["1/4"]["said"] == "At 1/4, which suits 16, batches of 16 are 35.5 points ahead."
    assert (states["1"]["said"], states["1"]["box"]) == (
        "At 1, which suits 64, batches of 64 are 25.0 points ahead.",
        "64 leads by 25.0",
    )
    assert states["own"]["said"] == "Each at its own best rate, batches of 16 are 1.5 points ahead."
    assert [state["answer"] for state in states.values()] == ["true", "open", "false", "true"]
    assert shown["strips"] == [[1, 0.34, 0.19], [0.09, 0, 0.87]]  # ln(50/e)/ln(50/3.5), of errors 20, 30, …
    assert shown["spent"] == ["1 updates", "1 updates"]  # of the tables
    assert shown["equal"] == ["same images (16), same rate", "same images (16), own rates"]


def test_a_batch_size_that_fails_says_how(results):
    broken = results.runs["test_accuracy"].where(
        (results.runs["batch_size"] == 64) | (results.runs["learning_rate"] < 1), 0.1
    )
    state = panel(replace(results, runs=results.runs.assign(test_accuracy=broken)))["states"]["1"]
    assert state["said"] == "At 1, which suits 64, all 2 networks with batches of 16 break down."
    assert state["box"] == "16 breaks down"
    accuracies = results.runs["test_accuracy"].where(results.runs["learning_rate"] < 1, 0.1)
    fast = panel(replace(results, runs=results.runs.assign(test_accuracy=accuracies)))["states"]["1"]
    assert (fast["answer"], fast["said"]) == ("neither", "At 1, which suits 64, both only guess.")
    low = results.runs["test_accuracy"].where(
        (results.runs["batch_size"] == 16) | (results.runs["learning_rate"] > 0.3), 0.2
    )
    slow = panel(replace(results, runs=results.runs.assign(test_accuracy=low)))["states"]["1/4"]
    assert slow["said"].endswith("batches of 64 have hardly begun to learn.")


def grid_of(small: list[float], large: list[float]) -> batch_rates.Grid:
    """Return a grid of two batch sizes at one rate, with the accuracies of seeds in per cent."""
    by_seed = pd.DataFrame({16: small, 64: large})
    means = pd.DataFrame({"mean": by_seed.mean()}).rename_axis("batch_size")
    fixed = pd.concat({1.0: means}, names=["learning_rate"])
    return batch_rates.Grid(fixed, means, guessed=10.0, by_seed={1.0: by_seed, None: by_seed})


@pytest.mark.parametrize(
    ("ahead", "answer"),
    [
        ([1.2, 1.4, 1.6], "open"),  # 0.9 to 1.9
        ([1.3, 1.4, 1.5], "true"),
        ([-1.3, -1.4, -1.5], "false"),
        ([0.4, 0.5, 0.6], "tie"),
        ([0.4, 0.8, 0.9], "open"),
    ],
)
def test_pairs_of_networks_answer_by_the_interval_of_their_difference(ahead, answer):
    grid = grid_of([90 + lead for lead in ahead], [90.0] * len(ahead))
    assert pages_batches.answer_to(grid, 1.0, [16, 64]) == answer
    assert pages_batches.answer_to(grid, None, [16, 64]) == answer


@pytest.mark.parametrize(
    ("outcome", "answer"), [*pages_batches.ANSWER_TO.items(), ("below", "open"), ("undecided", "open")]
)
def test_each_at_its_own_rate_the_verdict_answers_and_no_tie_has_a_winner(results, outcome, answer):
    own = panel(results, judged(outcome))["states"]["own"]
    assert own["answer"] == answer
    if answer in ("tie", "open"):
        assert "ahead" not in own["said"] + own["box"]


def test_after_a_guess_the_page_says_on_what_the_answer_depends(results):
    page, shown = page_with(results, judged("negligible")), panel(results, judged("negligible"))
    assert pages_batches.depends(page, shown) == (
        "It depends on the learning rate: at 1/4, 16 leads by 35.5; at 1/2, too close to call; "
        "each at its own best rate, under 1 point apart."
    )
    alike = {key: state | {"answer": "true"} for key, state in shown["states"].items()}
    assert pages_batches.depends(page, shown | {"states": alike}) == ""
    assert pages_batches.depends(page, shown | {"own": [2, 2]}) == ""  # no rate is larger
    for conclusion, said in (("depends", shown["states"]["1/4"]["box"]), ("refuted", 'data-depends=""')):
        html = str(pages_batches.batches(page_with(results, replace(judged("negligible"), conclusion=conclusion))))
        assert said in html[html.index("data-depends") :].partition("data-off")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_boxes_have_the_answer_of_their_state_and_are_counted(results, language):
    page = page_with(results, judged("negligible"), language)
    panels = [pages_batches.panel(page, budget, grid) for budget, grid in pages_batches.grids(page).items()]
    cells = [cell for row in pages_batches.boxes(page, panels) for cell in row["cells"]]
    assert [(key, state["answer"]) for key, state in cells] == [("1/4", "true"), ("1", "false"), ("own", "tie")]
    counted = {"en": "1 true, 1 false, 1 tie", "ko": "참 1, 거짓 1, 비김 1"}[language]
    assert pages_batches.counts(page, panels) == counted
    html = str(pages_batches.batches(page))
    assert re.findall(r'<button type="button" class="(\w+)"', html) == ["true", "false", "tie"]
    assert counted in html


def test_a_study_that_does_not_judge_the_sentence_has_a_plain_home_page(results):
    study = configuration.parse(STUDY.replace("batch-size:", "other:"), "tiny.yaml")
    records = results.records.assign(experiment="other")
    other = Findings(study, records[records["updates"] == 1], records)
    for page in (page_of(other), page_of(results)):
        assert pages_batches.batches(page) == ""
        text = home(page, "en")
        assert "# 2 claims about neural networks on trial" in text
        assert "trial-home" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_and_previews_say_what_the_page_says(results, language):
    text = home(page_with(results, language=language), language)
    heading, headline = (re.search(rf"^{start} (.*)$", text, re.MULTILINE)[1] for start in ("#", "headline:"))
    assert headline.startswith(heading)
    assert f"\npreview: batch-rate-surface-{language}\n" in text
    assert f"\npreview: count-images-{language}\n" in home(of_default(language), language)


def test_cells_with_more_seeds_have_the_same_numbers_everywhere(results):
    size = results.records["batch_size"] == 16
    more = results.records[size].assign(seed=lambda rows: rows["seed"] + 2)
    more["test_accuracy"] -= 0.2
    records = pd.concat([results.records, more], ignore_index=True)
    both = Findings(results.study, records[records["updates"] == 1], records)
    page = page_of(both)
    assert [state["shown"][0][1] for state in panel(both)["states"].values()] == ["86.5%", "70.0%", "60.0%", "86.5%"]
    assert numbers.seeds(page, "batch-size") == "2\xa0to\xa04"
    assert numbers.value(page, "test_accuracy", "batch-size", batch_size=16) == pytest.approx(86.5)
    assert numbers.accuracy(page, "batch-size", batch_size=16, learning_rate=0.5) == "70.0%"
    assert numbers.accuracy(page, "batch-size", batch_size=64, policy="fixed_16") == "61.0%"  # of the seeds of both
    assert selection.two_batches(both).loc["tuned", 16] == pytest.approx(0.865)
    tuned = policies.tuned_accuracies(both)
    assert (tuned["seeds"].tolist(), tuned["mean"][0]) == ([4, 2], pytest.approx(86.5))


# The law --------------------------------------------------------------------------------------------------------------


def of_default(language: str = "en", conclusion: str = "supported") -> Page:
    """Return the home page of the study that others repeat, with the study on the law."""
    second = STUDY[STUDY.index("  batch-size:") :].replace("batch-size:", "batch-size-updates:")
    text = STUDY.replace("study: tiny", "study: default") + second.replace("epochs: 2", "updates: 36")
    study, tiny = configuration.parse(text, "tiny.yaml"), tiny_results()
    columns = {cell.batch_size: cell.columns for cell in study.cells.values() if cell.experiment != "batch-size"}
    twins = tiny.records.assign(experiment="batch-size-updates", budget_updates=36)
    for name in columns[16]:
        twins[name] = twins["batch_size"].map({size: of_cell[name] for size, of_cell in columns.items()})
    both = pd.concat([tiny.records, twins[tiny.records.columns]], ignore_index=True)
    results = Findings(study, both[both["updates"] == 1], both)
    page = page_with(results, judged("negligible", "negligible"), language)
    verdicts = {id: replace(each, conclusion=Conclusion(conclusion)) for id, each in LAW.findings.verdicts.items()}
    measured = {"law": LAW._replace(findings=replace(LAW.findings, verdicts=verdicts))}
    drawn = {f"count-images-{language}-light.svg": (461.0, 300.0)}
    return Page(replace(with_findings(page.sources, measurements=measured), sizes=drawn), "index.md")


CONCLUSIONS = {
    "supported": "led, or tied within 1 point.",
    "refuted": "fall 1 point behind somewhere.",
    "inconclusive": "it stays open whether",
}


@pytest.mark.parametrize("conclusion", CONCLUSIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_law_says_what_its_verdicts_say(conclusion, language):
    text = str(pages_law.law(of_default(language, conclusion)))
    heading, sentence = text.split("\n\n")[:2]
    if language == "en":
        assert heading.count(CONCLUSIONS[conclusion]) == 2
        assert sentence.startswith("We predicted both before training. A third prediction")
        assert "<summary>All 40 comparisons</summary>" in text


def test_each_part_of_the_law_says_what_its_own_verdict_says_and_no_more():
    """A claim about all settings can have no other conclusion than these three."""
    outcomes = itertools.product(statistics.OUTCOMES_OF["at_most"], repeat=2)
    assert {statistics.decide([*two], [*two], Quantifier.ALL) for two in outcomes} == {*CONCLUSIONS}
    docket = {claim["id"]: claim for claim in read_yaml("config/law-claims.yaml")["claims"]}
    ids = (*law.CLAIMS.values(), law.SAME)
    assert {docket[id]["quantifier"] for id in ids} == {"all"}
    words = {
        "supported": "led, or tied|prediction held",
        "refuted": "somewhere|prediction failed",
        "inconclusive": "stays open",
    }
    for language, conclusions in itertools.product(LANGUAGES, itertools.product(words, repeat=3)):
        page = Page(sources_of(tiny_results(), language), "index.md")
        judged = {
            id: verdict(id, conclusion, context("within"), smallest_effect=smallest)
            for id, conclusion, smallest in zip(ids, conclusions, (1.0, 1.0, 0.5), strict=True)
        }
        parts = pages_law.said(page, judged)
        for part, conclusion, margin in zip(parts, conclusions, ("1", "1", "0.5"), strict=True):
            assert re.search(rf"(?<![\d.]){margin}(?:퍼센트| point)", part), (part, margin)
            if language == "en":
                assert [each for each, said in words.items() if re.search(said, part)] == [conclusion]


def test_other_studies_have_no_law(results):
    assert pages_law.law(page_with(results)) == ""


# Words, and the way to the rest ---------------------------------------------------------------------------------------


MOST_WORDS = (250, 450)  # before the doors, and in all
MOST_TERMS = 12  # technical ones
TECHNICAL = {  # beside those of the glossary
    "en": "Adam, dropout, Glorot, likelihood, MLP, momentum, MSE, NLL, optimiser, perceptron, SGD, squared error, unit",
    "ko": "Adam, MLP, MSE, NLL, ReLU, SGD, sigmoid, tanh, 가능도, 모멘텀, 제곱오차, 최적화, 퍼셉트론",
}


def visible_text(language: str) -> str:
    """Return what the home page of the default study shows, with one of its sentences on the two bars."""
    page = home(of_default(language), language)
    page = re.sub(r"<script.*?</script>|\{:.*?\}|\]\(.*?\)|^---.*?^---", "", page, flags=re.DOTALL | re.MULTILINE)
    return unescape(re.sub(r"<[^>]*>", " ", page))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_beginner_meets_few_words_and_few_technical_ones(language):
    text = visible_text(language)
    doors = text.index({"en": "[Guess first", "ko": "[먼저 예상하기"}[language])
    before, in_all = (len(re.findall(r"\w*[^\W\d]\w*", part)) for part in (text[:doors], text))
    assert 150 <= before <= MOST_WORDS[0]
    assert in_all <= MOST_WORDS[1]
    glossary = [entry["term"][language] for entry in read_yaml("docs/glossary.yaml") if not entry.get("everyday")]
    terms = {term.split(" (")[0] for term in glossary} | set(TECHNICAL[language].split(", "))
    terms -= {"batch size", "배치 크기"}  # whoever knows a batch knows its size
    met = []
    for term in sorted(terms, key=len, reverse=True):  # a hidden layer is no layer
        text, times = re.subn(rf"(?<![A-Za-z]){re.escape(term)}s?(?![A-Za-z])", "", text, flags=re.IGNORECASE)
        met += [term] if times else []
    assert 3 <= len(met) <= MOST_TERMS, met


# The foot ------------------------------------------------------------------------------------------------------------


def test_the_byline_has_the_authors_of_the_citation_file_and_what_is_known(results):
    cited = read_yaml("CITATION.cff")
    (author,) = cited["authors"]
    page = page_of(results)
    assert citations.byline(page) == f"By {author['name']}"
    known = {"packages": {"ontrial": "1.2.3"}, "commit_date": "2026-01-31"}
    dated = Page(replace(page.sources, provenance=known), "index.md")
    assert citations.byline(dated) == f"By {author['name']} · version 1.2.3 · 2026-01-31"
    assert f'byline: "{citations.byline(page)}"' in home(page, "en")
