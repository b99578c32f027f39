"""One curve, two numbers: the tables that are published, and the section of the chapter on rates that shows them."""

import re

import numpy as np
import pandas as pd
import pytest
from support.messages import message_of
from support.pages import context as context_of
from support.pages import sources_of, tiny_results, verdict, with_docs, with_findings
from support.project import ROOT, read_yaml
from support.simulated import simulated

from ontrial.judge import checks, rate_free_tables
from ontrial.report.pages.page import Page
from ontrial.report.site.templates import render
from ontrial.report.summaries import finding_files
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.replications import Published
from ontrial_book.one_curve import OneCurve

STUDY = """
study: rates
experiments:
  fine: {purpose: See the way to a goal., dataset: [digits], hidden: [[8]], activation: [relu], initialisation: [own],
    objective: [softmax+cross_entropy], optimiser: [sgd, momentum, adam], momentum: [0.5], training_samples: [1024],
    batch_size: [16, 64], learning_rates: {powers_of_two: {from: -6, to: 1}},
    seeds: {confirmatory: {from: 101, to: 112}}, budget: {updates: 2048}, record: {per_doubling: 6, first: 1}}
  coarse: {purpose: See less., dataset: [digits], hidden: [[8]], activation: [relu], initialisation: [own],
    objective: [softmax+cross_entropy], training_samples: [1024], batch_size: [16],
    learning_rates: {powers_of_two: {from: -6, to: 1}}, seeds: {confirmatory: {from: 101, to: 112}},
    budget: {epochs: 4}, record: 4}
"""
DOCKET = """
claims:
  - {id: distance, statement: {en: It is as far.}, experiment: fine, metric: distance_to_accuracy, threshold: 0.8,
    equality: {of: {batch_size: 16}, and: {batch_size: 64}}, where: {optimiser: sgd}, smallest_effect: factor 1.1}
"""
LIMITS = {16: 1 / 4, 64: 1}  # largest effective rate that works, by batch size


def records(cell) -> pd.DataFrame:
    """Return the records of a cell whose accuracy rises in proportion to rate × updates up to a limit.

    It is 0.8 after a way of 3, or of 6 for the last seed.
    """
    total = cell.recipe.total_updates(1024)
    updates = np.unique([*range(min(total, 64)), *range(0, total + 1, 8)])
    runs = []
    for rate in cell.learning_rates:
        for seed in cell.seeds:
            effective = rate / (1 - cell.momentum)
            way = (3 + 3 * (seed == cell.seeds[-1])) if effective <= LIMITS[cell.batch_size] else np.inf
            accuracy = np.minimum(0.8 * effective * updates / way, 0.96)
            values = {"test_accuracy": accuracy, "validation_accuracy": accuracy, "test_loss": 1.0}
            values |= {"validation_loss": 1 - accuracy, "learning_rate": rate, "seed": seed, "updates": updates}
            runs.append(pd.DataFrame({**cell.columns, **values, "epochs": updates / 64, "diverged": False}))
    return pd.concat(runs, ignore_index=True)


@pytest.fixture(scope="module")
def results() -> Findings:
    study = simulated(STUDY)
    table = pd.concat([records(cell) for cell in study.cells.values()], ignore_index=True)
    return Findings(study, table, table, claims=checks.parse(DOCKET, "claims.yaml", study).claims)


def test_only_claims_about_distances_and_limits_need_tables(results):
    assert rate_free_tables.are_needed(results.claims)
    other = DOCKET.replace("distance_to_accuracy", "updates_to_accuracy").replace("factor 1.1", "factor 1.25")
    other = other.replace("where: {", "contexts: {policy: [tuned]}, where: {")
    assert not rate_free_tables.are_needed(checks.parse(other, "claims.yaml", results.study).claims)
    assert not rate_free_tables.are_needed({})


def test_the_two_numbers_are_those_of_each_seed(results):
    table = rate_free_tables.two_numbers(results, results.claims)
    assert set(table["experiment"]) == {"fine"}  # the other one records too rarely
    assert set(table["optimiser"]) == {"sgd", "momentum"}  # Adam's rates have another unit
    assert (table["goal"] == 0.8).all()
    assert len(table) == 2 * 2 * 12
    usual = table[table["seed"] < 112]
    assert usual["distance_to_accuracy"].to_numpy() == pytest.approx(3, rel=1e-6)
    assert table.loc[table["seed"] == 112, "distance_to_accuracy"].to_numpy() == pytest.approx(6, rel=1e-6)
    limits = table.groupby(["optimiser", "batch_size"])["rate_limit"].unique()
    assert limits["sgd", 16].tolist() == pytest.approx([2**-1.5])  # half-way to the next rate
    assert limits["sgd", 64].tolist() == pytest.approx([2**0.5])
    assert limits["momentum", 16].tolist() == pytest.approx([2**-1.5])
    own = usual[usual["optimiser"] == "sgd"].groupby("batch_size")["updates_to_accuracy"].max()
    assert own.to_dict() == pytest.approx({16: 12, 64: 3})


def test_curves_have_the_accuracy_and_the_wall_of_each_cell(results):
    table = rate_free_tables.curves(results, "0123456789ab")
    assert set(table["commit"]) == {"0123456789ab"}
    assert len(table) == 7 * 8
    assert set(table[["first_seed", "last_seed", "seeds"]].itertuples(index=False, name=None)) == {(101, 112, 12)}
    plain = table[(table["experiment"] == "fine") & (table["optimiser"] == "sgd")].set_index(
        ["batch_size", "learning_rate"]
    )
    assert plain.loc[(16, 1 / 4), ["mean", "median", "low", "high"]].tolist() == pytest.approx([96] * 4)
    assert plain.loc[(16, 1 / 4), "product"] == 512
    assert plain.loc[(16, 1 / 2), ["mean", "failed"]].tolist() == pytest.approx([10, 1])
    below = plain["below_wall"].groupby("batch_size").sum()
    assert below.to_dict() == {16: 5, 64: 7}  # 2⁻⁶ to 1/4, and to 1
    momentum = table[table["optimiser"] == "momentum"].set_index(["batch_size", "learning_rate"])
    assert momentum.loc[(16, 1 / 8), "product"] == 512
    assert table.loc[table["experiment"] == "coarse", "product"].max() == 2 * 256


def test_a_wall_stands_where_one_seed_loses_more_than_a_point_as_its_rate_doubles():
    accuracy = np.array([[50.0, 60, 90, 91, 90.5, 90.1, 89.4, 90]])
    rates = 2.0 ** (np.arange(8) / 2)
    assert rate_free_tables.below_wall(accuracy, rates).tolist() == [True] * 6 + [False] * 2  # 89.4 against 90.5
    steady = np.full_like(accuracy, 90)
    assert rate_free_tables.below_wall(np.vstack([steady, accuracy]), rates).sum() == 6
    assert rate_free_tables.below_wall(accuracy, 2.0 ** np.arange(8)).all()  # from one rate to the next
    assert rate_free_tables.below_wall(steady, rates).all()


def test_written_tables_are_read_as_a_measurement(results, tmp_path):
    tables = {
        "curves": rate_free_tables.curves(results, "0123456789ab"),
        "two_numbers": rate_free_tables.two_numbers(results, results.claims),
    }
    folder = tmp_path / "one-curve"
    (folder / "tables").mkdir(parents=True)
    for name, table in tables.items():
        table.to_csv(folder / f"tables/{name}.csv", index=False, float_format="%.5g")
    (folder / "verdicts.json").write_text('{"version": 4, "study": "one-curve", "claims": []}')
    paths = [str(path) for path in folder.rglob("*.*")]
    measured = finding_files.read_measurements(paths)
    assert set(measured) == {"one-curve"}  # not a replication
    for name, table in tables.items():
        read = getattr(measured["one-curve"], name)
        assert read.shape == table.shape
        assert list(read) == list(table)


REFERENCE = ROOT / "results/reference/one-curve"
CLAIMS = [claim["id"] for claim in read_yaml("config/one-curve-claims.yaml")["claims"]]


@pytest.fixture(scope="module")
def study() -> Published:
    paths = [str(path) for path in REFERENCE.rglob("*.*")]
    return finding_files.read_measurements(paths)["one-curve"]


def decided(study: Published, outcome: str) -> Published:
    """Return the study with another outcome in every setting of its claims."""
    conclusion = {"equal": "supported", "positive": "supported", "undecided": "inconclusive"}.get(outcome, "refuted")
    verdicts = {
        id: verdict(
            id, conclusion, *(context_of(outcome, each.settings, unit=each.effect.unit) for each in old.contexts)
        )
        for id, old in study.verdicts.items()
    }
    return study._replace(verdicts=verdicts)


CHAPTER = "learning-rate.md"


def page_of(study: Published | None, language: str = "en") -> Page:
    pages = {CHAPTER: (ROOT / f"docs/{language}/{CHAPTER}").read_text(encoding="utf-8")}
    tiny = tiny_results()
    tiny.records["train_accuracy"] = tiny.records["test_accuracy"]  # as every study records it at the end
    sources = with_docs(sources_of(tiny, language), pages=pages)
    measured = {"one-curve": study} if study else {}
    return Page(with_findings(sources, measurements=measured), CHAPTER)


def text_of(page: Page) -> str:
    names = page.names | {"figure": lambda name: f"figure {name}"}
    return render(page.sources.docs.pages[CHAPTER], f"docs/{page.language}/{CHAPTER}", names)


def test_typical_numbers_leave_out_seeds_without_a_value(results, study):
    table = rate_free_tables.two_numbers(results, results.claims)
    table = table[table["optimiser"] == "sgd"].assign(experiment="updates")
    first = table["batch_size"] == 16
    table.loc[first & (table["seed"] == 101), "rate_limit"] = np.nan
    table.loc[table["seed"] == 112, "distance_to_accuracy"] = 3.0
    shown = OneCurve(page_of(study._replace(two_numbers=table)))
    assert [shown.way(name) for name in ("distance", "limit", "fewest_updates")] == ["3.0", "0.35", "12"]
    assert shown.way("updates_at_limit") == "17"  # 2 · 3 · 2^1.5
    assert shown.way("limit", batch_size=64) == "1.4"
    assert 'unknown number "distanse"' in message_of(shown.way, "distanse")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_without_published_results_the_chapter_says_so(language):
    text = text_of(page_of(None, language))
    assert "make STUDY=config/one-curve.yaml" in text
    assert "#same-road" not in text


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("outcome", [None, "equal", "undecided", "reversed"])
def test_the_chapter_reads_with_any_outcomes(study, language, outcome):
    text = text_of(page_of(decided(study, outcome) if outcome else study, language))
    assert "{#same-road}" in text
    assert "[[" not in text
    rows = re.findall(r"^\| .*badge-.* \|$", text, re.MULTILINE)
    assert len(rows) == len(CLAIMS)
    assert {row.count(" | ") for row in rows} == {3}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_chapter_shows_every_claim_of_the_docket_once(language):
    text = (ROOT / f"docs/{language}/{CHAPTER}").read_text(encoding="utf-8")
    assert sorted(re.findall(r'\[\[ one_curve\(\).tried\("([\w-]+)"\) \]\]', text)) == sorted(CLAIMS)


def test_cells_of_a_claim_have_its_verdict_settings_and_estimates(study):
    contexts = [
        context_of("equal", estimate=-0.25),
        context_of("undecided", estimate=0.5),
        context_of("equal", estimate=0.1),
    ]
    page = page_of(study._replace(verdicts={"mine": verdict("mine", "inconclusive", *contexts)}))
    badge, counted, estimates = OneCurve(page).tried("mine").split(" | ")
    assert "inconclusive" in badge
    assert counted == "2 of 3"
    assert estimates.replace("\N{NO-BREAK SPACE}", " ") == "−0.2 to 0.5 points"
    assert OneCurve(page).tried("other") == "– | – | –"
