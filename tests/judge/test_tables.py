"""Tables of anybody's runs: the same judgement as that of a study, and refusals by row and column."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy
from support.messages import message_of

from ontrial.judge import table_measuring, tables
from ontrial.judge.questions import TableQuestion
from ontrial_judge.core import statistics
from ontrial_judge.core.verdicts import Conclusion, Outcome, Way

QUESTION = TableQuestion("accuracy", "optimiser", "adam", "sgd", "0.5 points", pair=("seed",), contexts=("dataset",))
SEEDS = 12


def runs(lead: float = 2.0, seeds: int = SEEDS) -> pd.DataFrame:
    """Return two runs per seed and data set, in per cent: adam leads by `lead` points on moons, and not on digits."""
    random = np.random.default_rng(1)
    rows = []
    for dataset, effect in (("moons", lead), ("digits", 0.0)):
        for seed in range(seeds):
            luck = 90 + random.normal()
            for optimiser in ("sgd", "adam"):
                number = luck + random.normal() / 10 + effect * (optimiser == "adam")
                rows.append({"optimiser": optimiser, "seed": seed, "dataset": dataset, "accuracy": number})
    return pd.DataFrame(rows)


def differences(table: pd.DataFrame, dataset: str) -> np.ndarray:
    """Return the differences adam − sgd of a data set by seed."""
    pivot = table[table["dataset"] == dataset].pivot(index="seed", columns="optimiser", values="accuracy")
    return (pivot["adam"] - pivot["sgd"]).to_numpy()


def effects(table: pd.DataFrame, question: TableQuestion = QUESTION) -> dict[str, tuple]:
    """Return the outcome and the effect of each context of a judged table, by its settings.

    Numbers that were text may have another last digit in older versions of pandas.
    """
    contexts = tables.judge_table(table, question).verdict.contexts
    return {str(each.settings): (each.outcome, *np.round(each.effect.numbers, 9)) for each in contexts}


def test_pairs_are_judged_by_the_statistics_of_the_project():
    table = runs()
    judgement = tables.judge_table(table, QUESTION)
    digits, moons = judgement.verdict.contexts
    assert (digits.settings, moons.settings) == ({"dataset": "digits"}, {"dataset": "moons"})
    assert (digits.outcome, moons.outcome) == (Outcome.NEGLIGIBLE, Outcome.POSITIVE)
    for context in (digits, moons):
        numbers = differences(table, context.settings["dataset"])
        expected = statistics.signed_rank_interval(numbers, context.effect.level)
        assert context.effect.numbers == pytest.approx(tuple(map(float, expected)))
        assert context.n == SEEDS
    assert [context.effect.level for context in (digits, moons)] == [0.9, 0.95]  # the interval that decided
    assert judgement.verdict.conclusion is Conclusion.DEPENDS
    assert judgement.verdict.flipped_by == ("dataset",)
    assert judgement.runs == {"adam": 2 * SEEDS, "sgd": 2 * SEEDS}


def test_neither_order_nor_type_of_cells_matters():
    table = runs()
    shuffled = table.sample(frac=1, random_state=1)[table.columns[::-1]].reset_index(drop=True)
    assert effects(shuffled) == effects(table)
    table = runs().assign(epochs=lambda table: np.where(table["seed"] < 9, 20, 40))
    question = replace(QUESTION, where={"epochs": "20"})
    assert effects(table.astype(str), question) == effects(table, question)
    assert effects(table.astype({"epochs": float}), question) == effects(table, question)
    assert tables.judge_table(table, question).verdict.contexts[0].n == 9
    table = runs().replace({"dataset": {"moons": "01", "digits": "1"}}).astype(str)
    assert list(effects(table)) == ["{'dataset': '01'}", "{'dataset': '1'}"]
    ids = runs().replace({"dataset": {"moons": "9007199254740993", "digits": "9007199254740992"}})
    assert len(effects(ids)) == 2


def test_directions_points_and_factors_are_judged_as_asked():
    table = runs()
    mirrored = table.assign(accuracy=100 - table["accuracy"])
    question = replace(QUESTION, lower_is_better=True)
    for context, (outcome, *numbers) in effects(table).items():
        assert effects(mirrored, question)[context] == (outcome, *map(pytest.approx, numbers))
    table = runs()
    shares = table.assign(accuracy=table["accuracy"] / 100)
    assert tables.judge_table(shares, QUESTION).shares
    for context, (outcome, *numbers) in effects(table).items():
        assert effects(shares, QUESTION)[context] == (outcome, *map(pytest.approx, numbers))
    table = runs()
    question = replace(QUESTION, smallest_effect="factor 1.01")
    log_ratios = differences(table.assign(accuracy=np.log2(table["accuracy"])), "moons")
    _, *numbers = effects(table, question)["{'dataset': 'moons'}"]
    assert numbers == pytest.approx([float(end) for end in statistics.signed_rank_interval(log_ratios, 0.95)])


def test_without_pairs_the_shift_between_the_arms_is_judged():
    table = runs().drop(index=[0, 1, 3])  # moons has two runs of sgd less, and one of adam
    question = replace(QUESTION, pair=())
    judgement = tables.judge_table(table, question)
    moons = table[table["dataset"] == "moons"]
    arms = [moons.loc[moons["optimiser"] == arm, "accuracy"].to_numpy() for arm in ("adam", "sgd")]
    context = judgement.verdict.contexts[1]
    assert context.effect.numbers == pytest.approx(tuple(map(float, statistics.rank_sum_interval(*arms, 0.95))))
    assert (context.n, context.failed) == (SEEDS - 2, (0, 0))
    assert not judgement.incomplete


def test_exports_and_pairs_are_found_and_incomplete_pairs_listed():
    names = {"optimiser": "config.optimiser", "seed": "params.seed", "accuracy": "summary/accuracy"}
    exported = runs().rename(columns=names).assign(**{"config.accuracy_of_teacher": 1.0})
    judgement = tables.judge_table(exported, QUESTION)
    assert judgement.columns == names | {"dataset": "dataset"}
    assert judgement.verdict == tables.judge_table(runs(), QUESTION).verdict
    table = runs().drop(index=[2, 5])
    judgement = tables.judge_table(table, QUESTION)
    listed = [(each.context, each.pair, each.missing) for each in judgement.incomplete]
    assert listed == [({"dataset": "moons"}, {"seed": 1}, "sgd"), ({"dataset": "moons"}, {"seed": 2}, "adam")]
    assert [context.n for context in judgement.verdict.contexts] == [SEEDS, SEEDS - 2]
    table = runs().assign(split=lambda table: table["seed"] % 3, seed=lambda table: table["seed"] // 3)
    question = replace(QUESTION, pair=("seed", "split"), overlap="0")
    assert effects(table, question) == effects(runs())


def test_failed_runs_count_as_the_question_says():
    table = runs()
    table.loc[1, "accuracy"] = math.nan  # adam, on moons
    complete = table.drop(index=1).reset_index(drop=True)
    dropped = tables.judge_table(table, replace(QUESTION, failed="drop"))
    assert (dropped.without_number, len(dropped.incomplete)) == ({"adam": 1}, 1)
    assert effects(table, replace(QUESTION, failed="drop")) == effects(complete)
    worst = tables.judge_table(table, replace(QUESTION, failed="worst=10"))
    assert worst.verdict.contexts[1].failed == (1, 0)
    assert worst.measured[1].numbers.min() == pytest.approx(10 - table.loc[0, "accuracy"])


def test_times_that_are_never_reached_prove_only_what_the_budget_does():
    times = runs().assign(accuracy=lambda table: np.where(table["optimiser"] == "adam", 5.0, math.inf))
    question = replace(QUESTION, lower_is_better=True, smallest_effect="factor 3", failed="never=20")
    for outcome, estimate, low, high in effects(times, question).values():
        assert (outcome, estimate, high) == (Outcome.POSITIVE, math.inf, math.inf)
        assert low == pytest.approx(math.log2(20 / 5))


def test_looks_share_the_error_and_take_pairs_in_their_order():
    table = runs(seeds=45)
    question = replace(QUESTION, looks=(10, 20, 40))
    judgement = tables.judge_table(table.sample(frac=1, random_state=2).reset_index(drop=True), question)
    for context in judgement.verdict.contexts:
        assert context.look == 1
        first = differences(table, context.settings["dataset"])[:10]
        error = statistics.shares(3)[0]
        level = 1 - 2 * error if context.outcome is Outcome.NEGLIGIBLE else 1 - error
        expected = statistics.signed_rank_interval(first, level)
        assert context.effect.numbers == pytest.approx(tuple(map(float, expected)))


STEPS = replace(QUESTION, run=("run_id",), last="step")


def steps() -> pd.DataFrame:
    """Return a row for each step of each run, in any order: accuracy rises, and the last step has that of `runs`."""
    ends = runs().assign(run_id=[f"id {i}" for i in range(4 * SEEDS)])
    rows = [ends.assign(step=step, accuracy=ends["accuracy"] - (3 - step)) for step in range(4)]
    return pd.concat(rows).sample(frac=1, random_state=1).reset_index(drop=True)


def test_of_a_run_with_several_rows_the_last_one_with_a_number_is_judged():
    judgement = tables.judge_table(steps(), STEPS)
    assert judgement.verdict.contexts == tables.judge_table(runs(), QUESTION).verdict.contexts
    assert judgement.ends == {3: 4 * SEEDS}
    assert effects(steps().astype(str), STEPS) == effects(runs())
    assert effects(steps(), replace(STEPS, run=("seed", "optimiser", "dataset"))) == effects(runs())
    table = steps()
    stopped = table[~((table["run_id"] == "id 0") & (table["step"] > 1))]
    judgement = tables.judge_table(stopped.reset_index(drop=True), STEPS)
    assert judgement.ends == {1: 1, 3: 4 * SEEDS - 1}
    assert judgement.measured[1].numbers.max() == pytest.approx(differences(runs(), "moons").max() + 2, abs=1)
    table = steps().assign(step=lambda table: 10 * table["step"])
    between = table.assign(step=lambda table: table["step"] + 5, accuracy=math.nan)
    for missing in (math.nan, "", " NaN ", "null"):
        rows = pd.concat([table.astype(object), between.assign(accuracy=missing)], ignore_index=True)
        judgement = tables.judge_table(rows, STEPS)
        assert judgement.ends == {30: 4 * SEEDS}
        assert judgement.verdict == tables.judge_table(table, STEPS).verdict


def test_a_run_that_lacks_a_number_where_others_have_one_may_have_failed():
    table = steps()
    failed = table.index[(table["run_id"] == "id 7") & (table["step"] == 3)]
    table.loc[failed, "accuracy"] = math.nan
    assert message_of(tables.judge_table, table, STEPS).startswith(
        f'row {failed[0] + 1}: "accuracy" is empty or infinite.'
    )
    assert tables.judge_table(table, replace(STEPS, failed="worst=10")).verdict.contexts[1].failed == (1, 0)


def test_numbers_are_there_of_one_unit_and_of_the_arms():
    question = replace(QUESTION, failed="worst=10")
    assert message_of(tables.judge_table, runs().assign(accuracy=math.nan), question).startswith(
        "no run has a number in "
    )
    table = runs().assign(accuracy=lambda table: table["accuracy"] / 100)
    table.loc[5, "accuracy"] *= 100
    text = message_of(tables.judge_table, table, QUESTION)
    assert text.startswith('row 6: "accuracy" is 9')
    assert text.endswith(", and at most 1 in 47 of 48 runs. Write all as shares, or all in per cent.")
    table = runs()
    others = table.assign(optimiser=["sdg"] + ["adamw"] * 47, seed=table["seed"] + 100)
    judgement = tables.judge_table(pd.concat([table, others], ignore_index=True), QUESTION)
    assert judgement.others == {"adamw": 47, "sdg": 1}
    assert judgement.verdict == tables.judge_table(table, QUESTION).verdict


OVER = {"over": ("dataset",), "contexts": ()}


@pytest.mark.parametrize(("asked", "luck"), [({}, 0), ({}, 0.1), ({"pair": ()}, 0), (OVER, 0), (OVER, 0.1)])
def test_equal_differences_leave_the_mean_open(asked, luck):
    numbers = np.where(runs()["optimiser"] == "adam", 92.0, 90.0) + luck * runs()["seed"]
    judgement = tables.judge_table(runs().assign(accuracy=numbers), replace(QUESTION, **asked))
    for context, measured in zip(judgement.verdict.contexts, judgement.measured, strict=True):
        mean = context.judged_by(Way.MEAN) or context
        assert (context.outcome, mean.effect.estimate) == ("undecided", pytest.approx(2))
        assert (mean.effect.low, mean.effect.high, context.seeds_needed) == (-math.inf, math.inf, None)
        assert not measured.has_spread


def test_the_same_numbers_in_other_arms_are_other_evidence():
    question = replace(QUESTION, pair=(), contexts=())
    hashes = set()
    for split in (8, 9):
        arms = ["adam"] * split + ["sgd"] * (20 - split)
        table = pd.DataFrame({"optimiser": arms, "accuracy": np.arange(50.0, 70.0)})
        hashes.add(tables.measure(table, question).hash)
    assert len(hashes) == 2


@pytest.mark.parametrize("dtype", ["uint64", "float64"])
def test_seeds_may_be_huge(dtype):
    table = runs()
    huge = table.assign(seed=(table["seed"].astype("uint64") * 2**12 + 2**63).astype(dtype))
    assert effects(huge) == effects(table)


def test_numbers_are_equal_whatever_their_form():
    table = runs().replace({"optimiser": {"adam": "16.0", "sgd": "256.0"}})
    question = replace(QUESTION, better="16", other="256")
    assert effects(table, question) == effects(runs())


def changed(row: int | slice, column: str, value: object) -> pd.DataFrame:
    """Return the runs as text, with another value in a row from 1."""
    table = runs().astype(str)
    table.loc[row - 1 if isinstance(row, int) else row, column] = value
    return table


def steps_but(row: int, column: str, value: object) -> pd.DataFrame:
    """Return the steps of the runs in the order of `runs`, with another value in a row from 1."""
    table = steps().sort_values(
        ["step", "run_id"], key=lambda keys: keys.astype(str).str.removeprefix("id ").astype(int)
    )
    table = table.reset_index(drop=True).astype({column: object})
    table.loc[row - 1, column] = value
    return table


REFUSED = {
    "per cent": (changed(3, "accuracy", "91.5%"), {}, '"accuracy" is "91.5%", which is not a number. Write it without'),
    "unique pair": (runs().assign(run=range(4 * SEEDS)), {"pair": ("run",)}, '"run" has another value in each row'),
    "few runs": (
        runs(seeds=2),
        {"pair": ()},
        "dataset=digits, dataset=moons: 2 and 2 runs are too few for any outcome. 4 of each",
    ),
    "steps as runs": (steps(), {}, 'rows 1, 2, 3, 4, 5 and 187 more: rows have the same "run_id", and each run counts'),
    "no run": (steps_but(3, "run_id", None), {"run": ("run_id",), "last": "step"}, 'row 3: the column "run_id" is em'),
    "two runs as one": (
        steps().assign(name=lambda table: table["seed"]),
        {"run": ("name",), "last": "step"},
        'one run has several values of "optimiser". If these are several runs, name another column that tells them',
    ),
    "two last steps": (
        steps_but(1, "step", 3),
        {"run": ("run_id",), "last": "step"},
        "rows 1 and 145: one run has several rows of its last step. Remove what is there twice.",
    ),
    "spelling": (
        changed(3, "optimiser", " Adam"),
        {},
        'row 3: "optimiser" is " Adam", and the question has adam and sgd. Spell them alike, or rename what is some',
    ),
    "better than worst": (
        changed(3, "accuracy", ""),
        {"failed": "worst=99"},
        'worst=99: "accuracy" is worse in 47 of 47 runs, so failed ones would count as better. Write a number',
    ),
    "worst without points": (changed(3, "accuracy", ""), {"failed": "worst=-1"}, "worst=-1 is neither a share nor in"),
    "two runs": (changed(4, "seed", "0"), {}, "rows 2 and 4: several runs of optimiser=adam; dataset=moons; seed=0."),
    "no arm": (runs(), {"better": "adm"}, 'no run has optimiser=adm: unknown optimiser "adm". Did you mean "adam"?'),
    "no arm there": (runs().drop(index=range(0, 2 * SEEDS, 2)), {}, "dataset=moons: no run has optimiser=sgd."),
    "no pair": (
        runs().assign(seed=lambda table: table["seed"] + 1_000 * ((table["optimiser"] == "adam") & (table.index < 24))),
        {},
        'no value of "seed" has a run of both adam and sgd. Name what both runs',
    ),
    "constant pair": (runs().assign(fold=1), {"pair": ("fold",)}, '"fold" is 1 in each row, so it pairs nothing.'),
    "empty": (changed(3, "accuracy", ""), {}, 'row 3: "accuracy" is empty or infinite. Say what such runs count as'),
    "infinite": (
        runs().assign(accuracy=math.inf),
        {},
        'rows 1, 2, 3, 4, 5 and 43 more: "accuracy" is empty or infinite.',
    ),
    "few pairs": (
        runs(seeds=4),
        {},
        "dataset=digits, dataset=moons: too few pairs for any outcome: 4. At least 5 can show that an effect is "
        "negligible, and at least 6 that it is not.",
    ),
    "few for the look": (
        runs(),
        {"looks": (20, 40)},
        "dataset=digits, dataset=moons: 12 pairs are fewer than the first look has",
    ),
    "factor of 0": (
        changed(3, "accuracy", "0"),
        {"smallest_effect": "factor 2"},
        'row 3: "accuracy" is 0, and only numbers above 0 have a factor.',
    ),
    "no points": (changed(3, "accuracy", "101"), {}, 'row 3: "accuracy" is 101, which is neither a share nor in per'),
    "errors": (
        runs().assign(accuracy=0.01),
        {"lower_is_better": True},
        '"accuracy" is at most 1 in each row: it may be a share, or in per cent.',
    ),
    "late": (
        runs(),
        {"lower_is_better": True, "failed": "never=90", "smallest_effect": "1 epoch", "where": {"dataset": "moons"}},
        '"accuracy" is above never=90.',
    ),
    "unknown column": (runs(), {"pair": ("sead",)}, 'unknown column "sead". Did you mean "seed"?'),
    "two columns": (
        runs().rename(columns={"seed": "config.seed"}).assign(**{"params.seed": 1}),
        {},
        'the column "seed" may be "config.seed" and "params.seed". Write the whole name of one.',
    ),
    "one column twice": (
        runs().rename(columns={"seed": "config.seed"}),
        {"pair": ("seed", "config.seed")},
        'the column "config.seed" is named twice.',
    ),
    "a wide table": (
        pd.DataFrame({"seed": range(6), "adam": range(6), "sgd": range(6)}),
        {"contexts": ()},
        "Write one run per row, as pandas does with table.melt(['seed'], ['adam', 'sgd'], 'optimiser', 'accuracy').",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_name_rows_and_columns(case):
    table, change, message = REFUSED[case]
    question = replace(QUESTION, complete_only=True, **change)
    if "where" in change and "dataset" in change["where"]:
        question = replace(question, contexts=())
    assert message in message_of(tables.judge_table, table, question)


def test_contexts_without_enough_runs_are_left_out_and_listed():
    other = runs(seeds=2)
    moons, digits = (other[other["dataset"] == name] for name in ("moons", "digits"))
    adam, sgd = (digits[digits["optimiser"] == name] for name in ("adam", "sgd"))
    parts = [
        runs(),
        moons.assign(dataset="few"),
        adam.assign(dataset="one arm"),
        adam.assign(dataset="no pair"),
        sgd.assign(dataset="no pair", seed=[7, 8]),
    ]
    table = pd.concat(parts, ignore_index=True)
    judgement = tables.judge_table(table, QUESTION)
    assert effects(table) == effects(runs())
    assert dict(judgement.skipped) == {
        "dataset=few": "too few: 2",
        "dataset=one arm": "no run of sgd",
        "dataset=no pair": "no pair",
    }
    message = message_of(tables.judge_table, table, replace(QUESTION, complete_only=True))
    assert "dataset=no pair: no value of" in message


@pytest.mark.parametrize(
    ("condition", "seeds"),
    [
        (["0", "1", "2", "3", "4", "5", "6"], range(7)),
        ({"not": ["3"]}, [0, 1, 2, *range(4, SEEDS)]),
        ({"at_least": 5.0}, range(5, SEEDS)),
        ({"at_least": 2.0, "at_most": 9.0, "not": ["4", "5"]}, [2, 3, 6, 7, 8, 9]),
    ],
)
def test_runs_are_chosen_by_lists_limits_and_what_they_are_not(condition, seeds):
    question = replace(QUESTION, where={"epochs": condition})
    table = runs().assign(epochs=lambda table: table["seed"])
    assert effects(table, question) == effects(table[table["seed"].isin(seeds)].reset_index(drop=True))
    assert effects(table.astype(str), question) == effects(table, question)


def test_conditions_that_no_run_can_meet_are_refused():
    table = runs().assign(epochs=lambda table: table["seed"])
    for condition, message in [
        ({"at_least": 99.0}, "no run has epochs≥99"),
        ({"not": ["99"]}, "no run has epochs=99"),
        (["1", "99"], "no run has epochs=99"),
    ]:
        assert message in message_of(tables.judge_table, table, replace(QUESTION, where={"epochs": condition}))
    question = replace(QUESTION, where={"epochs": {"at_most": 9.0}})
    assert 'row 1: "epochs" is not a number' in message_of(
        tables.judge_table, table.astype(object).assign(epochs=["x", *range(47)]), question
    )


def test_too_many_contexts_are_refused(monkeypatch):
    monkeypatch.setattr(table_measuring, "MOST_CONTEXTS", 1)
    assert message_of(tables.judge_table, runs(), QUESTION).startswith("2 contexts are more than 1.")


def arms(of: np.ndarray, other: np.ndarray, **columns: object) -> pd.DataFrame:
    """Return a table of numbers by arm, adam and sgd, with their position as the seed and further columns."""
    parts = [
        pd.DataFrame({"optimiser": arm, "seed": np.arange(len(side)), "accuracy": side})
        for arm, side in (("adam", of), ("sgd", other))
    ]
    return pd.concat(parts, ignore_index=True).assign(**columns)


PLAIN = replace(QUESTION, contexts=())
UNPAIRED = replace(PLAIN, pair=())


@pytest.mark.parametrize("question", [PLAIN, UNPAIRED])
def test_no_outcome_stands_that_the_mean_contradicts(question):
    random = np.random.default_rng(3)
    base = random.normal(90, 0.3, 40)
    claimed = base + random.normal(2, 0.1, 40)
    (context,) = tables.judge_table(arms(claimed, base), question).verdict.contexts
    assert (context.outcome, context.decided_by[0]) == (Outcome.POSITIVE, Way.TYPICAL)
    collapsed = np.where(np.arange(40) < 5, 10.0, claimed)
    judgement = tables.judge_table(arms(collapsed, base), question)
    (context,) = judgement.verdict.contexts
    ways = {each.way: each for each in context.alternatives}
    assert context.outcome is Outcome.UNDECIDED
    assert ways[Way.TYPICAL].outcome is Outcome.POSITIVE
    assert ways[Way.MEAN].effect.estimate == pytest.approx(collapsed.mean() - base.mean())
    assert judgement.measured[0].far[0] == (5, 10.0, True)
    equal = np.where(np.arange(40) < 5, 10.0, base + random.normal(0, 0.05, 40))
    (context,) = tables.judge_table(arms(equal, base), question).verdict.contexts
    assert context.outcome is Outcome.BELOW  # smaller than claimed or reversed, but not equal
    (context,) = tables.judge_table(arms(equal, base), replace(question, by="typical")).verdict.contexts
    assert context.outcome is Outcome.NEGLIGIBLE


def test_a_single_pair_beside_enough_is_undecided():
    several, one = arms(np.arange(12) % 5 + 90.0, np.arange(12) % 3 + 80.0, task="a"), arms([90.0], [90.0], task="b")
    table = pd.concat([several, one], ignore_index=True)
    judged = tables.judge_table(table, replace(PLAIN, contexts=("task",)))
    assert [context.outcome for context in judged.verdict.contexts] == [Outcome.POSITIVE, Outcome.UNDECIDED]


def test_all_runs_of_the_larger_arm_count():
    random = np.random.default_rng(3)
    of, other = random.normal(90, 1, 8), random.normal(90, 1, 30)
    (context,) = tables.judge_table(arms(of, other), UNPAIRED).verdict.contexts
    ways = {each.way: each.effect for each in context.alternatives}
    expected = statistics.rank_sum_interval(of, other, ways[Way.TYPICAL].level)
    assert ways[Way.TYPICAL].numbers == pytest.approx(tuple(map(float, expected)))
    assert ways[Way.MEAN].estimate == pytest.approx(of.mean() - other.mean())


@pytest.mark.parametrize("question", [PLAIN, UNPAIRED])
def test_ties_and_coarse_numbers_are_judged_by_the_mean(question):
    base = np.repeat([70.0, 72.0, 74.0, 76.0], 10)
    better = base + np.where(np.arange(40) % 10 < 3, 6.0, 0.0)
    judgement = tables.judge_table(arms(better, base), replace(question, smallest_effect="5 points"))
    (context,) = judgement.verdict.contexts
    if question.pair:
        assert context.effect.estimate == pytest.approx(1.8)
        assert (judgement.measured[0].equal, judgement.measured[0].compared) == (28, 40)
        assert context.decided_by == (Way.MEAN,)
    (context,) = tables.judge_table(arms(better, base), question).verdict.contexts
    assert context.decided_by == (Way.MEAN,)  # steps of 2 points are coarse for half a point


def test_equal_arms_are_refused():
    base = np.random.default_rng(3).normal(90, 0.3, 40)
    message = message_of(tables.judge_table, arms(base, base), PLAIN)
    assert message.startswith("all 40 pairs have equal numbers to the last digit")


def test_skewed_differences_need_the_sign_test():
    random = np.random.default_rng(5)
    skewed = random.exponential(1, 80) - math.log(2) + 0.5
    judgement = tables.judge_table(arms(90 + skewed, np.full(80, 90.0)), PLAIN)
    (context,) = judgement.verdict.contexts
    outcomes = {each.way: each.outcome for each in context.alternatives}
    assert context.decided_by == (Way.TYPICAL, Way.SIGN, Way.MEAN)
    assert (outcomes[Way.TYPICAL], outcomes[Way.SIGN]) == (Outcome.POSITIVE, Outcome.UNDECIDED)
    assert context.outcome is Outcome.UNDECIDED


def test_folds_have_the_corrected_variance():
    random = np.random.default_rng(3)
    base = random.normal(90, 0.3, 10)
    table = arms(base + random.normal(1, 0.5, 10), base).rename(columns={"seed": "fold"})
    (context,) = tables.judge_table(table, replace(PLAIN, pair=("fold",))).verdict.contexts
    values = table["accuracy"].to_numpy()[:10] - base
    half = scipy.stats.t.ppf(0.975, 9) * values.std(ddof=1) * math.sqrt(1 / 10 + 1 / 9)  # Nadeau & Bengio 2003
    assert context.decided_by == (Way.MEAN,)
    assert context.effect.high - context.effect.estimate == pytest.approx(half)
    table = table.rename(columns={"fold": "split"})
    assert "Say which share of the data" in message_of(tables.judge_table, table, replace(PLAIN, pair=("split",)))
    question = replace(PLAIN, pair=("split",), overlap="0.1")
    assert tables.judge_table(table, question).verdict.contexts[0].effect == context.effect


def test_many_pairs_of_few_seeds_are_as_many_as_the_seeds():
    random = np.random.default_rng(3)
    seeds, rates = np.repeat(np.arange(6), 8), np.tile(np.arange(8), 6)
    effect = random.normal(0, 1, 6)[seeds] + random.normal(0, 0.1, 48)
    table = arms(90 + effect, np.full(48, 90.0), seed=np.tile(seeds, 2), lr=np.tile(rates, 2))
    judgement = tables.judge_table(table, replace(PLAIN, pair=("seed", "lr")))
    assert (judgement.whole, judgement.pairs, judgement.measured[0].n) == ("seed", 48, 6)
    assert judgement.measured[0].numbers == pytest.approx(effect.reshape(6, 8).mean(axis=1))
    assert "--pair" not in REFUSED["two runs"][2]


@pytest.mark.parametrize(
    ("pair", "accept", "n"),
    [
        (("subject", "doc_id"), (), 48),
        (("sub-task", "question"), (), 48),
        (("subject", "doc_id", "seed"), (), 6),
        (("subject", "number"), (), 6),
        (("subject", "number"), ("pairs",), 48),
        (("prompt", "temperature"), (), 6),
        (("seed", "doc_id"), (), 6),
    ],
)
def test_questions_numbered_anew_in_each_subject_are_each_their_own_pair(pair, accept, n):
    columns = dict(
        zip(pair, (np.repeat(np.arange(6), 8), np.tile(np.arange(8), 6), np.tile(np.arange(6), 8)), strict=False)
    )
    first, second = np.random.default_rng(3).normal(90, 1, (2, 48))
    table = arms(first, second, **{name: np.tile(values, 2) for name, values in columns.items()})
    judgement = tables.judge_table(table, replace(PLAIN, pair=pair, accept=accept))
    assert (judgement.measured[0].n, bool(judgement.whole)) == (n, n < 48)


def test_what_else_differs_between_the_arms_is_named():
    table = runs().assign(lr=lambda table: np.where(table["optimiser"] == "adam", "0.001", "1"), epochs=10)
    table["note"], table["config.method"] = range(len(table)), table["optimiser"] + "-v1"
    assert tables.judge_table(table, QUESTION).differing == {"lr": {"adam": ["0.001"], "sgd": ["1"]}}
    table.loc[:3, "epochs"] = 1
    assert tables.judge_table(table, QUESTION).short == {"epochs": 4}
    named = runs().assign(data_name=lambda table: np.where(table["optimiser"] == "adam", "a", "b"))
    assert tables.judge_table(named, QUESTION).differing == {"data_name": {"adam": ["a"], "sgd": ["b"]}}


@pytest.mark.parametrize("question", [PLAIN, UNPAIRED])
def test_settings_that_arms_have_in_other_shares_are_named(question):
    one = np.repeat(["mnist", "cifar"], [10, 2])
    table = arms(*np.random.default_rng(3).normal([[90.5], [90]], 0.4, (2, 12)))
    table = table.assign(seed=range(24)) if question is UNPAIRED else table
    mixed = table.assign(data=np.concatenate([one, np.where(one == "mnist", "cifar", "mnist")]))
    counted = {"adam": ["mnist × 10", "cifar × 2"], "sgd": ["mnist × 2", "cifar × 10"]}
    assert tables.judge_table(mixed, question).differing == {"data": counted}
    same = table.assign(data=np.tile(one, 2))
    assert tables.judge_table(same, question).differing == {}


def test_runs_that_have_not_ended_need_a_rule():
    table = runs().assign(state="finished", exit_code=0)
    assert effects(table) == effects(runs())
    table.loc[2, "state"] = "crashed"
    assert message_of(tables.judge_table, table, QUESTION).startswith('row 3: "state" is "crashed". Say what such runs')
    dropped = tables.judge_table(table, replace(QUESTION, failed="drop"))
    assert (dropped.without_number, len(dropped.incomplete)) == ({"sgd": 1}, 1)
    for state in ("OUT_OF_MEMORY", "NODE_FAIL", "PRUNED", "Stopped", "STATE_ERRORED", "InProgress", "did not converge"):
        assert f'"state" is "{state}"' in message_of(tables.judge_table, table.replace({"crashed": state}), QUESTION)
    for state in ("COMPLETED", "success", "notable"):
        assert tables.judge_table(table.replace({"crashed": state}), QUESTION)
    table = table.rename(columns={"state": "run state"}).assign(exit_code=["1"] + ["0"] * 47)
    assert message_of(tables.judge_table, table, QUESTION).startswith('row 1: "exit_code" is "1".')


def test_copies_and_units_are_refused_unless_they_are_meant():
    table = arms(*np.random.default_rng(3).normal([[90.5], [90]], 0.4, (2, 6)))
    copied = pd.concat([table] * 5, ignore_index=True)
    assert "rows are equal in all columns" in message_of(tables.judge_table, copied, UNPAIRED)
    ids = copied.assign(run=range(60), accuracy=copied["accuracy"] + np.arange(60) * 1e-7)
    assert 'have the same "seed"' in message_of(tables.judge_table, ids, UNPAIRED)
    assert tables.judge_table(ids, replace(UNPAIRED, accept=("copies",))).runs == {"adam": 30, "sgd": 30}
    unnamed = tables.judge_table(copied.drop(columns="seed"), UNPAIRED)
    assert unnamed.measured[0].repeated == 60
    hits = table.drop(columns="seed").assign(accuracy=[1.0] * 6 + [0.0, 1.0] * 3)
    assert tables.judge_table(hits, UNPAIRED).measured[0].repeated == 0
    shares = table.assign(accuracy=table["accuracy"] / np.where(table["optimiser"] == "sgd", 100, 1))
    assert "at most 0.9" in message_of(tables.judge_table, shares, PLAIN)
    assert tables.judge_table(shares, replace(PLAIN, accept=("scale",))).verdict
    by_data = runs()
    by_data.loc[by_data["dataset"] == "moons", "accuracy"] /= 100
    assert "where dataset=moons, and above 1 where dataset=digits" in message_of(tables.judge_table, by_data, QUESTION)


def test_a_summary_among_numbered_seeds_is_no_run():
    table = runs().astype({"seed": str})
    summary = table[:2].assign(seed="mean")
    message = 'rows 49 and 50: "seed" is "mean", and a number in all other rows.'
    for question in (QUESTION, replace(QUESTION, pair=())):
        assert message in message_of(tables.judge_table, pd.concat([table, summary], ignore_index=True), question)
    named = table.assign(seed="s" + table["seed"])
    assert tables.judge_table(pd.concat([named, summary], ignore_index=True), QUESTION).measured[1].n == SEEDS + 1


def test_a_crash_that_was_run_again_is_named():
    table = runs().assign(state="finished", _step=100)
    crashed = table[1:2].assign(state="crashed", accuracy=10.0, _step=3)
    table = pd.concat([table, crashed], ignore_index=True)
    message = message_of(tables.judge_table, table, replace(QUESTION, failed="worst=10"))
    assert "rows 2 and 49: several runs of optimiser=adam; dataset=moons; seed=0, of which row 49 failed" in message
    assert "--failed drop" in message
    dropped = tables.judge_table(table, replace(QUESTION, failed="drop"))
    assert effects(table, replace(QUESTION, failed="drop")) == effects(runs())
    assert (dropped.short, dropped.without_number) == ({}, {"adam": 1})
    assert [dropped.failed_in({"dataset": name}, "adam") for name in ("digits", "moons")] == [0, 1]
    finished = tables.judge_table(table, replace(QUESTION, where={"state": "finished"}))
    assert (finished.unended, finished.verdict.contexts) == ({"adam": 1}, dropped.verdict.contexts)


def test_all_faults_of_a_table_are_refused_at_once():
    table = changed(3, "accuracy", "lost").assign(state=["crashed"] + ["finished"] * 47)
    table.loc[5, "accuracy"] = ""
    lines = message_of(tables.judge_table, table, QUESTION).splitlines()
    assert [line.split(":")[0] for line in lines] == ["row 1", "row 3", "row 6"]
    question = replace(QUESTION, pair=("sead",), contexts=("data",))
    assert len(message_of(tables.judge_table, runs(), question).splitlines()) == 2


def test_the_number_of_pairs_that_would_decide_is_that_of_its_power():
    random = np.random.default_rng(3)
    measured = tables.measure(arms(90 + random.normal(0.9, 1, 20), np.full(20, 90.0)), PLAIN).measured[0]
    n = measured.needed(1.0, 0.05)
    decided = [
        tables.judge_table(arms(90 + random.normal(1, measured.numbers.std(ddof=1), n), np.full(n, 90.0)), PLAIN)
        for _ in range(60)
    ]
    share = np.mean([each.verdict.contexts[0].outcome is Outcome.POSITIVE for each in decided])
    assert 0.6 < share < 0.95
    assert measured.needed(0.52, 0.05) is None
