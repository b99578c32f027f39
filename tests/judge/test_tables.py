"""Tables of anybody's runs: the same judgement as that of a study, and refusals by row and column."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.messages import message_of

from ontrial.judge import statistics, table_contexts, tables
from ontrial.judge.questions import Question
from ontrial.judge.records import Conclusion, Outcome

QUESTION = Question("accuracy", "optimiser", "adam", "sgd", "0.5 points", pair=("seed",), contexts=("dataset",))
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


def effects(table: pd.DataFrame, question: Question = QUESTION) -> dict[str, tuple]:
    """Return the outcome and the effect of each context of a judged table, by its settings."""
    verdict = tables.judge_table(table, question).verdict
    return {str(context.settings): (context.outcome, *context.effect.numbers) for context in verdict.contexts}


def test_pairs_are_judged_by_the_statistics_of_the_project():
    table = runs()
    judgement = tables.judge_table(table, QUESTION)
    digits, moons = judgement.verdict.contexts
    assert (digits.settings, moons.settings) == ({"dataset": "digits"}, {"dataset": "moons"})
    assert (digits.outcome, moons.outcome) == (Outcome.NEGLIGIBLE, Outcome.POSITIVE)
    for context in (digits, moons):
        expected = statistics.signed_rank_interval(differences(table, context.settings["dataset"]), 0.95)
        assert context.effect.numbers == pytest.approx(tuple(map(float, expected)))
        assert context.n == SEEDS
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
    table = runs().assign(fold=lambda table: table["seed"] % 3, seed=lambda table: table["seed"] // 3)
    assert effects(table, replace(QUESTION, pair=("seed", "fold"))) == effects(runs())


def test_failed_runs_count_as_the_question_says():
    table = runs()
    table.loc[1, "accuracy"] = math.nan  # adam, on moons
    complete = table.drop(index=1).reset_index(drop=True)
    dropped = tables.judge_table(table, replace(QUESTION, failed="drop"))
    assert (dropped.replaced, len(dropped.incomplete)) == ({"adam": 1}, 1)
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
        expected = statistics.signed_rank_interval(first, 1 - statistics.shares(3)[0])
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
    "few runs": (runs(seeds=2), {"pair": ()}, "dataset=digits: 2 and 2 runs are too few for any outcome. 3 of each"),
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
        "dataset=digits: 4 pairs are too few for any outcome. At least 5 can show that an effect is negligible, and at "
        "least 6 that it is not.",
    ),
    "few for the look": (runs(), {"looks": (20, 40)}, "dataset=digits: 12 pairs are fewer than the first look has"),
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
    "a result": (runs().rename(columns={"dataset": "level"}), {"contexts": ("level",)}, '"level" is the name of a'),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_name_rows_and_columns(case):
    table, change, message = REFUSED[case]
    question = replace(QUESTION, **change)
    if "where" in change and "dataset" in change["where"]:
        question = replace(question, contexts=())
    assert message in message_of(tables.judge_table, table, question)


def test_too_many_contexts_are_refused(monkeypatch):
    monkeypatch.setattr(table_contexts, "MOST_CONTEXTS", 1)
    assert message_of(tables.judge_table, runs(), QUESTION).startswith("2 contexts are more than 1.")
