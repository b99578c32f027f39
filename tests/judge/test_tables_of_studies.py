"""A study's numbers, given as a table of runs, have the verdicts of the study."""

import pandas as pd
import pytest

from ontrial.judge import measurements, result_files, tables, trials
from ontrial.judge.claim import quantity_text
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import Estimand
from ontrial.judge.questions import TableQuestion
from ontrial.judge.results import Results
from ontrial_judge.core.evidence import Paired
from ontrial_judge.core.verdicts import Context, Kind, Verdicts


@pytest.fixture(scope="module")
def study(smoke) -> tuple[Results, Docket, Verdicts]:
    """The results of the smoke study, its docket and its verdicts."""
    folder = smoke / "results/smoke"
    files = [
        str(folder / name) for name in ("study.json", "tables/runs.parquet", "tables/records.parquet", "docket.json")
    ]
    return *result_files.read_results(*files), result_files.read_verdicts(folder / "verdicts.json")


def has_number_per_seed(estimand: Estimand, measured: Paired, context: Context) -> bool:
    """Return whether each seed of a context has a number, the difference or ratio of those of two arms."""
    is_plain = estimand.form in ("difference", "ratio") and len(estimand.arms) == 2 and not estimand.has_spread
    return is_plain and context.n > 0 and not context.counts_failures and measured.is_known


def table_of(measured: Paired) -> pd.DataFrame:
    """Return the runs of a context: one per arm and seed. A time that is never reached is infinite."""
    arms = zip(("of", "other"), measured.arms, strict=True)
    rows = [
        {"arm": name, "seed": i, "number": number} for name, arm in arms for i, number in enumerate(arm.seeds["number"])
    ]
    return pd.DataFrame(rows)


def question_on(estimand: Estimand, measured: Paired, looks: tuple[int, ...]) -> TableQuestion:
    """Return the question whether the claim holds in a context."""
    of, other = ("other", "of") if estimand.measure.lower_is_better else ("of", "other")
    budget = max(arm.seeds["least"].max() for arm in measured.arms)
    size = 2**estimand.smallest_effect if estimand.unit == "log2" else estimand.smallest_effect
    text = quantity_text(float(size))
    return TableQuestion(
        metric="number",
        column="arm",
        better=of,
        other=other,
        smallest_effect=f"factor {text}" if estimand.unit == "log2" else text,
        pair=("seed",),
        lower_is_better=estimand.measure.lower_is_better,
        failed=f"never={budget}" if estimand.censored else "",
        looks=looks if len(looks) > 1 else (),
    )


def test_contexts_with_a_number_per_seed_are_judged_alike(study):
    results, docket, published = study
    compared = 0
    for claim in docket.claims.values():
        if claim.kind is not Kind.MEASURED or not claim.estimand:
            continue
        looks = trials.looks_of(results.study, claim.estimand)
        every = measurements.measure(results, claim.estimand)
        for measured, context in zip(every, published.by_claim[claim.id].contexts, strict=True):
            if not has_number_per_seed(claim.estimand, measured, context):
                continue
            question = question_on(claim.estimand, measured, looks)
            (judged,) = tables.judge_table(table_of(measured), question).verdict.contexts
            assert (judged.outcome, judged.look, judged.n) == (context.outcome, context.look, context.n)
            assert judged.effect.numbers == pytest.approx(context.effect.numbers, rel=1e-9, abs=1e-12)
            assert judged.effect.level == context.effect.level
            compared += 1
    assert compared > 5
