"""Simulate laboratories that repeat a study with seeds of their own, and count how often their verdicts contradict.

The measured claims of a study are trained with many seeds. Pairs of laboratories without a common seed then judge the
claims by some of these runs. The result is a tidy table (.csv) with one row per part, case and quantity. The parts are
`laboratories` (ways to judge), `errors` (simulated claims with known true effects), `skewed` (intervals of numbers that
are not symmetric), `peeking` (a true null, tested after every seed) and `coverage` (of the intervals). Shares of
independent simulations have an exact 95 % interval. The command fails if the project's way to judge exceeds LIMITS;
among fewer than ENOUGH contexts, it does not check how many are undecided, as two close effects would decide that.
"""

import argparse
import itertools
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from ontrial.errors import InputError
from ontrial.judge import checks, measuring, metrics, policies, statistics, verdicts
from ontrial.judge.claims import Arm, list_arms, list_contexts
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import Estimand
from ontrial.judge.measuring import MeasuredArm, Paired
from ontrial.judge.metrics import METRICS
from ontrial.judge.records import Kind
from ontrial.judge.results import Results
from ontrial.judge.statistics import Claimed
from ontrial.storage import files, machine, process, run_files, shipped, workflow
from ontrial.study import configuration, inheritance

NAME = "laboratories"  # name of the trained study
FIRST_SEED = 1_001  # not a seed of any published study
SEEDS = 160  # enough for two laboratories at the last look
LOOKS = (20, 40, 80)
PAIRS = 200
TUNING_SEEDS, JUDGING_SEEDS = 5, 20  # per laboratory that chooses a rate once
CLAIMS = 4_000  # simulated claims per case
CONTEXTS = 8  # per simulated claim
TOO_SMALL, LARGE_ENOUGH = (0, 0.5, 0.8, 0.9), (1, 1.2, 1.5)  # true effects, in smallest effects of interest
BELOW, FAR_ABOVE = 0.99, 3.0  # effects just below the smallest effect of interest and far above it
CORRELATIONS = (0.0, 0.5)
HALF_WIDTHS = (0.5, 0.25)  # of an interval at the first look, in smallest effects of interest
SAMPLES = 40_000  # per distribution and number of seeds
DISTRIBUTIONS = {
    "normal": stats.norm(),
    "exponential": stats.expon(),
    "lognormal": stats.lognorm(1),
    "steep lognormal": stats.lognorm(2),
}
OWN_WAY = "own rates, looks"  # of this project to judge
UNDECIDED = "undecided contexts"
LIMITS = {"contradictory verdicts": 0.1, "worst context": 2.0, UNDECIDED: 8.0}  # of that way, in per cent
ENOUGH = 50  # contexts, for a limit on UNDECIDED


class Row(NamedTuple):
    """A row of the table.

    low, high: Ends of the interval of a share of independent simulations.
    """

    part: str
    case: str
    quantity: str
    value: float
    low: float | None = None
    high: float | None = None


class Judgement(NamedTuple):
    """A laboratory's judgement of a claim: the verdict, and the outcome and number of seeds of each context."""

    verdict: str
    outcomes: list[str]
    seeds: list[int]


class BestRate(NamedTuple):
    """A learning rate, and how good it is on validation data; larger is better."""

    rate: float | None
    score: float


def measure(study_file: str, cores: str, trust_code: bool, output: str) -> None:
    """Train the study if necessary, simulate, write the table and print it. Raises InputError if it exceeds LIMITS."""
    results, docket = train(study_file, cores, trust_code)
    parts = (laboratories(results, docket), errors(), skewed(), peeking(results, docket), coverage(results, docket))
    table = write(output, itertools.chain(*parts), results.study.runs)
    contexts = sum(len(list_contexts(estimand)) for estimand in estimands_of(docket))
    limits = limits_for(contexts)
    rules = [f"{quantity} at most {limit:g}%" for quantity, limit in limits.items()]
    rules += [f"{name} not limited among fewer than {ENOUGH} contexts" for name in LIMITS.keys() - limits.keys()]
    print(f"Limits for {contexts:,} contexts: {', '.join(rules)}.")
    if exceeded := list(exceeding(table, limits)):
        raise InputError(f"{output}: laboratories agree less than they should: {'; '.join(exceeded)}.")


def write(output: str, rows: Iterable[Row], runs: int) -> pd.DataFrame:
    """Write the table of a simulation, print its values, and return it.

    runs: Number of trained networks.
    """
    table = pd.DataFrame(rows, columns=Row._fields).assign(commit=machine.git("rev-parse", "HEAD"), runs=runs)
    files.write_text(output, table.to_csv(index=False, float_format="%.6g"))
    values = table.pivot_table(index=["part", "case"], columns="quantity", values="value", sort=False)
    print(values.to_string(na_rep=""))
    return table


def limits_for(contexts: int) -> dict[str, float]:
    """Return the limits that apply to a study with this many contexts."""
    return {quantity: limit for quantity, limit in LIMITS.items() if quantity != UNDECIDED or contexts >= ENOUGH}


def exceeding(table: pd.DataFrame, limits: Mapping[str, float]) -> Iterator[str]:
    """Yield the quantities of the project's way to judge that exceed their limit."""
    own = table[(table["part"] == "laboratories") & (table["case"] == OWN_WAY)].set_index("quantity")["value"]
    for quantity, limit in limits.items():
        if own[quantity] > limit:
            yield f"{quantity} {own[quantity]:.3g}%, more than {limit:g}%"


def train(study_file: str, cores: str, trust_code: bool) -> tuple[Results, Docket]:
    """Return the results of the measured claims of a study with SEEDS seeds. Finished runs are kept."""
    published = configuration.read_study(study_file)
    docket = checks.read_docket(published.docket or "", published)
    tested = [claim for claim in docket.claims.values() if claim.kind is Kind.MEASURED and claim.estimand]
    needed = {name for claim in tested if claim.estimand for name in claim.estimand.experiments}
    folder = Path("results", NAME)
    content = inheritance.relocated(json.loads(published.to_json()), Path(os.path.relpath(".", folder)))
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
    study = configuration.read_study(folder / "study.yaml")
    results = Results(study, pd.DataFrame(), run_files.read_sealed(records).to_pandas())
    return results, checks.read_docket(study.docket or "", study)


# Laboratories ---------------------------------------------------------------------------------------------------------


def laboratories(results: Results, docket: Docket) -> Iterator[Row]:
    """Yield how often pairs of laboratories without a common seed agree, for each way to judge."""
    pairs = [np.split(order, 2) for order in orders(PAIRS)]
    ways = {
        "one rate for all seeds": partial(judge_at_one_rate, results),
        "own rates, one look": partial(judge, looks=LOOKS[:1]),
        OWN_WAY: partial(judge, looks=LOOKS),
    }
    claims = [measuring.measure(results, estimand) for estimand in estimands_of(docket)]
    for way, judge_claim in ways.items():
        judged = [
            [(judge_claim(measured, first), judge_claim(measured, second)) for first, second in pairs]
            for measured in claims
        ]
        for quantity, value in agreement(judged).items():
            yield Row("laboratories", way, quantity, value)


def orders(count: int) -> Iterator[np.ndarray]:
    """Yield random orders of SEEDS seeds."""
    random = np.random.default_rng(1)
    return (random.permutation(SEEDS) for _ in range(count))


def judge(measured: Sequence[Paired], seeds: np.ndarray, looks: Sequence[int]) -> Judgement:
    """Return the judgement of a laboratory with these seeds, in this order, by this project's rules."""
    found = verdicts.decide_claim([at_seeds(each, seeds) for each in measured], looks)
    outcomes = [decision.outcome for decision in found.decisions]
    return Judgement(found.conclusion, outcomes, [looks[decision.look - 1] for decision in found.decisions])


def at_seeds(measured: Paired, seeds: np.ndarray) -> Paired:
    """Return a context with only some of its seeds, in this order."""
    arms = [MeasuredArm.of(arm.seeds.iloc[seeds]) for arm in measured.arms]
    return replace(
        measured, arms=[replace(new, position=arm.position) for new, arm in zip(arms, measured.arms, strict=True)]
    )


def judge_at_one_rate(results: Results, measured: Sequence[Paired], seeds: np.ndarray) -> Judgement:
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


def numbers_at_one_rate(results: Results, measured: Paired, tuning: np.ndarray, judging: np.ndarray) -> np.ndarray:
    """Return one number per judging seed. The tuning seeds choose each rate, and tuned settings, by mean or median."""
    estimand = measured.estimand
    metric, threshold = estimand.recorded_metric, estimand.threshold
    if not METRICS[metric].uses_rate:
        return at_seeds(measured, judging).numbers
    arms = []
    for side in list_arms(results.study, estimand, measured.context):
        options = [(best_rate(results, option, metric, threshold, tuning), option) for option in side.options]
        best, arm = max(options, key=lambda option: option[0].score)
        table = metrics.compute(results, arm.cell, metric, "test", threshold, arm.checkpoint).iloc[judging]
        rates = pd.Series(best.rate, table.index, dtype=float)
        if arm.policy and arm.base:
            rates = policies.at_policy(arm.policy, rates, arm.cell, arm.base)
        arms.append(metrics.at_rates(table, rates).to_numpy())
    return estimand.numbers(np.stack(arms), [arm.position for arm in measured.arms])


def best_rate(results: Results, arm: Arm, metric: str, threshold: float | None, tuning: np.ndarray) -> BestRate:
    """Return the rate of an arm, or of its base, that is best on validation data by the mean or median of the seeds."""
    if arm.base is None:
        return BestRate(arm.learning_rate, 0.0)
    name = METRICS[metric].tuned_by or metric
    table = metrics.compute(results, arm.base, name, "validation", threshold, arm.base_checkpoint).iloc[tuning]
    scores = table.median() if METRICS[name].censored else table.mean()
    if METRICS[name].lower_is_better:
        scores = -scores
    return BestRate(float(scores.idxmax()), float(scores.max()))


def classify_by_mean(sample: np.ndarray, estimand: Estimand, alpha: float) -> str:
    """Return the outcome of a context as described in `judge_at_one_rate`."""
    if np.isnan(sample).any():
        return "undecided"
    effect = estimand.smallest_effect
    estimate, low, high = mean_or_median(sample, estimand.censored, 1 - alpha)
    _, tost_low, tost_high = mean_or_median(sample, estimand.censored, 1 - 2 * alpha)
    is_negligible = tost_low > -effect and tost_high < effect
    if estimand.claimed is Claimed.AT_MOST:
        is_beyond = low > 0 and estimate >= effect
        return "beyond" if is_beyond else "within" if tost_high < effect else "undecided"
    if estimand.claimed is Claimed.EQUAL:
        is_apart = (low > 0 or high < 0) and abs(estimate) >= effect
        return "apart" if is_apart else "equal" if is_negligible else "undecided"
    if low > 0 and estimate >= effect:
        return "positive"
    return "negligible" if is_negligible else "reversed" if high < 0 else "undecided"


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

    Outcomes contradict each other if one supports the claim and the other contradicts it, verdicts if both are
    conclusive and differ.

    judged: Judgements of every pair, for each claim.
    """
    everyone = [judgement for pairs in judged for pair in pairs for judgement in pair]
    contradictory: list[float] = []  # share of pairs, per context
    for pairs in judged:
        outcomes = np.array([[first.outcomes, second.outcomes] for first, second in pairs])  # (pairs, 2, contexts)
        known = {*itertools.chain(*statistics.OUTCOMES_OF.values())}
        supporting, against = (
            np.isin(outcomes, list(filter(rule, known))) for rule in (statistics.supports, statistics.contradicts)
        )
        contradictory += list(((supporting & against[:, ::-1]).any(axis=1)).mean(axis=0))
    verdict_pairs = [(first.verdict, second.verdict) for pairs in judged for first, second in pairs]
    conclusive = [pair for pair in verdict_pairs if "inconclusive" not in pair]
    shares: dict[str, Any] = {
        "seeds per context": np.mean([n for judgement in everyone for n in judgement.seeds]),
        UNDECIDED: 100 * np.mean([name == "undecided" for each in everyone for name in each.outcomes]),
        "contradictory contexts": 100 * np.mean(contradictory),
        "worst context": 100 * max(contradictory),
        "contradictory verdicts": 100 * sum(a != b for a, b in conclusive) / len(verdict_pairs),
        "different verdicts": 100 * np.mean([a != b for a, b in verdict_pairs]),
        "inconclusive verdicts": 100 * np.mean([judgement.verdict == "inconclusive" for judgement in everyone]),
        "inconclusive claims": len(judged) * np.mean([judgement.verdict == "inconclusive" for judgement in everyone]),
    }
    return {name: float(share) for name, share in shares.items()}


# Simulated claims -----------------------------------------------------------------------------------------------------


class State(NamedTuple):
    """The truth on a claim.

    effects: True effects of its contexts, in smallest effects of interest.
    wrong: Verdicts that are wrong.
    """

    name: str
    effects: Sequence[float]
    wrong: set[str]


STATES = (
    *(State(f"effect {effect}", [effect] * CONTEXTS, {"depends", "supported"}) for effect in TOO_SMALL),
    *(State(f"effect {effect}", [effect] * CONTEXTS, {"depends", "refuted"}) for effect in LARGE_ENOUGH),
    # The least favourable states, in which a single context has to err
    State("one just below", [BELOW, *[FAR_ABOVE] * (CONTEXTS - 1)], {"supported", "refuted"}),
    State("one large enough", [1, *[0] * (CONTEXTS - 1)], {"supported", "refuted"}),
)
NOISE = {"normal": ("normal", 1), "upper tail": ("exponential", 1), "lower tail": ("exponential", -1)}  # and its sign


def errors() -> Iterator[Row]:
    """Yield how often claims with known true effects get a wrong verdict, in per cent.

    The numbers of the seeds are normal, or skewed to either side. The correlation is that of normal numbers.
    """
    random = np.random.default_rng(2)
    for state, (noise, (distribution, sign)) in itertools.product(STATES, NOISE.items()):
        for correlation, half_width in itertools.product(CORRELATIONS, HALF_WIDTHS):
            deviation = half_width * LOOKS[0] ** 0.5 / stats.t.ppf(0.975, LOOKS[0] - 1)
            shared = random.normal(size=(CLAIMS, 1, LOOKS[-1])) * correlation**0.5
            own = random.normal(size=(CLAIMS, CONTEXTS, LOOKS[-1])) * (1 - correlation) ** 0.5
            numbers = np.array(state.effects)[:, None] + sign * deviation * centred(distribution, shared + own)
            verdicts = np.array(verdicts_on(numbers))
            case = f"{state.name}, {noise}, correlation {correlation}, half width {half_width}"
            yield share("errors", case, "wrong", np.isin(verdicts, list(state.wrong)))
            yield share("errors", case, "inconclusive", verdicts == "inconclusive")


def centred(distribution: str, z: np.ndarray) -> np.ndarray:
    """Return the numbers of a distribution that correspond to standard normal ones.

    Their standard deviation is 1, and the median of the averages of two of them is 0: the effect that is estimated.
    """
    frozen = DISTRIBUTIONS[distribution]
    return (frozen.ppf(special.ndtr(z)) - centre_of(distribution)) / frozen.std()


@cache
def centre_of(distribution: str) -> float:
    """Return the median of the averages of two independent numbers of a distribution."""
    frozen = DISTRIBUTIONS[distribution]

    def excess_below(middle: float) -> float:
        return frozen.expect(lambda x: frozen.cdf(2 * middle - x)) - 0.5

    return float(optimize.brentq(excess_below, *frozen.ppf([0.2, 0.95])))


def share(part: str, case: str, quantity: str, counted: np.ndarray) -> Row:
    """Return the row of a share of independent simulations, with its exact 95 % interval."""
    return Row(part, case, quantity, *map(float, statistics.share_interval(counted, 0.95)))


def verdicts_on(numbers: np.ndarray) -> list[str]:
    """Return the verdicts on claims with a smallest effect of 1 from their numbers (claims, contexts, seeds)."""
    contexts = numbers.shape[1]
    pairs = zip(outcomes_of(numbers, 1), outcomes_of(numbers, contexts), strict=True)
    return [statistics.decide(*pair) for pair in pairs]


def outcomes_of(numbers: np.ndarray, contexts: int) -> np.ndarray:
    """Return the outcome of each sample (…, seeds) at the first look that decides it.

    contexts: Number of contexts that share the error of a look.
    """
    outcomes = np.full(numbers.shape[:-1], "undecided", dtype="<U10")
    for n, alpha in zip(LOOKS, statistics.shares(len(LOOKS)), strict=True):
        is_open = outcomes == "undecided"
        outcomes[is_open] = classify_by_tests(numbers[is_open][..., :n], alpha / contexts)
    return outcomes


def classify_by_tests(samples: np.ndarray, alpha: float) -> np.ndarray:
    """Return what `statistics.outcomes` returns for samples (rows, seeds) without ties and a smallest effect of 1.

    An end of an interval is the r-th of the sorted averages of pairs, so it is at or above a value if fewer than r of
    them are below it. The signed-rank statistic counts these, which is much faster than to sort the averages.
    """
    least, pairs = 1 - statistics.TOLERANCE, samples.shape[-1] * (samples.shape[-1] + 1) // 2
    rank, rank_of_equivalence = interval_ranks(samples.shape[-1], alpha), interval_ranks(samples.shape[-1], 2 * alpha)
    below, below_opposite = averages_below(samples, least), averages_below(samples, -least)
    is_positive = below < rank
    is_negligible = (below_opposite < rank_of_equivalence) & (pairs - below < rank_of_equivalence)
    is_reversed = pairs - below_opposite < rank
    is_below = pairs - below < rank
    return np.select(
        [is_positive, is_negligible, is_reversed, is_below], statistics.OUTCOMES[:4], statistics.OUTCOMES[4]
    )


def averages_below(samples: np.ndarray, value: float) -> np.ndarray:
    """Return how many averages of two numbers of a sample (…, n), each with itself included, are below a value."""
    distances = samples - value
    is_below = np.take_along_axis(distances < 0, np.abs(distances).argsort(axis=-1), axis=-1)
    return (is_below * np.arange(1, samples.shape[-1] + 1)).sum(axis=-1)


@cache
def interval_ranks(n: int, alpha: float) -> int:
    """Return which of the sorted averages of n numbers, counted from 1, is the lower end of the 1 − alpha interval."""
    return int(np.searchsorted(statistics.signed_rank_distribution(n), alpha / 2, side="right"))


def skewed() -> Iterator[Row]:
    """Yield how often 95 % intervals miss the effect that they estimate, in per cent.

    missed on one side: The same for the end that fails more often.
    """
    random = np.random.default_rng(3)
    for distribution, n in itertools.product(DISTRIBUTIONS, LOOKS):
        below = averages_below(centred(distribution, random.normal(size=(SAMPLES, n))), 0)
        rank = interval_ranks(n, statistics.ALPHA)
        is_above, is_below = below < rank, n * (n + 1) // 2 - below < rank
        case = f"{distribution}, {n} seeds"
        yield share("skewed", case, "missed", is_above | is_below)
        yield share("skewed", case, "missed on one side", max(is_above, is_below, key=np.count_nonzero))


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
        yield Row("peeking", case, "errors", 100 * count / (len(arms) * (PAIRS // 20)))


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
    """Yield how often a laboratory's interval at its first look contains the estimate of all seeds, in per cent.

    Laboratories that count failures where all seeds do not, or the other way round, estimate something else.
    """
    level = 1 - statistics.shares(len(LOOKS))[0]
    covered: dict[str, list[bool]] = {"Hodges–Lehmann": [], "median": [], "failures": []}
    measured = (each for estimand in estimands_of(docket) for each in measuring.measure(results, estimand))
    for each in measured:
        if np.isnan(each.numbers).any():
            continue
        kind = "failures" if each.counts_failures else "median" if each.estimand.censored else "Hodges–Lehmann"
        truth = each.sample().interval(level).estimate
        for order in orders(PAIRS):
            laboratory = at_seeds(each, order[: LOOKS[0]])
            if laboratory.counts_failures == each.counts_failures:
                _, low, high = laboratory.sample().interval(level)
                covered[kind].append(bool(low <= truth <= high))
    for case, hits in covered.items():
        if hits:
            yield Row("coverage", case, "covered", 100 * sum(hits) / len(hits))
            yield Row("coverage", case, "nominal", 100 * level)


def estimands_of(docket: Docket) -> list[Estimand]:
    """Return the estimands of the measured claims of a docket."""
    return [claim.estimand for claim in docket.claims.values() if claim.estimand]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.laboratories",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--study", dest="study_file", default="config/config.yaml", help="default: %(default)s")
    parser.add_argument("--cores", default="all", help="cores to use (default: %(default)s)")
    parser.add_argument("--trust-code", action="store_true", help="allow the study's own metrics, which are code")
    parser.add_argument("--output", default="results/benchmark/laboratories.csv", help="default: %(default)s")
    process.run(measure, parser)
