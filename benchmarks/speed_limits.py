"""Count in how many arms the predicted speed limit is right, and compare it with two rivals: the study `limit`.

This file was fixed with the docket of the study, before its networks were trained. An arm is a context of a claim about
`limit_error`. Its error is the median over seeds of log₂ measured/predicted limit, which is not known if fewer
than half of the seeds have a limit; such an arm counts as one that was not predicted. The result is a table (.csv) with
one row per arm: the claim, the outcome of its context, and the errors of the predictions, in octaves. Printed are

- the share of the arms that are within a factor of 1.5 with certainty, at 5 % for each ("equal"), with its exact
  95 % interval, as if arms were independent. "At least 80 %" is supported if the interval is above 80 %, refuted if it
  is below, and otherwise open. If the medians of fewer than half of the arms are within 1.5, the prediction has failed,
  and that is the result;
- by how many octaves the look ahead is closer than the start, and than a range test, with the exact 95 % interval of
  Wilcoxon's signed-rank test over networks, each with the mean of its batch sizes: better if above 0.

The rivals predict arms with plain SGD, each with a constant from the same published arms as the look ahead's. Arms on
a plateau are counted apart.

The range test (Smith 2017) may make as many passes over the samples as the prediction: n/B updates for each. Its rate
rises from 2⁻¹² to 2⁴ by the same factor in every update. The loss of each batch before its update is averaged over
the last two octaves. The test ends where that mean is not finite, or 4 times its minimum, and its limit is in
proportion to the rate at the minimum. Of 24 versions (six rules, four windows), this one is within a factor of 1.5 of
most published arms.
"""

import argparse
from collections.abc import Iterator
from functools import cache
from itertools import islice

import numpy as np
import pandas as pd

from ontrial import data
from ontrial.judge import claims, forecasts, metrics, result_files, statistics
from ontrial.judge.records import Outcome
from ontrial.judge.results import Results
from ontrial.nn import Architecture, Data, Network, Recipe, train
from ontrial.nn.optimisers import State
from ontrial.nn.samples import Pool, batch_orders
from ontrial.nn.training import update
from ontrial.storage import files
from ontrial.study.cell import Cell
from ontrial.study.settings import read_widths

METRIC = "limit_error"
CLOSE = np.log2(1.5)  # octaves
SHARE = 80  # per cent of arms
PLATEAU = "plateau"  # in the ids of claims whose arms are counted apart
LOWEST, HIGHEST = -12, 4  # octaves of the range test
WINDOW = 2.0  # octaves over which its losses are averaged
TOO_LARGE = 4.0  # multiple of the smallest loss

# Measured limits of the 28 published arms with SGD, divided by what each rival says: `--calibrate`
START, RANGE_TEST = 2.54, 0.73
PUBLISHED = "results/reference/one-curve/tables/two_numbers.csv"
SEEDS = 3  # of each published arm


def range_test(architecture: Architecture, arrays: Data, seeds: list[int], batch: int, passes: int) -> np.ndarray:
    """Return the rate of each seed at which the mean loss of a range test is smallest, (R,)."""
    samples = arrays.train.X.shape[1]
    updates = max(2, round(passes * samples / batch))
    factor = 2 ** ((HIGHEST - LOWEST) / (updates - 1))
    window = max(1, round(WINDOW / np.log2(factor)))
    recipe = Recipe(batch, updates=updates)
    weights = train(architecture, Recipe(batch, updates=0), arrays, [1.0] * len(seeds), seeds).weights
    network = Network(architecture, weights, np.float32)
    pool = Pool(arrays.train, np.arange(len(seeds)))
    losses, rates = np.empty((updates, len(seeds))), 2.0**LOWEST * factor ** np.arange(updates)
    with np.errstate(all="ignore"):
        for t, rows in enumerate(islice(pool.batches(batch_orders(seeds, samples), batch), updates)):
            update(network, pool, rows, recipe, np.full((len(seeds), 1, 1), rates[t], np.float32), State([]))
            buffers = network.buffers(rows.shape[1])  # the prediction is that before the update
            losses[t] = network.objective.loss.value(buffers.prediction, buffers.target)
        means = pd.DataFrame(losses).rolling(window, min_periods=1).mean().to_numpy(copy=True)
        ends = ~np.isfinite(means) | (means > TOO_LARGE * np.fmin.accumulate(means))
    means[np.logical_or.accumulate(ends)] = np.inf
    return rates[means.argmin(axis=0)]


def rivals(cell: Cell, seeds: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the limits that the start formula and the range test predict for the networks of a cell, (R,) each."""
    network = tuple(cell.settings[name] for name in forecasts.NETWORK)
    return _rivals(network, tuple(seeds), cell.batch_sample_count)


@cache
def _rivals(network: tuple, seeds: tuple[int, ...], batch: int) -> tuple[np.ndarray, np.ndarray]:
    values = dict(zip(forecasts.NETWORK, network, strict=True))
    records = pd.DataFrame([values])
    predictions = [forecasts.prediction(records, seed, None) for seed in seeds]
    dataset, output = values["dataset"], values["output"]
    layers = data.sizes(dataset).features, *read_widths(values["hidden"]), data.target_columns(dataset, output)
    architecture = Architecture(layers, values["activation"], output, values["loss"], values["initialisation"])
    arrays = data.arrays(dataset, list(seeds), output, training_samples=values["training_samples"])
    passes = round(np.median([prediction.gradients for prediction in predictions]))
    start = np.array([prediction.start.limit(batch)[0] for prediction in predictions])
    return START * start, RANGE_TEST * range_test(architecture, arrays, list(seeds), batch, passes)


def arms(folder: str) -> Iterator[dict]:
    """Yield the row of each arm of a study whose results are in a folder."""
    names = ("study.json", "tables/runs.parquet", "tables/records.parquet", "docket.json")
    results, docket = result_files.read_results(*(f"{folder}/{name}" for name in names))
    verdicts = result_files.read_verdicts(f"{folder}/verdicts.json").by_claim
    for claim in docket.claims.values():
        if claim.estimand is None or claim.estimand.metric != METRIC:
            continue
        judged = verdicts[claim.id].contexts
        for i, context in enumerate(claims.list_contexts(claim.estimand)):
            (arm,) = claims.list_arms(results.study, claim.estimand, context)
            yield {"claim": claim.id, "outcome": judged[i].outcome.value, **_row(results, arm.cell, claim.estimand)}


def _row(results: Results, cell: Cell, estimand: claims.Estimand) -> dict:
    """Return the settings of an arm, and the median errors of the predictions over its seeds."""
    seeds = list(results.study.experiments[cell.experiment].judging_seeds)
    numbers = metrics.compute(results, cell, METRIC, "test", estimand.threshold)
    error = metrics.METRICS[METRIC].summary(numbers, pd.Series(np.nan, seeds)).to_numpy()
    records = pd.DataFrame([cell.settings | {"seed": seed} for seed in seeds])
    measured = error + np.log2(forecasts.predicted_limits(records, estimand.threshold))
    row = {"experiment": cell.experiment, "batch_size": cell.batch_sample_count, "optimiser": cell.optimiser}
    row |= {"seeds": np.isfinite(error).sum(), "measured": 2 ** _median(measured), "ahead": _median(error)}
    if cell.optimiser == "sgd":
        for name, predicted in zip(("start", "range_test"), rivals(cell, seeds), strict=True):
            row[name] = _median(measured - np.log2(predicted))
    return row


def _median(numbers: np.ndarray) -> float:
    """Return the median of the known numbers, NaN if fewer than half are known."""
    known = numbers[np.isfinite(numbers)]
    return float(np.median(known)) if 2 * len(known) >= len(numbers) else np.nan


def report(table: pd.DataFrame) -> list[str]:
    """Return what the arms of a table say, as lines of text."""
    lines = []
    is_apart, is_far = (table["claim"].str.contains(word) for word in (PLATEAU, "-far"))
    for name, rows in {"near": ~is_apart & ~is_far, "far": is_far, "on a plateau": is_apart}.items():
        part = table[rows]
        if part.empty:
            continue
        certain, close = part["outcome"] == Outcome.EQUAL, part["ahead"].abs() < CLOSE
        share, low, high = statistics.share_interval(certain.to_numpy(), 1 - statistics.ALPHA)
        says = "supported" if low > SHARE else "refuted" if high < SHARE else "open"
        lines.append(
            f"{name}: {certain.sum()} of {len(part)} arms are certainly within 1.5 ({share:.0f}%, {low:.0f} to "
            f"{high:.0f}; at least {SHARE}%: {says}); medians of {close.sum()} are"
            + ("" if 2 * close.sum() >= len(part) else ": the prediction has failed")
        )
        for rival in ("start", "range_test"):
            gains = (part[rival].abs() - part["ahead"].abs()).groupby(part["experiment"]).mean().dropna().to_numpy()
            if len(gains):
                gain, low, high = statistics.signed_rank_interval(gains, 1 - statistics.ALPHA)
                interval = f"{gain:.2f} octaves ({low:.2f} to {high:.2f})"
                lines.append(f"{name}: closer than {rival} by {interval}, {len(gains)} networks")
    return lines


def calibrate() -> list[str]:
    """Return the constants of the rivals: medians over the published arms with SGD of measured/predicted."""
    table = pd.read_csv(PUBLISHED)
    by = ["experiment", *forecasts.NETWORK, "batch_size"]
    octaves = []
    for _, arm in table[table["optimiser"] == "sgd"].groupby(by, sort=False):
        if 2 * arm["rate_limit"].count() >= len(arm):
            network = tuple(arm[name].iloc[0] for name in forecasts.NETWORK)
            predicted = _rivals(network, tuple(arm["seed"][:SEEDS].tolist()), int(arm["batch_size"].iloc[0]))
            found = [np.median(each) / constant for each, constant in zip(predicted, (START, RANGE_TEST), strict=True)]
            octaves.append(np.log2(arm["rate_limit"].median()) - np.log2(found))
    constants = np.median(octaves, axis=0)
    within = 2 ** np.quantile(np.abs(octaves - constants), 0.9, axis=0)
    return [
        f"{name}: {2**constant:.3g}, nine in ten within {factor:.3g}"
        for name, constant, factor in zip(("start", "range test"), constants, within, strict=True)
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--folder", default="results/limit", help="results of the study (default: %(default)s)")
    parser.add_argument("--output", default="results/limit/speed_limits.csv", help="table (default: %(default)s)")
    parser.add_argument("--calibrate", action="store_true", help="print the constants of the rivals instead")
    options = parser.parse_args()
    if options.calibrate:
        print("\n".join(calibrate()))
    else:
        found = pd.DataFrame(arms(options.folder))
        files.write_text(options.output, found.to_csv(index=False, float_format="%.4g"))
        print(found.to_string(index=False), *report(found), sep="\n")
