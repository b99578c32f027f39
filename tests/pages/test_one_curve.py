"""One curve, two numbers: the tables that are published, and the figures and the page that show them."""

import itertools
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from support.contents import found
from support.pages import context as context_of
from support.pages import sources_of, tiny_results, verdict, with_docs, with_findings
from support.project import ROOT, read_yaml
from support.simulated import simulated

from ontrial.book.one_curve import figures as one_curve
from ontrial.book.one_curve import pages, rate_free, titles
from ontrial.judge import checks
from ontrial.report.figures import drawing
from ontrial.report.figures.formats import WIDTHS
from ontrial.report.pages.page import Page
from ontrial.report.site import docs
from ontrial.report.site.templates import render
from ontrial.report.summaries import finding_files
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.replications import Published
from ontrial.report.wording.phrases import Phrases

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
    assert rate_free.are_needed(results.claims)
    other = DOCKET.replace("distance_to_accuracy", "updates_to_accuracy").replace("factor 1.1", "factor 1.25")
    other = other.replace("where: {", "contexts: {policy: [tuned]}, where: {")
    assert not rate_free.are_needed(checks.parse(other, "claims.yaml", results.study).claims)
    assert not rate_free.are_needed({})


def test_the_two_numbers_are_those_of_each_seed(results):
    table = rate_free.two_numbers(results, results.claims)
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
    table = rate_free.curves(results, "0123456789ab")
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
    assert rate_free.below_wall(accuracy, rates).tolist() == [True] * 6 + [False] * 2  # 89.4 against 90.5
    steady = np.full_like(accuracy, 90)
    assert rate_free.below_wall(np.vstack([steady, accuracy]), rates).sum() == 6
    assert rate_free.below_wall(accuracy, 2.0 ** np.arange(8)).all()  # from one rate to the next
    assert rate_free.below_wall(steady, rates).all()


def test_batch_sizes_are_compared_with_the_largest_up_to_its_limit(results):
    curves, two = (
        table[(table["experiment"] == "fine") & (table["optimiser"] == "sgd")].assign(experiment="updates")
        for table in (rate_free.curves(results, ""), rate_free.two_numbers(results, results.claims))
    )
    is_small, eighth = curves["batch_size"] == 16, curves["learning_rate"] == 1 / 8
    curves.loc[is_small & eighth, "mean"] += 0.4
    table = rate_free.deviations(curves, two)
    assert set(table["batch_size"]) == {16}
    assert table["learning_rate"].tolist() == (2.0 ** np.arange(-6, 1)).tolist()  # the limit of 64 is √2
    assert table["share"].to_numpy() == pytest.approx(table["learning_rate"] * 2**1.5)
    assert table["deviation"].tolist() == pytest.approx([0, 0, 0, 0.4, 0, -86, -86])
    assert rate_free.largest_deviations(table).to_dict() == pytest.approx({("digits", 16): 0.4})
    assert rate_free.parted(curves, two, 0.5) == {"digits": False}
    curves.loc[is_small & eighth, "mean"] -= 1.0
    assert rate_free.largest_deviations(rate_free.deviations(curves, two)).tolist() == pytest.approx([-0.6])
    assert rate_free.parted(curves, two, 0.5) == {"digits": True}


def test_written_tables_are_read_as_a_measurement(results, tmp_path):
    tables = {
        "curves": rate_free.curves(results, "0123456789ab"),
        "two_numbers": rate_free.two_numbers(results, results.claims),
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
    assert not finding_files.read_measurements([path for path in paths if "curves" not in path])


REFERENCE = ROOT / "results/reference/one-curve"
CLAIMS = [claim["id"] for claim in read_yaml("config/one-curve-claims.yaml")["claims"]]
WORDS = docs.read_words(ROOT / "docs/words.yaml")["figures"]


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


TEXTS = ("one-curve.md", "learning-rate.md")  # the page of the study, and the chapter with a summary of it


def page_of(study: Published | None, language: str = "en") -> Page:
    pages = {name: (ROOT / f"docs/{language}/{name}").read_text(encoding="utf-8") for name in TEXTS}
    tiny = tiny_results()
    tiny.records["train_accuracy"] = tiny.records["test_accuracy"]  # as every study records it at the end
    sources = with_docs(sources_of(tiny, language), pages=pages)
    measured = {"one-curve": study} if study else {}
    return Page(with_findings(sources, measurements=measured), "one-curve.md")


def test_typical_numbers_leave_out_seeds_without_a_value(results):
    table = rate_free.two_numbers(results, results.claims)
    first = table["batch_size"] == 16
    table.loc[first & (table["seed"] == 101), "rate_limit"] = np.nan
    table.loc[table["seed"] == 112, "distance_to_accuracy"] = 3.0
    row = rate_free.points(table).iloc[0]
    assert (row["seeds"], row["distance_seeds"], row["limit_seeds"]) == (12, 12, 11)
    assert row[["distance", "distance_low", "distance_high"]].tolist() == pytest.approx([3] * 3)
    assert row["limit"] == pytest.approx(2**-1.5)
    assert row["fewest_updates"] == pytest.approx(12)
    assert rate_free.updates_at_limit(3, 2**-1.5) == pytest.approx(2 * 3 * 2**1.5)


@pytest.mark.parametrize(
    ("name", "language", "width"),
    list(itertools.product(("one_curve", "curve_deviation", "two_numbers"), ("en", "ko"), WIDTHS)),
)
def test_figures_are_drawn_from_published_tables(study, name, language, width):
    content = SimpleNamespace(measurement=lambda _: study, computed={})
    words = Phrases(WORDS, language, "docs/words.yaml")
    drawn, numbers, _ = drawing.render(getattr(one_curve, name), content, words, width)
    assert set(drawn) == {"light", "dark"}
    assert len(numbers) > 10


def test_a_ring_is_around_the_last_point_below_each_wall(study):
    content = SimpleNamespace(measurement=lambda _: study, computed={})
    with drawing.appearance("en", "light"):
        figure, numbers = one_curve.one_curve(content, Phrases(WORDS, "en", "docs/words.yaml"), 8.96)
        rings = [line for line in figure.axes[0].lines if line.get_markerfacecolor() == "none"]
        colours = [to_hex(line.get_color()) for line in rings]
        expected = [to_hex(colour) for colour in one_curve.COLOURS.values()]
    assert colours == expected
    below = numbers[(numbers["experiment"] == "updates") & (numbers["dataset"] == "digits") & numbers["below_wall"]]
    walls = below.groupby("batch_size")["product"].max()
    assert [line.get_xdata()[0] for line in rings] == walls.tolist()


def test_labels_of_the_map_do_not_overlap(study):
    content = SimpleNamespace(measurement=lambda _: study, computed={})
    for language in ("en", "ko"):
        with drawing.appearance(language, "light"):
            figure, _ = one_curve.two_numbers(content, Phrases(WORDS, language, "docs/words.yaml"), 4.8)
            figure.canvas.draw()
            texts = [text for text in figure.axes[1].texts if text.get_color() != one_curve.MUTED]
            boxes = [text.get_window_extent() for text in texts]
        assert len(boxes) == 7
        assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))


@pytest.mark.parametrize(
    ("outcome", "curve", "numbers"),
    [("equal", "one", "limit"), ("undecided", None, None), ("apart", None, None), ("reversed", None, None)],
)
def test_titles_follow_the_outcomes(study, outcome, curve, numbers):
    findings = SimpleNamespace(verdicts={}, measurements={"one-curve": decided(study, outcome)})
    assert found(findings, "one-curve") == curve
    assert found(findings, "two-numbers") == numbers


def test_the_title_says_on_how_many_data_sets_batch_sizes_part(study, monkeypatch):
    def word(**apart: bool) -> str | None:
        monkeypatch.setattr(titles, "parted", lambda *_: apart)
        findings = SimpleNamespace(verdicts={}, measurements={"one-curve": study}, computed={})
        return found(findings, "curve-deviation")

    assert word(digits=False, pendigits=False) == "all"
    assert word(digits=True, pendigits=False) == "some"
    assert word(digits=True, pendigits=True) == "none"


def test_a_few_open_settings_leave_mostly_one_curve():
    def findings(*outcomes: str) -> SimpleNamespace:
        judged = verdict("one-curve-digits", "inconclusive", *map(context_of, outcomes))
        return SimpleNamespace(verdicts={}, measurements={"one-curve": Published({"one-curve-digits": judged})})

    assert found(findings(*["equal"] * 9, "undecided"), "one-curve") == "mostly"
    assert found(findings(*["equal"] * 8, *["undecided"] * 2), "one-curve") is None
    assert found(findings(*["equal"] * 9, "apart"), "one-curve") is None


def text_of(page: Page, name: str = TEXTS[0]) -> str:
    names = page.names | {"figure": lambda name: f"figure {name}"}
    return render(page.sources.docs.pages[name], f"docs/{page.language}/{name}", names)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_without_published_results_the_page_says_so(language):
    text = text_of(page_of(None, language))
    assert "figure one-curve" not in text
    assert "](#again)" in text
    assert "make STUDY=config/one-curve.yaml" in text
    assert "{#holds}" not in text
    assert "{#same-road}" not in text_of(page_of(None, language), "learning-rate.md")
    assert pages.note(page_of(None, language), "small-batch-accuracy") == ""


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("outcome", [None, "equal", "undecided", "reversed"])
def test_the_page_reads_with_any_outcomes(study, language, outcome):
    page = page_of(decided(study, outcome) if outcome else study, language)
    text = text_of(page)
    assert "figure one-curve" in text
    assert "figure two-numbers" in text
    assert "[[" not in text
    rows = re.findall(r"^\| .*badge-.* \|$", text, re.MULTILINE)
    assert len(rows) == len(CLAIMS)
    assert {row.count(" | ") for row in rows} == {3}
    chapter = text_of(page, "learning-rate.md")
    assert "{#same-road}" in chapter
    assert "[[" not in chapter


def test_the_page_shows_every_claim_of_the_docket_once():
    text = (ROOT / "docs/en/one-curve.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r'\[\[ one_curve\(\).tried\("([\w-]+)"\) \]\]', text)) == sorted(CLAIMS)


def test_cells_of_a_claim_have_its_verdict_settings_and_estimates(study):
    contexts = [
        context_of("equal", estimate=-0.25),
        context_of("undecided", estimate=0.5),
        context_of("equal", estimate=0.1),
    ]
    page = page_of(study._replace(verdicts={"mine": verdict("mine", "inconclusive", *contexts)}))
    badge, counted, estimates = pages.OneCurve(page).tried("mine").split(" | ")
    assert "inconclusive" in badge
    assert counted == "2 of 3"
    assert estimates.replace("\N{NO-BREAK SPACE}", " ") == "−0.2 to 0.5 points"
    assert pages.OneCurve(page).tried("other") == "– | – | –"
    undecided = verdict("mine", "depends", context_of("undecided", {"rate_times_updates": 64}))
    other = page_of(study._replace(verdicts={"mine": undecided}))
    assert pages.OneCurve(other).open_settings("mine") == {"n": "1", "product": "64"}
