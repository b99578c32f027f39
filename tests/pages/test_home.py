"""The home page: one learning rate for all batch sizes, cases, who is ahead elsewhere, and ways to the claims."""

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

from ontrial.book.home import batch_rates
from ontrial.book.home import pages_cases as cases
from ontrial.book.home import pages_shared_rate as shared_rate
from ontrial.book.replications import pages_across_data as across_data
from ontrial.judge import published
from ontrial.judge.records import Kind
from ontrial.report.pages import citations, pictures
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
    assert own["more"].endswith("so some have a neighbour of the ringed one.")


def grid_of(small: list[float], large: list[float], *, has_seeds: bool = True) -> batch_rates.Grid:
    """Return a grid of two batch sizes at one rate, with the accuracies of seeds in per cent."""
    by_seed = pd.DataFrame({16: small, 64: large})
    means = pd.DataFrame({"mean": by_seed.mean()}).rename_axis("batch_size")
    fixed = pd.concat({1.0: means}, names=["learning_rate"])
    return batch_rates.Grid(fixed, means, guessed=10.0, by_seed={1.0: by_seed, None: by_seed} if has_seeds else {})


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


@pytest.mark.parametrize(
    ("small", "large", "ahead", "answer"),
    [(94.96, 94.04, 1.0, "true"), (95.04, 94.06, 0.9, "tie"), (94.84, 94.16, 0.6, "tie"), (94.0, 95.0, -1.0, "false")],
)
def test_without_pairs_the_means_answer_as_they_are_shown(small, large, ahead, answer):
    grid = grid_of([small], [large], has_seeds=False)
    assert shared_rate.lead(grid.at(1.0)["mean"], [16, 64]) == ahead
    assert shared_rate.answer_to(grid, 1.0, [16, 64]) == answer


def test_published_studies_have_ranges_instead_of_intervals(results):
    page = page_of(results)
    grid = batch_rates.grids(page.results)["epochs"]._replace(by_seed={})
    states = shared_rate.panel(page, "sgd", "epochs", grid)["states"]
    assert states["1/4"]["more"].endswith("All 2 networks with 16 beat all with 64.")
    assert states[shared_rate.OWN]["more"].startswith("2 networks each: 9")
    failing = "at a learning rate of 1/2: batches of 16 get 80.0% right, 64 barely start (45.0%)."
    assert states["1/2"]["said"] == failing


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
        f'<b class="true">{WORDS["pages"]["home answer true"][language]}</b> <span>{states["1/4"]["said"]}</span>'
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
    assert "Our test: a\xa0factor\xa0of\xa01.248." in html
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


@pytest.mark.parametrize(
    ("effect", "cell"),
    [
        ({"estimate": 4.4}, ("of", "16 by 4.4")),
        ({"estimate": -10.75}, ("minus", "64 by 10.8")),
        ({"estimate": -0.9}, ("", "tie")),
        ({"estimate": -80.0, "counts_failures": True}, ("minus", "64 (16 fails)")),
        ({"estimate": float("nan")}, ("", "–")),
    ],
)
def test_a_cell_says_who_is_ahead(results, effect, cell):
    found = context("undecided", {"policy": "tuned"}, **effect)
    assert across_data.lead(page_of(results), "small", found) == cell


POLICIES = ("fixed_of", "fixed_minus", "tuned")


def page_with_replications(results: Findings, **estimates: tuple[float, ...]) -> Page:
    """Return a page on which studies made the test of a claim, each with an estimate under some of the policies."""

    def judged(numbers: tuple[float, ...]):
        settings = [{"policy": policy, "budget": "epochs"} for policy in POLICIES]
        contexts = [
            context("undecided", each, estimate=number) for each, number in zip(settings, numbers, strict=False)
        ]
        return replace(VERDICTS["small"], test_hash="t", contexts=tuple(contexts))

    sources = with_findings(sources_of(results), verdicts={"small": judged((2.0, -3.0, 0.5))})
    cell = {"experiment": "batch-size", "dataset": "digits", "optimiser": "sgd", "hidden": "16"}
    changes = {"letter": {"dataset": "letter"}, "adam": {"optimiser": "adam"}, "wide": {"hidden": "128"}}
    studies = {
        name: Published({"small": judged(numbers)}, pd.DataFrame([cell | changes[name]]))
        for name, numbers in estimates.items()
    }
    return Page(replace(sources, other_studies=studies), "index.md")


def test_who_is_ahead_has_a_row_for_each_study_but_those_of_other_shapes(results):
    page = page_with_replications(results, letter=(24.0, -50.3, 5.9), adam=(1.1, 1.4), wide=(9.0, 9.0, 9.0))
    settings = [{"policy": policy, "budget": "epochs"} for policy in POLICIES]
    html = across_data.leads(page, "small", *settings, {"policy": "tuned", "budget": "updates"})
    heads = re.findall(r'<th scope="col">(.*?)</th>', html)
    assert heads == [
        "at the rate of 16, same images",
        "at the rate of 64, same images",
        "each at its own rate, same images",
    ]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall("<tr><th scope=.row.*?</tr>", html)]
    assert rows == [
        ["this study", "16 by 2.0", "64 by 3.0", "tie"],
        ["printed letters", "16 by 24.0", "64 by 50.3", "16 by 5.9"],
        ["Adam", "16 by 1.1", "16 by 1.4", "–"],
    ]


def test_without_replications_nobody_is_ahead_elsewhere(results):
    assert across_data.leads(page_with_replications(results), "small", {"policy": "tuned"}) == ""


def test_the_byline_has_the_authors_of_the_citation_file_and_what_is_known(results):
    cited = read_yaml("CITATION.cff")
    (author,) = cited["authors"]
    page = page_of(results)
    assert citations.byline(page) == f"By {author['name']}"
    known = {"packages": {"ontrial": "1.2.3"}, "commit_date": "2026-01-31"}
    dated = Page(replace(page.sources, provenance=known), "index.md")
    assert citations.byline(dated) == f"By {author['name']} · version 1.2.3 · 2026-01-31"
    assert f'byline: "{citations.byline(page)}"' in home(results, "en")
