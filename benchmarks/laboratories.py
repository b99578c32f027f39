"""Simulate laboratories that repeat a study with seeds of their own, and count how often their verdicts contradict.

The measured claims of a study are trained with many seeds. Pairs of laboratories without a common seed then judge the
claims by some of these runs. The result is a tidy table (.csv) with one row per part, case and quantity. The parts are
`laboratories` (ways to judge), `errors` (simulated claims with a known true effect), `peeking` (a true null, tested
after every seed) and `coverage` (of the intervals).
"""

import argparse
import itertools
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from ontrial.judge import checks, measuring, metrics, policies, statistics, verdicts
from ontrial.judge.claims import list_arms
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import Estimand
from ontrial.judge.measuring import Measured, MeasuredArm
from ontrial.judge.metrics import METRICS
from ontrial.judge.records import Kind
from ontrial.judge.results import Results
from ontrial.storage import files, run_files, shipped, workflow
from ontrial.study import configuration
from ontrial.study.cell import Cell

NAME = "laboratories"  # name of the trained study
FIRST_SEED = 1_001  # not a seed of any published study
SEEDS = 160  # enough for two laboratories at the last look
LOOKS = (20, 40, 80)
PAIRS = 200
TUNING_SEEDS, JUDGING_SEEDS = 5, 20  # per laboratory that chooses a rate once
CLAIMS = 400  # simulated claims per effect
CONTEXTS = 8  # per simulated claim
EFFECTS = (0, 0.5, 0.8, 0.9, 1, 1.2, 1.5)  # in smallest effects of interest
CORRELATIONS = (0.0, 0.5)
HALF_WIDTHS = (0.5, 0.25)  # of an interval at the first look, in smallest effects of interest


Row = tuple[str, str, str, float]  # part, case, quantity, value


class Judgement(NamedTuple):
    """A laboratory's judgement of a claim: the verdict, and the outcome and number of seeds of each context."""

    verdict: str
    outcomes: list[str]
    seeds: list[int]


def main() -> None:
    """Train the study if necessary, simulate, write the table and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", default="config/config.yaml", help="default: %(default)s")
    parser.add_argument("--cores", default="all", help="cores to use (default: %(default)s)")
    parser.add_argument("--trust-code", action="store_true", help="allow the study's own metrics, which are code")
    parser.add_argument("--output", default="results/benchmark/laboratories.csv", help="default: %(default)s")
    arguments = parser.parse_args()
    results, docket = train(arguments.study, arguments.cores, arguments.trust_code)
    rows = [*laboratories(results, docket), *errors(), *peeking(results, docket), *coverage(results, docket)]
    table = pd.DataFrame(rows, columns=["part", "case", "quantity", "value"])
    files.write_text(arguments.output, table.to_csv(index=False, float_format="%.6g"))
    print(table.pivot_table(index=["part", "case"], columns="quantity", values="value", sort=False).to_string())


def train(study_file: str, cores: str, trust_code: bool) -> tuple[Results, Docket]:
    """Return the results of the measured claims of a study with SEEDS seeds. Finished runs are kept."""
    published = configuration.read(study_file)
    docket = checks.read(published.docket or "", published)
    tested = [claim for claim in docket.claims.values() if claim.kind is Kind.MEASURED and claim.estimand]
    needed = {name for claim in tested if claim.estimand for name in claim.estimand.experiments}
    folder = Path("results", NAME)
    content = configuration.relocated(json.loads(published.to_json()), Path(os.path.relpath(".", folder)))
    content |= {"study": NAME, "claims": [claim.id for claim in tested]}
    content["docket"] = os.path.relpath(published.docket or "", folder)
    content["experiments"] = {
        name: settings | {"seeds": {"confirmatory": {"from": FIRST_SEED, "to": FIRST_SEED + SEEDS - 1}}}
        for name, settings in content["experiments"].items()
        if name in needed
    }
    files.write_text(folder / "study.yaml", json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    records = folder / "tables/records.parquet"
    options = ("--snakefile", str(shipped.SNAKEFILE), "--cores", cores)
    workflow.run(str(folder / "study.yaml"), str(records), *options, trust_code=trust_code, show=True)
    study = configuration.read(folder / "study.yaml")
    return Results(study, pd.DataFrame(), run_files.read(records).to_pandas()), checks.read(study.docket or "", study)


# Laboratories ---------------------------------------------------------------------------------------------------------


def laboratories(results: Results, docket: Docket) -> Iterator[Row]:
    """Yield how often pairs of laboratories without a common seed agree, for each way to judge."""
    pairs = [np.split(order, 2) for order in orders(PAIRS)]
    ways = {
        "one rate for all seeds": partial(judge_at_one_rate, results),
        "own rates, one look": partial(judge, looks=LOOKS[:1]),
        "own rates, looks": partial(judge, looks=LOOKS),
    }
    claims = [measuring.measure(results, estimand) for estimand in estimands_of(docket)]
    for way, judge_claim in ways.items():
        judged = [
            [(judge_claim(measured, first), judge_claim(measured, second)) for first, second in pairs]
            for measured in claims
        ]
        for quantity, value in agreement(judged).items():
            yield "laboratories", way, quantity, value


def orders(count: int) -> Iterator[np.ndarray]:
    """Yield random orders of SEEDS seeds."""
    random = np.random.default_rng(1)
    return (random.permutation(SEEDS) for _ in range(count))


def judge(measured: Sequence[Measured], seeds: np.ndarray, looks: Sequence[int]) -> Judgement:
    """Return the judgement of a laboratory with these seeds, in this order, by this project's rules."""
    verdict, decisions, _ = verdicts.decide_claim([at_seeds(each, seeds) for each in measured], looks)
    outcomes = [decision.outcome for decision in decisions]
    return Judgement(verdict, outcomes, [looks[decision.look - 1] for decision in decisions])


def at_seeds(measured: Measured, seeds: np.ndarray) -> Measured:
    """Return a context with only some of its seeds, in this order."""
    arms = [MeasuredArm(arm.seeds.iloc[seeds], arm.position) for arm in measured.arms]
    return Measured(measured.context, measured.estimand, arms)


def judge_at_one_rate(results: Results, measured: Sequence[Measured], seeds: np.ndarray) -> Judgement:
    """Return the judgement of a laboratory that chooses each rate once, with seeds that then do not judge.

    It uses means and their t intervals, or medians of times.

    positive: The interval is above 0 and the estimate reaches the smallest effect.
    reversed: The interval is below 0.
    negligible: The criterion is the same as in this project.
    """
    tuning, judging = seeds[:TUNING_SEEDS], seeds[TUNING_SEEDS : TUNING_SEEDS + JUDGING_SEEDS]
    samples = [numbers_at_one_rate(results, each, tuning, judging) for each in measured]
    estimand = measured[0].estimand
    outcomes = [classify_by_mean(sample, estimand, statistics.ALPHA) for sample in samples]
    bonferroni = [classify_by_mean(sample, estimand, statistics.ALPHA / len(samples)) for sample in samples]
    return Judgement(statistics.decide(outcomes, bonferroni), outcomes, [TUNING_SEEDS + JUDGING_SEEDS] * len(samples))


def numbers_at_one_rate(results: Results, measured: Measured, tuning: np.ndarray, judging: np.ndarray) -> np.ndarray:
    """Return one number per judging seed, with each rate chosen by the mean or median over the tuning seeds."""
    estimand = measured.estimand
    metric, threshold = estimand.recorded_metric, estimand.threshold
    if not METRICS[metric].uses_rate:
        return at_seeds(measured, judging).numbers
    arms = []
    for arm in list_arms(results.study, estimand, measured.context):
        table = metrics.compute(results, arm.cell, metric, "test", threshold).iloc[judging]
        rates = pd.Series(arm.learning_rate, table.index, dtype=float)
        if arm.policy and arm.base:
            rates[:] = best_rate(results, arm.base, metric, threshold, tuning)
            rates = policies.at_policy(arm.policy, rates, arm.cell, arm.base)
        arms.append(metrics.at_rates(table, rates).to_numpy())
    return measured.combine(np.stack(arms))


def best_rate(results: Results, cell: Cell, metric: str, threshold: float | None, tuning: np.ndarray) -> float:
    """Return the rate of a cell that is best on validation data, by the mean or median over the tuning seeds."""
    name = METRICS[metric].tuned_by or metric
    table = metrics.compute(results, cell, name, "validation", threshold).iloc[tuning]
    score = table.median() if METRICS[name].censored else table.mean()
    return float(score.idxmin() if METRICS[name].lower_is_better else score.idxmax())


def classify_by_mean(sample: np.ndarray, estimand: Estimand, alpha: float) -> str:
    """Return the outcome of a context as described in `judge_at_one_rate`."""
    if np.isnan(sample).any():
        return "undecided"
    effect = estimand.smallest_effect
    estimate, low, high = mean_or_median(sample, estimand.censored, 1 - alpha)
    _, tost_low, tost_high = mean_or_median(sample, estimand.censored, 1 - 2 * alpha)
    if low > 0 and estimate >= effect:
        return "positive"
    if tost_low > -effect and tost_high < effect:
        return "negligible"
    return "reversed" if high < 0 else "undecided"


def mean_or_median(sample: np.ndarray, censored: bool, level: float) -> tuple[float, float, float]:
    """Return the median of times with its interval, or the mean with its t interval."""
    if censored:
        estimate, low, high = statistics.median_interval(sample, level)
        return float(estimate), float(low), float(high)
    mean, spread = sample.mean(), stats.sem(sample)
    half_width = stats.t.ppf((1 + level) / 2, len(sample) - 1) * spread
    return mean, mean - half_width, mean + half_width


def agreement(judged: Sequence[Sequence[tuple[Judgement, Judgement]]]) -> dict[str, float]:
    """Return how often pairs of laboratories contradict each other, and how often they do not decide, in per cent.

    Outcomes contradict each other if one is positive and the other against the claim, verdicts if both are conclusive
    and differ.

    judged: Judgements of every pair, for each claim.
    """
    everyone = [judgement for pairs in judged for pair in pairs for judgement in pair]
    contradictory: list[float] = []  # share of pairs, per context
    for pairs in judged:
        outcomes = np.array([[first.outcomes, second.outcomes] for first, second in pairs])  # (pairs, 2, contexts)
        positive = outcomes == "positive"
        against = np.isin(outcomes, [name for name in statistics.OUTCOMES if statistics.contradicts(name)])
        contradictory += list(((positive & against[:, ::-1]).any(axis=1)).mean(axis=0))
    verdict_pairs = [(first.verdict, second.verdict) for pairs in judged for first, second in pairs]
    conclusive = [pair for pair in verdict_pairs if "inconclusive" not in pair]
    shares: dict[str, Any] = {
        "seeds per context": np.mean([n for judgement in everyone for n in judgement.seeds]),
        "undecided contexts": 100 * np.mean([name == "undecided" for each in everyone for name in each.outcomes]),
        "contradictory contexts": 100 * np.mean(contradictory),
        "worst context": 100 * max(contradictory),
        "contradictory verdicts": 100 * sum(a != b for a, b in conclusive) / len(verdict_pairs),
        "different verdicts": 100 * np.mean([a != b for a, b in verdict_pairs]),
        "inconclusive verdicts": 100 * np.mean([judgement.verdict == "inconclusive" for judgement in everyone]),
        "inconclusive claims": len(judged) * np.mean([judgement.verdict == "inconclusive" for judgement in everyone]),
    }
    return {name: float(share) for name, share in shares.items()}


# Simulated claims -----------------------------------------------------------------------------------------------------


def errors() -> Iterator[Row]:
    """Yield how often claims whose contexts all have the same true effect get a wrong verdict, in per cent.

    The numbers of the seeds are normally distributed. "Supported" is wrong for effects below the smallest effect,
    "refuted" for all others, and "depends" always.
    """
    random = np.random.default_rng(2)
    for effect, correlation, half_width in itertools.product(EFFECTS, CORRELATIONS, HALF_WIDTHS):
        deviation = half_width * LOOKS[0] ** 0.5 / stats.t.ppf(0.975, LOOKS[0] - 1)
        shared = random.normal(size=(CLAIMS, 1, LOOKS[-1])) * correlation**0.5
        own = random.normal(size=(CLAIMS, CONTEXTS, LOOKS[-1])) * (1 - correlation) ** 0.5
        counts = Counter(verdict_on(claim) for claim in effect + deviation * (shared + own))
        wrong = {"depends", "refuted" if effect >= 1 else "supported"}
        case = f"effect {effect}, correlation {correlation}, half width {half_width}"
        yield "errors", case, "wrong", 100 * sum(counts[name] for name in wrong) / CLAIMS
        yield "errors", case, "inconclusive", 100 * counts["inconclusive"] / CLAIMS


def verdict_on(numbers: np.ndarray) -> str:
    """Return the verdict on a claim with a smallest effect of 1 from its numbers (contexts, seeds)."""
    outcomes, bonferroni = ([outcome_of(sample, contexts) for sample in numbers] for contexts in (1, len(numbers)))
    return statistics.decide(outcomes, bonferroni)


def outcome_of(sample: np.ndarray, contexts: int) -> str:
    """Return the outcome of a context at the first look that decides it."""
    for n, share in zip(LOOKS, statistics.shares(len(LOOKS)), strict=True):
        outcome = str(statistics.classify(sample[:n], 1.0, False, share / contexts))
        if outcome != "undecided":
            break
    return outcome


# Real runs ------------------------------------------------------------------------------------------------------------


def peeking(results: Results, docket: Docket) -> Iterator[Row]:
    """Yield how often seeds of one arm seem to differ from other seeds of the same arm if tested after every seed.

    The numbers are the differences between two halves of the seeds in one arm. The true effect is 0, so that every
    interval without 0 is an error. All seeds are those of real runs.
    """
    arms = unique_arms(results, docket)
    counts: Counter[str] = Counter()
    for numbers, order in itertools.product(arms, orders(PAIRS // 20)):
        first, second = np.split(numbers[order], 2)
        differences = first - second
        every_seed = range(statistics.fewest_seeds(statistics.ALPHA), LOOKS[-1] + 1)
        counts["after every seed"] += any(excludes_zero(differences[:n], statistics.ALPHA) for n in every_seed)
        counts["once"] += excludes_zero(differences[: LOOKS[0]], statistics.ALPHA)
        shares = zip(LOOKS, statistics.shares(len(LOOKS)), strict=True)
        counts["at the looks"] += any(excludes_zero(differences[:n], share) for n, share in shares)
    for case, count in counts.items():
        yield "peeking", case, "errors", 100 * count / (len(arms) * (PAIRS // 20))


def unique_arms(results: Results, docket: Docket) -> list[np.ndarray]:
    """Return the test accuracies of the seeds in every arm of the claims about accuracy, each once."""
    arms = [
        arm.seeds["number"].to_numpy(float)
        for estimand in estimands_of(docket)
        if estimand.metric == "test_accuracy"
        for measured in measuring.measure(results, estimand)
        for arm in measured.arms
    ]
    return list({numbers.tobytes(): numbers for numbers in arms if np.isfinite(numbers).all()}.values())


def excludes_zero(sample: np.ndarray, alpha: float) -> bool:
    """Return whether the 1 − alpha interval excludes 0."""
    _, low, high = statistics.signed_rank_interval(sample, 1 - alpha)
    return bool(low > 0 or high < 0)


def coverage(results: Results, docket: Docket) -> Iterator[Row]:
    """Yield how often a laboratory's interval at its first look contains the estimate of all seeds, in per cent."""
    level = 1 - statistics.shares(len(LOOKS))[0]
    covered: dict[str, list[bool]] = {"Hodges–Lehmann": [], "median": []}
    for estimand in estimands_of(docket):
        for measured in measuring.measure(results, estimand):
            if np.isnan(measured.numbers).any():
                continue
            truth = statistics.confidence_interval(measured.numbers, estimand.censored).estimate
            for order in orders(PAIRS):
                numbers = at_seeds(measured, order[: LOOKS[0]]).numbers
                _, low, high = statistics.confidence_interval(numbers, estimand.censored, level)
                covered["median" if estimand.censored else "Hodges–Lehmann"].append(bool(low <= truth <= high))
    for case, hits in covered.items():
        if hits:
            yield "coverage", case, "covered", 100 * sum(hits) / len(hits)
            yield "coverage", case, "nominal", 100 * level


def estimands_of(docket: Docket) -> list[Estimand]:
    """Return the estimands of the measured claims of a docket."""
    return [claim.estimand for claim in docket.claims.values() if claim.estimand]


if __name__ == "__main__":
    main()
