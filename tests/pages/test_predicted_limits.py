"""Limits of the learning rate that are predicted before training: the table, and what figures and pages say of it."""

import numpy as np
import pandas as pd
import pytest
from support.contents import found
from support.pages import sources_of, tiny_results, with_findings
from support.project import ROOT

from ontrial.book.one_curve import pages_limits as pages
from ontrial.book.one_curve import predicted_limits as summary
from ontrial.errors import InputError
from ontrial.nn import Network, train
from ontrial.nn.curvature import GaussNewton, noise_scale
from ontrial.report.pages.page import Page
from ontrial.report.site.templates import render
from ontrial.report.summaries.replications import Published
from ontrial.study import configuration

STUDY = {
    "study": "rates",
    "experiments": {
        "fine": {
            "purpose": "See the way to a goal.", "dataset": ["digits"], "hidden": [[4]], "activation": ["relu"],
            "initialisation": ["own"], "objective": ["softmax+cross_entropy"],
            "optimiser": ["sgd", "momentum", "nesterov", "adam"], "momentum": [0.5], "batch_size": [16, 64],
            "learning_rates": {"powers_of_two": {"from": -6, "to": 1}},
            "seeds": {"confirmatory": {"from": 101, "to": 106}}, "budget": {"updates": 64},
            "record": {"per_doubling": 6, "first": 1},
        }
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def study():
    return configuration.parse(STUDY)


@pytest.fixture(scope="module")
def predicted(study):
    return summary.predictions(study)


def test_predictions_are_those_of_the_networks_as_they_start_training(study, predicted):
    cell = next(iter(study.cells.values()))
    history = train(cell.architecture, cell.recipe, cell.arrays(cell.seeds), [2.0**-40] * 6, cell.seeds)
    samples = cell.arrays(cell.seeds).train  # weights of runs that have hardly moved
    network = Network(cell.architecture, history.weights, np.float64)
    rows = predicted[(predicted["optimiser"] == "sgd") & (predicted["batch_size"] == 16)]
    assert rows["seed"].tolist() == list(cell.seeds)
    assert rows["curvature"].to_numpy() == pytest.approx(GaussNewton.at(network, samples).top()[0], rel=1e-2)
    assert rows["noise_scale"].to_numpy() == pytest.approx(noise_scale(network, samples), rel=1e-4)
    expected = 2 / rows["curvature"] / (1 + rows["noise_scale"] / 16)
    assert rows["predicted_limit"].tolist() == pytest.approx(expected.tolist())


def test_only_optimisers_with_a_prediction_have_one(predicted):
    found = predicted.groupby("optimiser")["predicted_limit"].count()
    assert found.to_dict() == {"sgd": 12, "momentum": 12, "nesterov": 0}  # steps of Adam have another unit
    by_optimiser = predicted[predicted["batch_size"] == 64].groupby("optimiser")["predicted_limit"].median()
    assert by_optimiser["momentum"] > 1.5 * by_optimiser["sgd"]


def measured(predicted: pd.DataFrame, factors: dict[tuple[str, int], float]) -> pd.DataFrame:
    """Return a table of measured limits, which are multiples of the predictions, by optimiser and batch size."""
    arms = predicted[["optimiser", "batch_size"]].itertuples(index=False, name=None)
    limits = predicted["predicted_limit"] * [factors.get(arm, np.nan) for arm in arms]
    return predicted.drop(columns=["curvature", "noise_scale", "predicted_limit"]).assign(goal=0.85, rate_limit=limits)


def test_an_arm_has_the_medians_over_its_seeds_if_at_least_half_have_a_limit(predicted):
    limits = measured(predicted, {("sgd", 16): 3.0, ("sgd", 64): 0.5, ("momentum", 64): 1.0, ("nesterov", 64): 1.0})
    without = limits.index[(limits["optimiser"] == "sgd") & (limits["batch_size"] == 64)]
    limits.loc[without[:3], "rate_limit"] = np.nan
    table = summary.arms(predicted, limits).set_index(["optimiser", "batch_size"])
    assert sorted(table.index) == [("momentum", 64), ("sgd", 16), ("sgd", 64)]
    assert table.loc[("sgd", 16), "factor"] == pytest.approx(3)
    assert table["seeds"].to_dict() == {("sgd", 16): 6, ("sgd", 64): 3, ("momentum", 64): 6}
    of_arm = predicted[(predicted["optimiser"] == "sgd") & (predicted["batch_size"] == 64)]["predicted_limit"]
    assert table.loc[("sgd", 64), ["predicted", "predicted_low", "predicted_high"]].tolist() == pytest.approx(
        [of_arm.median(), of_arm.min(), of_arm.max()]
    )
    assert table.loc[("sgd", 64), "measured"] == pytest.approx(of_arm[3:].median() / 2)
    limits.loc[without[:4], "rate_limit"] = np.nan
    assert ("sgd", 64) not in summary.arms(predicted, limits).set_index(["optimiser", "batch_size"]).index


FACTORS = {("sgd", 16): 3.0, ("sgd", 64): 4.4, ("momentum", 16): 1.5, ("momentum", 64): 0.4}  # measured ÷ predicted


@pytest.fixture
def page(predicted, study):
    def of(language: str = "en", factors: dict = FACTORS) -> Page:
        table = Published({}, two_numbers=measured(predicted, factors), predicted_limits=predicted)
        return Page(with_findings(sources_of(tiny_results(), language), measurements={"one-curve": table}), "index.md")

    return of


def test_numbers_on_a_page_are_those_of_the_arms(page):
    names = ("arms", "close", "typical", "nine in ten", "worst", "typical with momentum", "close if scaled")
    found = {name: pages.PredictedLimits(page()).number(name) for name in names}
    assert found == pytest.approx(
        {
            "arms": 4,
            "close": 1,  # 1.5
            "typical": 2.25,
            "nine in ten": 4.4,
            "worst": 4.4,
            "typical with momentum": 0.95,
            "close if scaled": 3,  # all but 0.4
        }
    )
    assert pages.PredictedLimits(page()).text("typical") == "2.2"
    assert pages.PredictedLimits(page()).text("arms") == "4"
    assert pages.PredictedLimits(page()).worst == "one layer of 4, ReLU, batches of 64"
    assert pages.PredictedLimits(page()).number("networks") == 2
    assert (
        pages.PredictedLimits(page()).number("networks with larger effect") == 1
    )  # 4.4 is more than 3, and 0.4 less than 1.5
    same = dict.fromkeys(FACTORS, 1.0)
    assert [
        pages.PredictedLimits(page(factors=same)).number(name) for name in ("close", "worst", "rank correlation")
    ] == [4, 1, 1]
    with pytest.raises(InputError, match=r'unknown number on predicted limits "clos". Did you mean "close"'):
        pages.PredictedLimits(page()).number("clos")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_table_has_a_row_for_each_kind_of_network(page, language):
    lines = pages.PredictedLimits(page(language)).table.splitlines()
    assert len(lines) == 4
    if language == "en":
        assert lines[0] == "| network | within a factor of 2 | measured ÷ predicted, median | range |"
        assert [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines[2:]] == [
            "| one layer of 4 | 0 / 2 | 3.7 | 3.0 to 4.4 |",
            "| momentum | 1 / 2 | 0.95 | 0.40 to 1.5 |",
        ]


@pytest.mark.parametrize(
    ("factors", "expected"),
    [((1, 1, 1.9, 3), "close"), ((3, 3, 2.1, 1), "higher"), ((0.4, 0.4, 0.4, 1), "lower"), ((1, 1, 3, 0.4), None)],
)
def test_the_title_says_what_is_true_of_most_arms(page, factors, expected):
    results = page(factors=dict(zip(FACTORS, factors, strict=True))).results
    assert found(results, "predicted-limits") == expected


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("factors", [FACTORS, dict.fromkeys(FACTORS, 1.0), dict.fromkeys(FACTORS, 0.3)])
def test_the_section_says_only_what_came_out(page, language, factors):
    text = (ROOT / f"docs/{language}/learning-rate.md").read_text(encoding="utf-8")
    section = text[text.index("{#predicted}") : text.index("{#objections}")].rpartition("\n## ")[0]
    filled = page(language, factors)
    shown = render(section, "learning-rate.md", filled.names | {"figure": lambda name: f"figure {name}"})
    assert "figure predicted-limits" in shown
    assert ("Lewkowycz" in shown) == (pages.PredictedLimits(filled).number("typical") > 1)
    assert (r"\sqrt{\mu}" in shown) == (pages.PredictedLimits(filled).number("typical with momentum") < 1)
