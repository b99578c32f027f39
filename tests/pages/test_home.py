"""The home page: one learning rate for all batch sizes, cases, and ways to the claims."""

import json
import re
from dataclasses import replace
from html import unescape

import pandas as pd
import pytest
from support.pages import (
    CLAIMS,
    DOCS,
    STUDY,
    VERDICTS,
    WORDS,
    context,
    page_of,
    page_with_studies,
    sources_of,
    tiny_results,
    verdict,
    with_findings,
)
from support.project import ROOT, read_yaml

from ontrial.book.chapters import selection
from ontrial.book.home import batch_rates
from ontrial.book.home import pages_cases as cases
from ontrial.book.home import pages_shared_rate as shared_rate
from ontrial.judge import policies, published
from ontrial.judge.records import Kind, Verdict
from ontrial.report.pages import citations, numbers, pictures
from ontrial.report.pages.claims import claim_lists
from ontrial.report.pages.page import Page
from ontrial.report.site.templates import render
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.replications import Published
from ontrial.study import configuration

LANGUAGES = ("en", "ko")


@pytest.fixture(scope="module")
def results() -> Findings:
    return tiny_results()


def panel(results: Findings, language: str = "en") -> dict:
    page = page_of(results, language)
    return shared_rate.panel(page, "sgd", "epochs", batch_rates.grids(page.results)["epochs"])


def kinds(state: dict) -> list[str]:
    return [bar["kind"] for bar in state["bars"]]


def home(results: Findings, language: str) -> str:
    text = (DOCS / language / "index.md").read_text(encoding="utf-8")
    return render(text, "index.md", page_of(results, language).names)


def test_the_map_and_the_bars_have_the_means_of_the_runs(results):
    shown = panel(results)
    assert shown["pair"] == ["16", "64"]
    assert (shown["sizes"], shown["rates"]) == (["16", "64"], ["1/4", "1/2", "1"])
    assert [[cell["text"] for cell in row] for row in shown["rows"]] == [
        ["96.5%", "80.0%", "70.0%"],
        ["61.0%", "45.0%", "95.0%"],  # at 1/2, one of two seeds has diverged, which counts as guessing
    ]
    bars = shown["states"]["1/4"]["bars"]
    assert [(bar["text"], bar["length"]) for bar in bars] == [("96.5%", 96.5), ("61.0%", 61)]
    assert [(bar["low"], bar["high"]) for bar in bars] == [(95.5, 97.5), (60, 62)]  # of the seeds
    assert shown["seeds"] == "2"
    assert (
        shown["spent"] == "To see the same images, batches of 16 take 1 steps, batches of 64 take 1."
    )  # of the tables


def test_cells_of_the_map_have_rings_at_own_rates_and_deeper_colours_for_smaller_errors(results):
    shown = panel(results)
    assert [[cell["kind"] for cell in row] for row in shown["rows"]] == [["own", "", ""], ["", "slow", "own"]]
    own = shown["states"][shared_rate.OWN]
    assert [bar["text"] for bar in own["bars"]] == ["96.5%", "95.0%"]
    assert kinds(own) == ["wins", ""]  # more than a point apart
    said = "each at the rate it chose: batches of 16 beat 64, 96.5% to 95.0%."
    assert (own["answer"], own["said"]) == ("true", said)
    depths = [[cell["depth"] for cell in row] for row in panel(results)["rows"]]
    assert depths == [[1, 0.34, 0.19], [0.09, 0.06, 0.87]]  # ln(50/e)/ln(50/3.5), of errors 20, 30, …, at least 0.06


def test_the_answer_names_the_sizes_that_it_compares(results):
    states = panel(results)["states"]
    assert [kinds(states[rate]) for rate in ("1/4", "1/2", "1")] == [["wins", ""], ["wins", "fails slow"], ["", "wins"]]
    assert [states[rate]["answer"] for rate in ("1/4", "1/2", "1")] == ["true", "open", "false"]
    assert states["1"]["said"] == "at a learning rate of 1: batches of 64 beat 16, 95.0% to 70.0%."
    closer = replace(results, runs=results.runs.assign(test_accuracy=results.runs["test_accuracy"].clip(upper=0.955)))
    own = panel(closer)["states"][shared_rate.OWN]
    assert kinds(own) == ["wins", "wins"]
    said = "each at the rate it chose: batches of 16 get 95.5%, 64 get 94.8%."
    assert (own["answer"], own["said"]) == ("open", said)
    assert own["more"].startswith("The least lead that counts, 1 point, is neither reached nor ruled out.")
    assert "Lead of 16: 0.7 points (95% interval −8.8 to 10.3, 2 pairs)." in own["more"]  # as shown, not 0.75
    assert own["more"].endswith("Each network chose its rate on other images.")


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
    assert shared_rate.answer_to(grid, 1.0, [16, 64]) == answer
    assert shared_rate.answer_to(grid, None, [16, 64]) == answer


def test_without_pairs_nothing_is_judged_and_networks_have_ranges(results):
    page = page_of(results)
    grid = batch_rates.grids(page.results)["epochs"]._replace(by_seed={})
    shown = shared_rate.panel(page, "sgd", "epochs", grid)
    assert {state["answer"] for state in shown["states"].values()} == {"unjudged"}
    assert {each["words"] for each in shown["outcomes"]} == {"not judged"}
    state = shown["states"]["1/4"]
    assert state["said"] == "at a learning rate of 1/4: batches of 16 get 96.5%, 64 get 61.0%."
    assert "only means and ranges are published. 2 networks each: 96% to 98% (16), " in state["more"]


OUTCOMES = {"positive": "true", "negligible": "tie", "reversed": "false", "below": "open", "undecided": "open"}


def judged(outcome: str, **changes) -> Verdict:
    found = context(outcome, {"policy": "tuned", "budget": "epochs"}, estimate=1.06, low=0.81, high=1.5)
    return replace(VERDICTS["small"], contexts=(found,), **{"test_hash": "t"} | changes)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_at_its_own_rate_the_verdict_answers_here_and_for_other_optimisers(results, outcome):
    page, id = page_with_studies(results, adam={"optimiser": "adam"}), shared_rate.CLAIM
    sources = with_findings(page.sources, verdicts={id: judged("positive")}, claims={id: CLAIMS["small"]})
    for test, answers in (("t", ["true", OUTCOMES[outcome]]), ("another", ["true", "unjudged"])):
        published = sources.other_studies["adam"]._replace(verdicts={id: judged(outcome, test_hash=test)})
        of_both = Page(replace(sources, other_studies={"adam": published}), "index.md")
        grids = shared_rate.grids(of_both).items()
        shown = [shared_rate.panel(of_both, method, "epochs", each["epochs"]) for method, each in grids]
        assert [each["states"][shared_rate.OWN]["answer"] for each in shown] == answers
    more = shown[0]["states"][shared_rate.OWN]["more"]
    assert "Lead of 16 in the verdict: 1.1\xa0points (0.8\xa0to\xa01.5, 20 pairs)." in more


def test_every_answer_of_the_map_is_what_its_interval_says(results):
    shown = panel(results)
    stamps = {place: shown["states"][place] for place in shown["shown"]}
    for place, each in zip(stamps, shown["outcomes"], strict=True):
        assert each["answer"] == stamps[place]["answer"]
    for state in shown["states"].values():
        low, high = (
            float(end.replace("−", "-")) for end in re.search(r"interval (\S+) to (\S+),", state["more"]).groups()
        )
        is_certain = state["answer"] in ("true", "false")
        assert is_certain == (low >= shared_rate.CLOSE or high <= -shared_rate.CLOSE)
        winner = re.search(r"Lead of (\d+)", state["more"])[1]
        assert kinds(state).count("wins") <= (1 if is_certain else 2)
        assert not is_certain or (state["answer"] == "true") == (winner == "16")


@pytest.mark.parametrize(
    ("epochs", "updates", "changes"),
    [
        ({0.25: "true", 1.0: "false"}, {0.25: "tie", 1.0: "tie"}, True),
        ({0.25: "true", 1.0: "false"}, {0.25: "true", 1.0: "false"}, False),
        ({0.25: "true", 1.0: "false"}, {0.25: "open", 1.0: "unjudged"}, False),
        ({0.25: "true", 1.0: "tie"}, {0.25: "tie", 1.0: "tie"}, False),
    ],
)
def test_the_title_needs_an_answer_that_changes_with_the_rate_and_with_what_is_held_equal(
    results, monkeypatch, epochs, updates, changes
):
    page = page_of(results)
    grid = batch_rates.grids(page.results)["epochs"]
    both = {"epochs": grid, "updates": grid._replace(guessed=0.0)}
    monkeypatch.setattr(shared_rate, "grids", lambda _: {"sgd": both})
    answers = {10.0: epochs, 0.0: updates}
    monkeypatch.setattr(shared_rate, "answer_to", lambda grid, rate, _: answers[grid.guessed].get(rate, "open"))
    assert shared_rate.answer_changes(page) == changes


def test_cells_with_more_seeds_have_the_same_numbers_everywhere(results):
    size = results.records["batch_size"] == 16
    more = results.records[size].assign(seed=lambda rows: rows["seed"] + 2)
    more["test_accuracy"] -= 0.2
    records = pd.concat([results.records, more], ignore_index=True)
    both = Findings(results.study, records[records["updates"] == 1], records)
    page, shown = page_of(both), panel(both)
    assert [cell["text"] for cell in shown["rows"][0]] == ["86.5%", "70.0%", "60.0%"]
    assert shown["seeds"] == numbers.seeds(page, "batch-size") == "2\xa0to\xa04"
    assert numbers.value(page, "test_accuracy", "batch-size", batch_size=16) == pytest.approx(86.5)
    assert numbers.accuracy(page, "batch-size", batch_size=16, learning_rate=0.5) == "70.0%"
    assert numbers.accuracy(page, "batch-size", batch_size=64, policy="fixed_16") == "61.0%"  # of the seeds of both
    assert selection.two_batches(both).loc["tuned", 16] == pytest.approx(0.865)
    tuned = policies.tuned_accuracies(both)
    assert (tuned["seeds"].tolist(), tuned["mean"][0]) == ([4, 2], pytest.approx(86.5))


def test_a_panel_says_who_wins_at_either_rate_and_with_each_at_its_own(results):
    outcomes = panel(results)["outcomes"]
    assert [(each["place"], each["answer"], each["words"]) for each in outcomes] == [
        ("at 1/4, which suits 16:", "true", "16 wins by 35.5 points"),
        ("at 1, which suits 64:", "false", "64 wins by 25.0 points"),
        ("each at the rate it chose:", "true", "16 wins by 1.5 points"),
    ]


@pytest.mark.parametrize("accuracy", [99, 10])
def test_a_batch_size_that_the_claim_does_not_name_does_not_count(results, accuracy):
    page = Page(with_findings(sources_of(results), claims={shared_rate.CLAIM: CLAIMS["small"]}), "index.md")
    grid = batch_rates.grids(page.results)["epochs"]
    rows = pd.concat([grid.tuned.iloc[:1].assign(mean=accuracy).rename({16: 4}), grid.tuned])
    wider = grid._replace(tuned=rows)
    assert shared_rate.compared(page, wider) == [16, 64]
    assert shared_rate.compare(page, wider, None).answer == "true"
    assert [bar["kind"] for bar in shared_rate.bars_of(page, wider, None)] == ["", "wins", ""]


def test_bars_say_how_batch_sizes_fail(results):
    """Less than half-way from guessing, 10%, to the best, 96.5%, is too slow below the own rate, and too fast above."""
    states = panel(results)["states"]
    assert [bar["note"] for bar in states["1/2"]["bars"]] == ["", ""]  # the best network of 64 learns
    accuracies = results.runs["test_accuracy"].where(results.runs["learning_rate"] < 1, 0.1)
    fast = panel(replace(results, runs=results.runs.assign(test_accuracy=accuracies)))
    assert [bar["note"] for bar in fast["states"]["1"]["bars"]] == ["too fast", "too slow"]
    assert fast["states"]["1"]["answer"] == "neither"
    assert fast["states"]["1"]["said"] == "at a learning rate of 1: batches of 16 and 64."
    assert fast["rows"][0][-1]["kind"] == "fast"


@pytest.mark.parametrize(("accuracy", "depth"), [(1.0, 1.0), (0.1, shared_rate.FAINTEST)])
def test_networks_without_an_error_and_those_that_all_guess_have_colours(results, accuracy, depth):
    rows = panel(replace(results, runs=results.runs.assign(test_accuracy=accuracy)))["rows"]
    assert max(cell["depth"] for row in rows for cell in row) == depth


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_the_states_as_data_and_some_of_them_as_bars(results, language):
    html = str(shared_rate.shared_rate(page_of(results, language)))
    data = json.loads(re.search(r'<script id="rates-data" type="application/json">(.*?)</script>', html)[1])
    (states,) = (each["states"] for each in data)
    assert list(states) == ["1/4", "1/2", "1", "own"]
    heads = re.findall(r"<th scope=.col.><b>[^<]+</b> <span>(.*?)</span>", html)
    assert heads == [states[rate]["name"] for rate in ("1/4", "1", "own")]  # at the rates of 16 and 64, and own
    assert (
        f'<b class="true">{WORDS["pages"]["home answer true"][language]}</b> <span>{states["own"]["said"]}</span>'
        in html
    )
    assert "fieldset" not in html  # there is nothing to choose


def test_a_study_that_also_holds_updates_equal_has_a_panel_for_each(results):
    text = STUDY + STUDY[STUDY.index("  batch-size:") :].replace("batch-size:", "batch-size-updates:").replace(
        "epochs: 2", "updates: 36"
    )
    study = configuration.parse(text, "tiny.yaml")
    columns = {cell.batch_size: cell.columns for cell in study.cells.values() if cell.experiment != "batch-size"}
    records = results.records
    twins = records.assign(experiment="batch-size-updates", budget_updates=36)
    for name in next(iter(columns.values())):
        twins[name] = twins["batch_size"].map({size: of_cell[name] for size, of_cell in columns.items()})
    both = pd.concat([records, twins[records.columns]], ignore_index=True)
    html = str(shared_rate.shared_rate(page_of(Findings(study, both[both["updates"] == 1], both))))
    assert re.findall(r'name="equal" value="(\w+)"', html) == ["epochs", "updates"]
    assert "images, each seen 2 times" in html
    assert "steps, 36 each" in html


def test_published_studies_of_other_optimisers_have_panels_of_their_own(results):
    page = page_with_studies(results, adam={"optimiser": "adam"}, wide={"hidden": "128"})
    assert [list(grids) for grids in shared_rate.grids(page).values()] == [["epochs"], ["epochs"]]
    html = str(shared_rate.shared_rate(page))
    assert re.findall(r'name="with" value="(\w+)"', html) == ["sgd", "adam"]
    alone = page_with_studies(results, wide={"hidden": "128"})
    assert list(shared_rate.grids(alone)) == ["sgd"]
    assert 'name="with"' not in str(shared_rate.shared_rate(alone))
    study = Published({}, page.sources.other_studies["adam"].tuned)  # published before there were such tables
    older = Page(replace(page.sources, other_studies={"adam": study}), "index.md")
    assert list(shared_rate.grids(older)) == ["sgd"]


def test_published_rates_are_exact(results):
    table = published.read_table(ROOT / "results/reference/adam/tables/rates.csv")
    grids = batch_rates.grids_of(table)
    assert list(grids) == ["epochs", "updates"]
    for grid in grids.values():
        assert grid.rates == [2.0**power for power in range(-15, 0)]
        assert list(grid.own.index) == [1, 16, 256]
        assert set(grid.own) <= set(grid.rates)


def test_a_study_without_the_map_has_a_plain_home_page(results):
    study = configuration.parse(STUDY.replace("batch-size:", "other:"), "tiny.yaml")
    records = results.records.assign(experiment="other")
    other = Findings(study, records[records["updates"] == 1], records)
    assert shared_rate.shared_rate(page_of(other)) == ""
    assert "# Theory on Trial" in home(other, "en")
    assert "rates-data" not in home(other, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_shows_the_map_and_names_its_preview(results, language):
    text = home(results, language)
    assert text.startswith("---\ntitle: ")
    assert f"\npreview: batch-rate-surface-{language}\n" in text
    assert "rates-data" in text


MOST = 12  # technical words on the home page
TECHNICAL = {  # beside those of the glossary
    "en": "Adam, dropout, Glorot, likelihood, MLP, momentum, MSE, NLL, optimiser, perceptron, SGD, squared error, unit",
    "ko": "Adam, MLP, MSE, NLL, ReLU, SGD, sigmoid, tanh, 가능도, 모멘텀, 제곱오차, 최적화, 퍼셉트론",
}
LATER = ("case", "test", "same", "softmax+mse", "identity+mse")  # first words of texts that a guess or a tap opens


def visible_text(language: str) -> str:
    """Return what the home page may show before anything is opened, in all its states and whatever the results."""
    page = (DOCS / language / "index.md").read_text(encoding="utf-8")
    page = re.sub(r"\[% else -%\]\n## .*?\[% endif", "", page, flags=re.DOTALL)  # for authors of studies without claims
    prose = re.sub(r"<details.*?</details>|\[%.*?%\]|\[\[.*?\]\]|\]\(.*?\)|\{.*?\}", "", page, flags=re.DOTALL)
    words = {term: text[language] for term, text in WORDS["pages"].items() if term.startswith("home ")}
    said = [text for term, text in words.items() if term.split()[1] not in LATER]
    film = read_yaml("config/film.yaml")["films"][0]
    captions = read_yaml(f"docs/{language}/figures.yaml")
    figures = [captions["valley"]]
    titles = [text for figure in figures for part, text in figure.items() if part.startswith("title")]
    return "\n".join([prose, *said, film["title"][language], film["reason"][language], *titles])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_beginner_meets_few_technical_words(language):
    glossary = [entry["term"][language] for entry in read_yaml("docs/glossary.yaml") if not entry.get("everyday")]
    terms = {term.split(" (")[0] for term in glossary} | set(TECHNICAL[language].split(", "))
    terms -= {"batch size", "배치 크기"}  # whoever knows a batch knows its size
    text, met = visible_text(language), []
    for term in sorted(terms, key=len, reverse=True):  # a hidden layer is no layer
        text, times = re.subn(rf"(?<![A-Za-z]){re.escape(term)}s?(?![A-Za-z])", "", text, flags=re.IGNORECASE)
        met += [term] if times else []
    assert 8 <= len(met) <= MOST, met


# Cases ----------------------------------------------------------------------------------------------------------------


def test_the_longest_bar_is_the_largest_finite_number():
    bars = cases.lengths([("a", "1", 1.0), ("b", "4", 4.0), ("c", "∞", float("inf"))])
    assert [bar.share for bar in bars] == [25, 100, 100]


def powers_of_two(results: Findings, *estimates: float) -> Page:
    id = "batch-powers-of-two"
    contexts = [
        context("negligible", {"near": 32, "offset": offset}, estimate=estimate, unit="log2")
        for offset, estimate in zip((-1, 1), estimates, strict=True)
    ]
    judged = verdict(id, "refuted", *contexts, kind=Kind.TIMED, unit="log2", smallest_effect=0.32)
    claims = CLAIMS | {id: replace(CLAIMS["small"], id=id, kind=Kind.TIMED)}
    return Page(with_findings(sources_of(results), verdicts={id: judged}, claims=claims), "index.md")


def test_a_case_shows_its_numbers_knows_its_answer_and_leads_to_the_evidence(results):
    html = unescape(str(cases.cases(powers_of_two(results, 0.0, -1.0))))
    assert re.findall(r'--share: ([\d.]+)"></span> (\d+%)', html) == [
        ("100.0", "100%"),
        ("100.0", "100%"),
        ("50.0", "50%"),
    ]
    assert 'data-claim="batch-powers-of-two" data-verdict="refuted"' in html
    assert "A difference counts from a\xa0factor\xa0of\xa01.248 on." in html
    assert 'href="evidence/batch-powers-of-two.html"' in html


def test_cases_need_their_numbers_and_pictures_lead_to_their_page(results):
    assert cases.cases(powers_of_two(results, float("nan"), 0.0)) == ""
    assert cases.cases(page_of(results)) == ""
    html = str(pictures.picture(page_of(results), "neuron", "activations"))
    assert "<figcaption><strong>[A neuron](activations.md#figure-neuron)</strong></figcaption>" in html
    assert "neuron-en-light.svg" in html
    assert "With $w_1$" not in html  # its caption


def test_measured_claims_are_found_by_chapter_by_statement_and_by_source(results):
    claims = {
        "small": replace(
            CLAIMS["small"], chapter="activations", source=("작으면 **좋다**",), translation=("Small is good",)
        ),
        "usual": CLAIMS["usual"],
    }
    for language, sentence in (("en", "Small is good"), ("ko", "작으면 좋다")):
        page = Page(with_findings(sources_of(results, language), claims=claims, verdicts=VERDICTS), "index.md")
        html = str(claim_lists.ways_in(page))
        assert sentence in html
        assert html.count('href="evidence/small.html"') == 3
        assert "<b>Activations</b>" in html
        assert 'href="evidence/not-testable.html"' in html
        assert "definitions.html" not in html
        assert claim_lists.measured(page) == ["small"]


def test_a_study_without_measured_claims_has_no_ways_to_them(results):
    page = Page(with_findings(sources_of(results), verdicts={"usual": VERDICTS["usual"]}), "index.md")
    assert claim_lists.ways_in(page) == '1 <a href="evidence/not-testable.html">cannot be tested here</a>.'


# The foot ------------------------------------------------------------------------------------------------------------


def test_the_byline_has_the_authors_of_the_citation_file_and_what_is_known(results):
    cited = read_yaml("CITATION.cff")
    (author,) = cited["authors"]
    page = page_of(results)
    assert citations.byline(page) == f"By {author['name']}"
    known = {"packages": {"ontrial": "1.2.3"}, "commit_date": "2026-01-31"}
    dated = Page(replace(page.sources, provenance=known), "index.md")
    assert citations.byline(dated) == f"By {author['name']} · version 1.2.3 · 2026-01-31"
    assert f'byline: "{citations.byline(page)}"' in home(results, "en")
