"""Confidence intervals, outcomes and verdicts, on published examples and on samples from known distributions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from support.combinations import combinations
from support.outcomes import classify

from ontrial_judge.core import statistics, sums
from ontrial_judge.core.statistics import (
    ALPHA,
    OUTCOMES,
    Claimed,
    Quantifier,
    confidence_interval,
    contradicts,
    decide,
    divisors,
    fewest_seeds,
    least_holding,
    rank_sum_distribution,
    rank_sum_interval,
    shares,
    signed_rank_distribution,
    signed_rank_interval,
)

TRIALS = 4000
SEEDS = 20


def within(share: float, expected: float) -> bool:
    """Return whether a share of TRIALS is in the central 99.99 % of the binomial distribution."""
    low, high = stats.binom.interval(0.9999, TRIALS, expected)
    return low <= share * TRIALS <= high


def at_most(share: float, level: float) -> bool:
    """Return whether a share of TRIALS agrees with a probability of at most `level`."""
    return share * TRIALS <= stats.binom.ppf(0.9999, TRIALS, level)


def normal_samples(mean: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 1.0, (TRIALS, SEEDS))


def coverage(samples: np.ndarray, centre: float, censored: bool) -> float:
    """Return the share of samples whose interval contains a number."""
    _, ci_low, ci_high = confidence_interval(samples, censored)
    return float(np.mean((ci_low <= centre) & (centre <= ci_high)))


def test_the_signed_rank_interval_of_a_published_example():
    # The depression of nine patients before and after a tranquilliser: Hollander, Wolfe & Chicken, tables 3.1 and
    # examples 3.1, 3.3 and 3.4. In R: wilcox.test(after, before, paired = TRUE, conf.int = TRUE, exact = TRUE).
    before = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
    after = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
    assert confidence_interval(after - before, censored=False) == pytest.approx((-0.46, -0.786, -0.010))


TWENTY = [
    -1.31, 0.44, 0.27, -0.08, 0.91, 1.62, -0.55, 0.13, 0.72, 1.05,
    -0.21, 0.38, 0.66, -0.94, 1.27, 0.05, 0.83, 0.49, -0.36, 2.15,
]  # fmt: skip
# In R 4.5: wilcox.test(x, conf.int = TRUE, exact = TRUE, conf.level = 0.95), then 0.9 and 0.99.
BY_R = [
    ([0.3, -0.1, 0.8, 1.4, 2.2, 0.6, -0.9, 1.1], 0.675, (-0.15, 1.5), (-0.05, 1.4), (-0.9, 2.2)),
    (
        [5.2, 4.1, 6.8, 5.9, 4.7, 6.1, 5.5, 60.3, 5.05, 4.45, 6.35, 5.65],
        5.575,
        (4.95, 6.575),
        (5.05, 6.225),
        (4.7, 32.75),
    ),
    (TWENTY, 0.38, (-0.02, 0.77), (0.055, 0.70), (-0.155, 0.895)),
]


@pytest.mark.parametrize(("sample", "estimate", *[f"at_{level}" for level in (95, 90, 99)]), BY_R)
def test_the_signed_rank_interval_is_that_of_r(sample, estimate, at_95, at_90, at_99):
    for level, ends in ((0.95, at_95), (0.90, at_90), (0.99, at_99)):
        assert confidence_interval(sample, False, level) == pytest.approx((estimate, *ends))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_the_distribution_of_the_signed_rank_statistic_is_that_of_scipy(n):
    signs = np.array(np.meshgrid(*[(-1, 1)] * n)).reshape(n, -1).T
    ranks = np.arange(1.0, n + 1)
    statistics = (ranks * (signs > 0)).sum(axis=1).astype(int)
    expected = stats.wilcoxon(ranks * signs, alternative="less", method="exact", axis=1).pvalue
    assert signed_rank_distribution(n)[statistics] == pytest.approx(expected)
    assert len(signed_rank_distribution(n)) == n * (n + 1) / 2 + 1


samples = arrays(float, st.integers(2, 14), elements=st.integers(-1000, 1000).map(lambda number: number / 16))
kinds = st.sampled_from([False, True])


@given(samples, st.integers(-100, 100), kinds)
def test_intervals_move_with_the_sample(sample, shift, censored):
    moved = confidence_interval(sample + shift, censored)
    assert moved == tuple(end + shift for end in confidence_interval(sample, censored))


@given(samples, kinds)
def test_intervals_turn_around_with_the_signs(sample, censored):
    estimate, ci_low, ci_high = confidence_interval(sample, censored)
    assert confidence_interval(-sample, censored) == (-estimate, -ci_high, -ci_low)


@given(samples, st.randoms(use_true_random=False), kinds)
def test_intervals_do_not_depend_on_the_order_of_the_seeds(sample, random, censored):
    shuffled = random.sample(list(sample), len(sample))
    assert confidence_interval(shuffled, censored) == confidence_interval(sample, censored)


@given(samples, kinds)
def test_intervals_contain_their_estimate_and_narrower_intervals(sample, censored):
    estimate, ci_low, ci_high = confidence_interval(sample, censored)
    _, tost_low, tost_high = confidence_interval(sample, censored, 1 - 2 * ALPHA)
    assert ci_low <= tost_low <= estimate <= tost_high <= ci_high


def test_the_median_interval_of_20_seeds_is_the_6th_to_15th_order_statistic():
    assert confidence_interval(np.arange(1.0, 21.0), censored=True) == (10.5, 6, 15)


@pytest.mark.parametrize("censored", [False, True])
def test_five_seeds_cannot_bound_an_effect_at_95_percent(censored):
    assert confidence_interval(np.arange(5.0), censored) == (2, -np.inf, np.inf)
    assert confidence_interval(np.arange(6.0), censored) == (2.5, 0, 5)


@pytest.mark.parametrize("alpha", [0.1, 0.05, 0.05 / 8, 0.005 / 8])
@pytest.mark.parametrize("censored", [False, True])
def test_the_fewest_seeds_are_enough_and_one_less_is_not(alpha, censored):
    n = fewest_seeds(alpha)
    assert np.isfinite(confidence_interval(np.arange(n), censored, 1 - alpha)).all()
    assert np.isinf(confidence_interval(np.arange(n - 1), censored, 1 - alpha).ci_high)


@pytest.mark.parametrize("censored", [True, False])
def test_without_numbers_nothing_is_known(censored):
    sample = np.stack([np.full(20, np.nan), np.full(20, 3.0)])
    estimate, low, high = confidence_interval(sample, censored)
    assert np.isnan(estimate[0])
    assert (low[0], high[0]) == (-np.inf, np.inf)
    assert (estimate[1], low[1], high[1]) == (3, 3, 3)
    assert list(classify(sample, 1.0, censored)) == ["undecided", "positive"]


def test_infinities_of_both_signs_bound_neither_end():
    sample = np.array([np.inf] * 10 + [-np.inf] * 6)  # the sign test of 10 against 6 has p = 0.45
    estimate, low, high = confidence_interval(sample, censored=False)
    assert np.isnan(estimate)
    assert (low, high) == (-np.inf, np.inf)
    mostly_zero = np.array([np.inf] + [-np.inf] * 3 + [0.0] * 12)
    assert confidence_interval(mostly_zero, censored=False) == (0, -np.inf, 0)


def test_intervals_cover_at_the_level_of_their_ranks():
    rank = np.searchsorted(signed_rank_distribution(SEEDS), 0.025, side="right")
    exact = 1 - 2 * signed_rank_distribution(SEEDS)[rank - 1]
    assert within(coverage(normal_samples(0.3, seed=1), 0.3, censored=False), exact)
    numbers = np.random.default_rng(3).standard_cauchy((TRIALS, SEEDS))
    exact = stats.binom.cdf(14, SEEDS, 0.5) - stats.binom.cdf(5, SEEDS, 0.5)
    assert within(coverage(numbers, 0, censored=True), exact)


@pytest.mark.parametrize("share", [0.02, 0.05, 0.1])
def test_intervals_cover_if_a_few_seeds_fail_badly(share):
    def draw(rng: np.random.Generator, *shape: int) -> np.ndarray:
        return rng.normal(size=shape) - 60 * (rng.random(shape) < share)

    first, second = draw(np.random.default_rng(4), 2, 1_000_000)
    centre = np.median((first + second) / 2)  # what the Hodges–Lehmann estimate estimates
    numbers = draw(np.random.default_rng(5), TRIALS, SEEDS)
    assert coverage(numbers, centre, censored=False) > 0.935  # the t interval of the mean: .32, .64 and .87
    assert coverage(numbers, stats.norm.ppf(0.5 / (1 - share) - share / (1 - share)), censored=True) > 0.935


@pytest.mark.parametrize("censored", [False, True])
@pytest.mark.parametrize("ratio", ["5/4", "10/8", "15/12", "20/16"])
def test_the_smallest_effect_itself_is_positive(ratio, censored):
    of, over = map(float, ratio.split("/"))
    numbers = np.full(SEEDS, np.log2(of) - np.log2(over))
    assert classify(numbers, math.log2(1.25), censored) == "positive"
    assert classify(-numbers, math.log2(1.25), censored) == "reversed"


def test_differences_of_accuracies_in_single_precision_may_equal_the_smallest_effect():
    shares = np.float32(np.arange(1, 21) / 100)
    points = 100 * shares.astype(float)
    assert classify(points[1:] - points[:-1], 1.0, False) == "positive"
    assert classify(points[:-1] - points[1:], 1.0, False) == "reversed"


@pytest.mark.parametrize("censored", [False, True])
@pytest.mark.parametrize(("claimed", "expected"), [
    (Claimed.MORE, "positive undecided negligible below reversed"),
    (Claimed.EQUAL, "apart undecided equal undecided apart"),  # has no direction
    (Claimed.AT_MOST, "beyond undecided within within within"),
])  # fmt: skip
def test_outcomes_follow_from_where_the_interval_lies_and_from_what_is_claimed(censored, claimed, expected):
    spread = np.linspace(-0.5, 0.5, SEEDS)  # the interval is within ± .3
    outcomes = [classify(spread + effect, 1.0, censored, claimed=claimed) for effect in (1.3, 0.9, 0, -0.9, -1.3)]
    assert [str(outcome) for outcome in outcomes] == expected.split()


def test_an_equality_is_supported_or_refuted_at_the_limit_at_most_at_the_stated_level():
    outcomes = classify(normal_samples(0.8, seed=7), 0.8, False, claimed=Claimed.EQUAL)
    assert at_most(np.mean(outcomes == "equal"), ALPHA)
    assert at_most(np.mean(outcomes == "apart"), ALPHA / 2)


@pytest.mark.parametrize("effect", [0.5, 0.8, 1.1])
def test_what_is_beyond_is_positive_and_what_is_within_contradicts_more(effect):
    samples = normal_samples(effect, seed=7)
    more, at_most = (classify(samples, 0.8, False, claimed=claimed) for claimed in (Claimed.MORE, Claimed.AT_MOST))
    assert (at_most == "beyond").tolist() == (more == "positive").tolist()
    assert set(more[at_most == "within"]) <= {"negligible", "below", "reversed"}


def test_an_estimate_of_the_smallest_effect_is_not_enough_for_positive():
    numbers = np.array([0.4, 0.6] * 10)
    assert classify(numbers, 0.4, False) == "positive"
    assert classify(numbers, 0.5, False) == "undecided"
    assert classify(numbers, 1.0, False) == "negligible"


@pytest.mark.parametrize("censored", [False, True])
def test_the_smallest_effect_contradicts_at_most_at_the_stated_level(censored):
    outcomes = classify(normal_samples(0.8, seed=7), 0.8, censored)
    assert at_most(np.mean(outcomes == "negligible"), ALPHA)
    assert at_most(np.mean((outcomes == "below") | (outcomes == "reversed")), ALPHA / 2)


def test_negligible_agrees_with_two_one_sided_signed_rank_tests():
    for numbers in normal_samples(0.2, seed=8)[:100]:
        above = stats.wilcoxon(numbers + 0.6, alternative="greater", method="exact").pvalue
        below = stats.wilcoxon(numbers - 0.6, alternative="less", method="exact").pvalue
        assert (max(above, below) <= ALPHA) == (classify(numbers, 0.6, censored=False) == "negligible")


numbers = st.integers(-40, 40).map(lambda number: number / 16) | st.sampled_from([-np.inf, np.inf])
samples_with_ties = arrays(float, st.integers(1, 20), elements=numbers)
effects = st.integers(1, 40).map(lambda number: number / 16)
MIRRORED = {"positive": {"reversed"}, "negligible": {"negligible"}, "reversed": {"positive", "below"}}


@given(samples_with_ties, effects, kinds, st.integers(-9, 9), st.sampled_from([0.05, 0.04, 0.005]))
def test_outcomes_do_not_depend_on_the_unit(sample, effect, censored, exponent, alpha):
    unit = 10.0**exponent
    assert classify(unit * sample, unit * effect, censored, alpha) == classify(sample, effect, censored, alpha)
    scaled = confidence_interval(unit * sample, censored, 1 - alpha)
    expected = [unit * end for end in confidence_interval(sample, censored, 1 - alpha)]
    np.testing.assert_allclose(scaled, expected, rtol=1e-12)


@given(samples_with_ties, effects, kinds, st.integers(-9, 9), st.sampled_from([0.05, 0.04, 0.005]))
def test_the_mirror_image_has_the_mirrored_outcome(sample, effect, censored, exponent, alpha):
    sample = 10.0**exponent * sample  # the effect may be far larger or smaller than the numbers
    outcome, mirrored = (str(classify(each, effect, censored, alpha)) for each in (sample, -sample))
    assert mirrored in MIRRORED.get(outcome, {"undecided", "below", "reversed"})
    _, low, high = confidence_interval(sample, censored, 1 - alpha)
    assert outcome != "positive" or low > 0
    assert outcome != "reversed" or high < 0


@pytest.mark.parametrize("looks", [1, 2, 3, 5])
def test_the_error_shares_of_all_looks_add_up(looks):
    assert len(shares(looks)) == looks
    assert sum(shares(looks)) == pytest.approx(ALPHA)


def test_the_first_of_three_looks_has_most_of_the_error():
    assert shares(3) == pytest.approx([0.0415, 0.00425, 0.00425])


@pytest.mark.parametrize(
    ("outcomes", "bonferroni_outcomes", "verdict"),
    [
        (["positive", "positive"], ["undecided", "undecided"], "supported"),
        (["negligible", "reversed", "below"], ["undecided"] * 3, "refuted"),
        (["positive", "reversed"], ["positive", "reversed"], "depends"),
        (["positive", "below"], ["positive", "below"], "depends"),
        (["positive", "negligible", "undecided"], ["positive", "negligible", "undecided"], "depends"),
        (["positive", "reversed"], ["positive", "undecided"], "inconclusive"),
        (["positive", "undecided"], ["positive", "undecided"], "inconclusive"),
        (["below", "undecided"], ["below", "undecided"], "inconclusive"),
        (["undecided"], ["undecided"], "inconclusive"),
    ],
)
def test_decide(outcomes, bonferroni_outcomes, verdict):
    assert decide(outcomes, bonferroni_outcomes) == verdict


def test_supported_is_wrong_at_most_at_the_stated_level():
    assert list(filter(contradicts, OUTCOMES)) == ["negligible", "reversed", "below"]
    strong = classify(normal_samples(3, seed=12), 1, False)
    none = classify(normal_samples(0, seed=13), 0.01, False)
    supported = [decide(pair, pair) == "supported" for pair in zip(strong, none, strict=True)]
    assert at_most(np.mean(supported), ALPHA / 2)


CLAIMS, CONTEXTS = 200, 8


def verdicts_of_claims(effect: float, correlation: float, looks: tuple[int, ...]) -> list[str]:
    """Return the verdicts of simulated claims whose contexts share one effect, in units of the smallest effect.

    The 95 % interval of 20 seeds is half as wide to each side as the smallest effect.
    """
    rng = np.random.default_rng(round(100 * effect + 10 * correlation + len(looks)))
    common, own = rng.normal(size=(CLAIMS, 1, looks[-1])), rng.normal(size=(CLAIMS, CONTEXTS, looks[-1]))
    noise = math.sqrt(correlation) * common + math.sqrt(1 - correlation) * own
    numbers = effect + 0.5 / 2.093 * math.sqrt(20) * noise
    outcomes, bonferroni_outcomes = (first_outcomes(numbers, looks, contexts) for contexts in (1, CONTEXTS))
    return [decide(*pair) for pair in zip(outcomes, bonferroni_outcomes, strict=True)]


def first_outcomes(numbers: np.ndarray, looks: tuple[int, ...], contexts: int) -> np.ndarray:
    """Return the outcome of each row at the first look that decides it."""
    outcomes = np.full(numbers.shape[:-1], "undecided", dtype="<U10")
    for n, share in zip(looks, shares(len(looks)), strict=True):
        open_rows = outcomes == "undecided"
        outcomes[open_rows] = classify(numbers[open_rows, :n], 1.0, False, share / contexts)
    return outcomes


@pytest.mark.parametrize(
    ("effect", "correlation", "looks"), combinations([0, 0.5, 0.8, 0.9, 1], [0, 0.5], [(20,), (10, 20, 40)])
)
def test_verdicts_on_contexts_that_share_an_effect_are_rarely_wrong(effect, correlation, looks):
    # Where the outcome was decided by the estimate, up to 29 % of these claims were said to depend on the context.
    wrong = {"depends", "refuted" if effect >= 1 else "supported"}
    verdicts = verdicts_of_claims(effect, correlation, looks)
    assert np.mean([verdict in wrong for verdict in verdicts]) < 0.02
    assert effect > 0 or verdicts.count("refuted") > 0.8 * CLAIMS


@pytest.mark.parametrize("looks", [(20,), (10, 20, 40)])
@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize("quantifier", Quantifier)
def test_verdicts_with_a_quantifier_are_wrong_at_most_at_the_stated_level_where_that_is_hardest(
    quantifier, holds, looks
):
    # As many contexts as may be are far from the claim, or from what contradicts it, and the others at the boundary.
    rng, needed = np.random.default_rng(7), least_holding(5, quantifier)
    far = 5 - needed if holds else needed - 1
    effects = np.array([-5.0 if holds else 5.0] * far + [1.0] * (5 - far))
    numbers = effects[:, None] + rng.normal(0, 0.5, (1000, 5, looks[-1]))
    first, second = (first_outcomes(numbers, looks, divisor) for divisor in divisors(5, quantifier))
    verdicts = [decide(*pair, quantifier) for pair in zip(first, second, strict=True)]
    wrong = np.mean([verdict in ({"refuted", "not_seen"} if holds else {"supported"}) for verdict in verdicts])
    assert wrong * 1000 <= stats.binom.ppf(0.9999, 1000, ALPHA if holds else ALPHA / 2)
    assert wrong > 0  # the state is hard


@given(st.lists(st.tuples(*[st.sampled_from(["positive", "undecided", "reversed"])] * 2), min_size=1))
def test_that_all_are_as_claimed_is_supported_where_that_some_are_the_opposite_is_not_seen(pairs):
    first, second = zip(*pairs, strict=True)
    mirror = {"positive": "reversed", "undecided": "undecided", "reversed": "positive"}
    opposite = decide([mirror[each] for each in second], [mirror[each] for each in first], Quantifier.SOME)
    names = {"supported": "not_seen", "refuted": "supported", "inconclusive": "inconclusive"}
    verdict = decide(first, second, Quantifier.ALL)
    assert names[verdict] == opposite or {"positive", "reversed"} <= {*first, *second}  # which is both at once


@pytest.mark.parametrize("quantifier", Quantifier)
def test_a_single_context_decides_alike_with_every_quantifier(quantifier):
    assert divisors(1, quantifier) == (1, 1)
    verdicts = [decide([outcome], [outcome], quantifier) for outcome in ("positive", "undecided", "negligible")]
    assert verdicts == ["supported", "inconclusive", "not_seen" if quantifier is Quantifier.SOME else "refuted"]


# Two samples that share nothing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 3), (4, 4), (3, 7), (7, 3)])
def test_the_rank_sum_distribution_is_that_of_all_orders(m, n):
    ranks = np.array(list(itertools.combinations(range(m + n), m)))
    statistic = ranks.sum(axis=1) - m * (m - 1) // 2
    expected = [(statistic <= u).mean() for u in range(m * n + 1)]
    np.testing.assert_allclose(rank_sum_distribution(m, n), expected, rtol=1e-12)


def test_the_rank_sum_interval_is_that_of_a_textbook():
    # Hollander, Wolfe & Chicken, example 4.1: permeability of tissue at term and earlier
    term = np.array([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46])
    earlier = np.array([1.15, 0.88, 0.90, 0.74, 1.21])
    estimate, low, high = rank_sum_interval(earlier, term, 0.95)
    assert (round(float(estimate), 3), round(float(low), 2), round(float(high), 2)) == (-0.305, -0.76, 0.15)


@given(arrays(float, (2, 7), elements=st.integers(-5, 5)), st.sampled_from([0.9, 0.95]))
def test_the_rank_sum_interval_has_the_shifts_that_the_test_does_not_reject(samples, level):
    of, other = samples
    estimate, low, high = rank_sum_interval(of, other, level)
    assert low <= estimate <= high
    for end, side in ((low, "less"), (high, "greater")):
        for beyond, rejects in ((0.25, True), (-0.25, False)):  # numbers are whole, so that there is no tie
            shift = end - beyond if side == "less" else end + beyond
            test = stats.mannwhitneyu(other, of - shift, alternative=side, method="exact")
            assert (test.pvalue <= (1 - level) / 2) == rejects


def test_samples_too_small_for_the_level_have_no_ends():
    assert rank_sum_interval(np.array([3.0]), np.arange(4.0), 0.95) == (1.5, -np.inf, np.inf)


@given(st.integers(0, 2**32), st.sampled_from([1, 0.1, 1e-3]), st.booleans(), st.floats(0, 1, exclude_max=True))
def test_a_selected_sum_is_that_of_the_sorted_sums(seed, grain, is_triangular, share):
    random = np.random.default_rng(seed)
    u, v = (np.sort(np.round(random.normal(size=n) / grain) * grain) for n in (60, 60 if is_triangular else 45))
    first = np.arange(60) if is_triangular else np.zeros(60, int)
    listed = np.sort([u[r] + v[c] for r in range(len(u)) for c in range(first[r], len(v))])
    rank = int(share * len(listed))
    assert sums.select(u, v, first, rank) == pytest.approx(listed[rank], rel=1e-12, abs=1e-12)


def test_sums_that_are_all_zero_are_selected():
    assert sums.select(np.zeros(60), np.zeros(60), np.arange(60), 800) == 0


@pytest.mark.parametrize("infinities", [(), (np.inf, np.inf, np.inf, -np.inf)])
def test_many_numbers_have_the_same_interval_as_if_all_sums_were_listed(monkeypatch, infinities):
    random = np.random.default_rng(1)
    paired, of, other = random.normal(size=150), random.normal(size=90), random.normal(size=70)
    paired[: len(infinities)] = infinities
    listed = [signed_rank_interval(paired, 0.95), rank_sum_interval(of, other, 0.95)]
    monkeypatch.setattr(statistics, "MANY", 100)
    monkeypatch.setattr(statistics, "MANY_SUMS", 5_000)
    selected = [signed_rank_interval(paired, 0.95), rank_sum_interval(of, other, 0.95)]
    np.testing.assert_allclose(selected, listed, atol=2e-3)  # normal ranks differ by one or two


def test_many_rows_of_many_numbers_have_an_interval_each():
    rows = np.random.default_rng(2).normal(size=(2, 300))
    together = signed_rank_interval(rows, 0.95)
    assert [interval[1] for interval in together] == [float(end) for end in signed_rank_interval(rows[1], 0.95)]
