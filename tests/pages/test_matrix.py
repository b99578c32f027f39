"""The robustness matrix: what changes the answers of a claim."""

from dataclasses import replace

import pandas as pd
import pytest
from support.pages import VERDICTS, context, page_of, tiny_results, with_findings

from ontrial.judge.records import Alternative, Effect, Outcome, Stage, Way
from ontrial.report.pages.page import Page
from ontrial.report.pages.studies import matrix as pages
from ontrial.report.summaries import matrix
from ontrial.report.summaries.matrix import Sign
from ontrial.report.summaries.replications import Condition, Published, agree_outcomes

EFFECT = Effect(1, 0, 2, 0.95, "points")


def judged(outcome: str, *, halfway: str, images: str):
    """Return a verdict with one context, judged at half of the budget and with other images, too."""
    stages = tuple(Stage(share, EFFECT, Outcome(word)) for share, word in ((0.25, "reversed"), (0.5, halfway)))
    other = Alternative(Way.IMAGES, EFFECT, Outcome(images))
    case = replace(context(outcome, {"policy": "tuned"}), stages=stages, alternatives=(other,))
    return replace(VERDICTS["small"], conclusion="supported", contexts=(case,), same_from=0.5, same_to=1.5)


def test_each_factor_has_one_sign():
    here = judged("positive", halfway="negligible", images="undecided")
    rows = [("kernel", "supported", 0, 1), ("kernel", "supported", 0, 0), ("seeds", "refuted", 1, 0)]
    columns = ["differs", "verdict_before", "contexts_opposite", "contexts_open"]
    table = pd.DataFrame(rows, columns=columns).assign(claim="small")
    published = {"letter": Published({"small": here}), "adam": Published({})}
    conditions = {"letter": Condition("dataset", "letter"), "adam": Condition("optimiser", "adam")}
    found = matrix.signs(here, table, published, conditions)
    assert {factor: sign for factor, sign in found.items() if sign} == {
        "kernel": Sign.OPEN,
        "budget": Sign.OPPOSITE,
        "smallest": Sign.OPEN,
        "images": Sign.OPEN,
        "dataset": Sign.SAME,
    }


@pytest.mark.parametrize(("first", "second", "sign"), [
    ("positive", "positive", "same"), ("negligible", "reversed", "same"), ("undecided", "undecided", "undecided"),
    ("undecided", "positive", "open"), ("below", "positive", "opposite"), ("equal", "apart", "opposite"),
])  # fmt: skip
def test_an_answer_is_as_claimed_or_against_the_claim(first, second, sign):
    assert agree_outcomes(Outcome(first), Outcome(second)) == agree_outcomes(Outcome(second), Outcome(first)) == sign


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_page_has_a_row_per_measured_claim_and_says_what_was_not_tried(language):
    page = page_of(tiny_results(), language)
    text = pages.matrix(page)
    measured = [
        verdict for verdict in page.results.verdicts.values() if verdict.contexts and verdict.kind == "measured"
    ]
    assert text.count("evidence/") == len(measured)
    assert page.say["matrix smallest"] in text
    assert page.say["matrix kernel"] not in text


def test_the_page_of_a_claim_names_the_circumstances_that_it_does_not_describe_elsewhere():
    row = {"claim": "small", "verdict_before": "depends", "contexts_opposite": 0}
    page = page_of(tiny_results())
    assert pages.row(page, "small") == ""  # smallest effects have a sentence of their own
    rows = [row | {"differs": "kernel", "contexts_open": 0}, row | {"differs": "seeds", "contexts_open": 1}]
    table = pd.DataFrame(rows).assign(study=page.results.study.name)
    page = Page(with_findings(page.sources, measurements={"robustness": table}), "evidence/small.md")
    assert pages.row(page, "small") == (
        "No answer changes with: other kernels. A setting is decided on one side only with: other seeds."
    )
