"""Limits of the learning rate as predicted before training and as measured: the published study `limit`."""

import math
import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ontrial.book.one_curve.rate_free import with_cell
from ontrial.judge import claims, forecasts, metrics
from ontrial.judge.claim import Claim
from ontrial.judge.records import Effect, Outcome, Verdict
from ontrial.judge.results import Results, cached
from ontrial.judge.statistics import ALPHA, Interval, share_interval, signed_rank_interval
from ontrial.nn import predict_limit
from ontrial.report.summaries.findings import Findings
from ontrial.study.cell import Cell

METRIC = "limit_error"
CLOSE = 1.5  # factor between the measured and the predicted limit, up to which a prediction is close
SHARE = 80  # per cent of the arms, which are claimed to be close
PREDICTORS = ("ahead", "start", "range_test")  # columns of errors in octaves: of the prediction and of its rivals
MOST_SEEDS = 3  # of a cell's, whose median limit is shown
SHOWN = ("dataset", "hidden", "activation", "momentum")  # settings that tell the networks apart


def of_seeds(results: Results, checked: Mapping[str, Claim]) -> pd.DataFrame | None:
    """Return the predicted and the measured limit of each seed, as the judge has them; None without claims about them.

    The table has one row per arm of such a claim and seed. Its columns are those of a cell, budget, claim, goal, seed,
    predicted_limit, measured_limit (NaN if it may be beyond the grid), predicted_distance (of momentum alone, whose
    limit needs it; ∞ if the linearised network does not get there), measured_distance (NaN without one), on_plateau,
    and passes (over all samples, for the prediction).

    checked: Claims of the docket.
    """
    rows = []
    for claim in checked.values():
        if claim.estimand is None or claim.estimand.metric != METRIC:
            continue
        goal = claim.estimand.threshold
        for context in claims.list_contexts(claim.estimand):
            (arm,) = claims.list_arms(results.study, claim.estimand, context)
            seeds = list(results.study.experiments[arm.cell.experiment].judging_seeds)
            records = pd.DataFrame([arm.cell.settings | {"seed": seed} for seed in seeds])
            predicted = forecasts.predicted_limits(records, goal)
            found = [forecasts.prediction(records, seed, goal if arm.cell.momentum else None) for seed in seeds]
            octaves, distances = (_numbers(results, arm.cell, name, goal) for name in (METRIC, "flow_distance"))
            table = pd.DataFrame({"claim": claim.id, "goal": goal, "seed": seeds}).assign(
                predicted_limit=predicted,
                measured_limit=predicted * 2**octaves,
                predicted_distance=[each.distance[0] for each in found],
                measured_distance=distances,
                on_plateau=[each.on_plateau[0] for each in found],
                passes=[each.gradients for each in found],
            )
            rows.append(with_cell(arm.cell, table))
    return pd.concat(rows, ignore_index=True) if rows else None


def _numbers(results: Results, cell: Cell, metric: str, goal: float | None) -> np.ndarray:
    """Return a metric that needs no learning rate for each judging seed of a cell."""
    seeds = list(results.study.experiments[cell.experiment].judging_seeds)
    numbers = metrics.compute(results, cell, metric, "test", goal)
    return metrics.METRICS[metric].summary(numbers, pd.Series(np.nan, seeds)).to_numpy()


@cached  # pages ask for each number of it
def arms(results: Findings) -> pd.DataFrame:
    """Return the arms of the published study, one row per context of a claim about predicted limits.

    Columns: those of speed_limits.csv, SHOWN, part (near, far or plateau), predicted (the limit), factor (the estimate
    of measured ÷ predicted by which the arm was judged), measured (the limit that this factor gives), measured_low and
    measured_high (the ends of its interval; NaN if unknown), and is_certain.
    """
    study = results.measurement("limit")
    networks = study.predicted_limits.drop_duplicates("experiment").set_index("experiment")[list(SHOWN)]
    table = study.speed_limits.join(networks, on="experiment")
    effects = [_effect(study.verdicts, row) for row in table.to_dict("records")]
    predicted = table["measured"] / 2 ** table["ahead"]
    known = [each.is_finite for each in effects]
    low, high = (np.where(known, [getattr(each, end) for each in effects], np.nan) for end in ("low", "high"))
    part = np.where(
        table["claim"].str.contains("plateau"), "plateau", np.where(table["claim"].str.endswith("-far"), "far", "near")
    )
    limits = {"predicted": predicted, "measured_low": predicted * 2**low, "measured_high": predicted * 2**high}
    factor = np.array([2**each.estimate for each in effects])
    limits["measured"] = np.where(known, predicted * factor, table["measured"])
    return table.assign(part=part, factor=factor, **limits, is_certain=table["outcome"] == Outcome.EQUAL)


def _effect(verdicts: Mapping[str, Verdict], row: Mapping) -> Effect:
    """Return the estimate of an arm in octaves, with the interval that decided it."""
    settings = {name: row[name] for name in ("experiment", "batch_size")}
    (context,) = verdicts[row["claim"]].matching(settings)
    return context.shown


def share_close(arms: pd.DataFrame) -> Interval:
    """Return the share of arms that are certainly close, in per cent, with its exact interval as if independent."""
    return share_interval(arms["is_certain"].to_numpy(), 1 - ALPHA)


def are_close(arms: pd.DataFrame, predictor: str = "ahead") -> pd.Series:
    """Return which arms have a median within a factor of CLOSE of a predictor's; an unknown one has not."""
    return arms[predictor].abs() < math.log2(CLOSE)


def conclusion(arms: pd.DataFrame) -> str:
    """Return whether at least SHARE of the arms are close: "supported", "refuted" or "open"; "failed" below half."""
    share = share_close(arms)
    if 2 * are_close(arms).sum() < len(arms):
        return "failed"
    return "supported" if share.ci_low > SHARE else "refuted" if share.ci_high < SHARE else "open"


def gain(arms: pd.DataFrame, rival: str) -> Interval | None:
    """Return by how many octaves the prediction is closer than a rival, over networks; None if nothing compares them.

    A network has the mean of its batch sizes.
    """
    by_network = (arms[rival].abs() - arms["ahead"].abs()).groupby(arms["experiment"]).mean().dropna()
    return signed_rank_interval(by_network.to_numpy(), 1 - ALPHA) if len(by_network) else None


@cached
def by_batch_size(results: Findings, experiment: str) -> dict[int, float]:
    """Return the limit predicted for each batch size of an experiment, a median over seeds; {} without plain SGD."""
    cells = [each for each in results.study.cells.values() if (each.experiment, each.optimiser) == (experiment, "sgd")]
    if not cells:
        return {}
    seeds = list(cells[0].seeds)[:MOST_SEEDS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a figure has no place for a plateau
        found = predict_limit(cells[0].architecture, cells[0].arrays(seeds), seeds)
    return {each.batch_sample_count: float(np.median(found.limit(each.batch_sample_count))) for each in cells}
