"""Judging tables of runs in Python."""

import argparse
import json

import numpy as np
import pandas as pd
import pytest
import scipy
from jsonschema import Draft202012Validator
from support.messages import message_of

from ontrial.commands import judge as command
from ontrial.errors import InputError
from ontrial.judge.across import Stratified
from ontrial.report.pages.judgements.several import combined
from ontrial.report.pages.judgements.summary import summary
from ontrial.runs import judge, judge_arms, phrases
from ontrial.study.schema_files import load_schema
from ontrial_judge.core import verdict_files

QUESTION = {"metric": "score", "compare": {"width": (np.int64(8), 16)}, "pair": "seed", "smallest_effect": 0.5}


def runs(lead: float = 2.0) -> pd.DataFrame:
    random = np.random.default_rng(1)
    rows = [
        {"width": width, "seed": seed, "task": task, "score": 10 + lead * (width == 8) + random.normal() / 5}
        for task in ("a", "<b>")
        for seed in range(10)
        for width in (8, 16)
    ]
    return pd.DataFrame(rows)


def test_a_frame_with_any_index_is_judged_and_numbers_are_taken_where_text_is():
    table = runs().set_index(pd.Index(range(100, 140)))
    verdict = judge(table, **QUESTION, contexts="task")
    frame = verdict.to_frame()
    assert verdict.conclusion == "supported"
    assert frame["task"].tolist() == ["<b>", "a"]
    assert (frame["low"] < frame["estimate"]).all()
    assert frame["estimate"].tolist() == pytest.approx([2, 2], abs=0.2)
    assert verdict.table.iloc[:, 0].tolist() == ["<b>", "a"]
    assert verdict.sentence == repr(verdict)
    assert "score is higher with width 8 than with width 16" in verdict.sentence
    assert verdict.figure()._repr_svg_().startswith("<svg")
    html = verdict._repr_html_()
    assert "<td>&lt;b&gt;</td>" in html
    assert "<b>" not in html
    assert verdict_files.decode(json.loads(verdict.to_json())).claims[0].conclusion == "supported"


def test_a_table_may_be_a_path_and_texts_are_in_a_language(tmp_path):
    path = tmp_path / "runs.csv"
    runs().to_csv(path, index=False)
    verdict = judge(str(path), **QUESTION, contexts=["task"], language="ko")
    assert "width=16의 값보다 높다" in verdict.sentence


@pytest.mark.parametrize("lower_is_better", [False, True])
@pytest.mark.parametrize(("lead", "margin", "outcome"), [(0, 1, "within"), (2, 1, "within"), (-2, 1, "beyond")])
def test_an_arm_may_be_claimed_not_to_be_worse(lead, margin, outcome, lower_is_better):
    table = runs(-lead if lower_is_better else lead).query("task == 'a'")
    question = {"metric": "score", "compare": {"width": (8, 16)}, "pair": "seed", "smallest_effect": margin}
    verdict = judge(table, **question, not_worse=True, lower_is_better=lower_is_better)
    assert verdict.to_frame()["outcome"].tolist() == [outcome]
    assert verdict.to_frame()["estimate"][0] == pytest.approx(-lead, abs=0.3)  # positive if it is worse
    assert verdict.sentence.startswith("Holds: score is not" if outcome == "within" else "Does not hold: score is not")
    assert "not worse" in judge(table, **question, not_worse=True, lower_is_better=lower_is_better)._repr_html_()


def test_contexts_that_are_not_worse_are_counted_in_words_of_their_own():
    table = pd.concat([runs(lead).assign(batch=lead) for lead in (0.0, 2.0, -2.0)])
    verdict = judge(table, **QUESTION, contexts=("task", "batch"), not_worse=True)
    assert "(worse by less than 0.5, if at all: 4 of 6; worse by 0.5 or more: 2 of 6)." in verdict.sentence
    verdict = judge(runs(), **QUESTION, contexts="task", not_worse=True)
    assert verdict.sentence.endswith("(worse by less than 0.5, if at all: 2 of 2).")


@pytest.mark.parametrize(("language", "words"), [("en", ("holds", "does not hold")), ("ko", ("성립", "성립하지 않음"))])
def test_several_arms_that_are_not_worse_are_named_as_one_is(language, words):
    table = pd.concat([runs(2.0), runs(-2.0).query("width == 8").assign(width=4)])
    asked = QUESTION | {"compare": {"width": (8, 4)}, "contexts": "task", "not_worse": True}
    judged = judge_arms(table, **asked, against=16)
    said = combined([each.judgement for each in judged], phrases(language)).sentence
    assert [f"{arm}: {word} (" in said for arm, word in zip((8, 4), words, strict=True)] == [True, True]
    assert [each.sentence.partition(":")[0] for each in judge_arms(table, **asked, against=16, language=language)] == [
        word.capitalize() for word in words
    ]


def tasks(*leads: float, seeds: int = 3) -> pd.DataFrame:
    """Return tasks on scales of their own, with these leads of the first arm, and few seeds."""
    random = np.random.default_rng(2)
    return pd.DataFrame(
        {"arm": arm, "seed": seed, "task": task, "score": 100 * task + lead * (arm == "new") + random.normal()}
        for task, lead in enumerate(leads)
        for seed in range(seeds)
        for arm in ("new", "old")
    )


OVER = {"metric": "score", "compare": {"arm": ("new", "old")}, "over": "task", "smallest_effect": 1}


@pytest.mark.parametrize("pair", ["seed", ()])
def test_one_effect_over_tasks_is_the_mean_of_theirs(pair):
    table = tasks(5, 3, 4, -1, 6, 4)
    verdict = judge(table, **OVER, pair=pair)
    means = table.groupby(["arm", "task"])["score"].mean()
    (row,) = verdict.to_frame().to_dict("records")
    assert (verdict.conclusion, row["n"]) == ("supported", 18)
    assert row["estimate"] == pytest.approx((means["new"] - means["old"]).mean())
    assert 1 < row["low"] < row["estimate"] - 0.5 < row["estimate"] + 0.5 < row["high"]
    assert any("new is better in 5 of 6 tasks" in note for note in verdict.notes)
    assert "on average over task" in verdict.sentence
    assert judge(table.drop(index=0), **OVER, pair=pair).to_frame()["n"].tolist() == [17]


@pytest.mark.parametrize(
    ("leads", "asked", "said"),
    [
        ((0, 0, 0, 0, 0, 60), {}, "Without task=5, whose effect is 60.3, the mean is 0.657: undecided."),
        ((0, 0, 0, 0, 0, 60), {"language": "ko"}, "과제 하나(task=5, 효과 60.3)를 빼면 평균은 0.657: 미정."),
        ((4, 4, 4, 4, 4, 60), {}, "Without task=5, whose effect is 60.3, the mean is 4.66: as claimed."),
        (
            (9, 9, 9, 9, 9, -60),
            {},
            "Without task=5, whose effect is −59.7, the mean is 9.66: as claimed.",
        ),
        (
            (0, 0, 0, 0, 0, 60),
            {"not_worse": True},
            "Without task=5, whose effect is −60.3, the mean is −0.657: undecided.",
        ),
        ((5, 3, 4, -1, 6, 4), {}, ""),
        ((0, 60), {}, ""),
        ((0, 0, 0, 0, 0, 60), {"tasks_are": "sample"}, ""),
    ],
)
def test_a_task_that_outweighs_the_others_is_named_in_each_format(leads, asked, said):
    verdict = judge(tasks(*leads), **OVER | asked, pair="seed")
    assert len(verdict.doubts) == bool(said)
    formats = (verdict.doubts[0], verdict._repr_html_(), summary(verdict._report)) if said else ()
    assert all(said in text.replace("\xa0", " ") for text in formats)


def test_a_factor_of_one_task_that_outweighs_the_others_is_named(tmp_path, capsys):
    table = tasks(0, 0, 0, 0, 60)
    table.assign(score=2 ** (table["score"] / 100)).to_csv(tmp_path / "runs.csv", index=False)
    words = f"{tmp_path}/runs.csv --metric score --compare arm=new,old --unpaired --over task --json --quiet"
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    options = vars(parser.parse_args([*words.split(), "--smallest-effect", "factor 1.05"]))
    options.pop("input_error_code")
    options.pop("function")(**options)
    printed = capsys.readouterr()
    (doubt,) = json.loads(printed.out)["table"]["doubts"]
    doubt = doubt.replace("\xa0", " ")
    assert doubt.startswith("Without task=4, whose effect is × 1.5")
    assert "the geometric mean is × 1.00: less than a factor of 1.05" in doubt
    assert doubt in printed.err.replace("\xa0", " ")


def test_tasks_of_any_scale_are_compared_in_per_cent_of_the_baseline():
    table = tasks(0, 0, 0, 0)
    table["score"] = 10.0 ** table["task"] * (1 + (table["score"] - 100 * table["task"]) / 100)
    table["score"] *= np.where(table["arm"] == "new", 1.05, 1)
    row = judge(table, **OVER | {"smallest_effect": "2% of baseline"}, pair="seed")
    assert row.conclusion == "supported"
    assert row.to_frame()["estimate"][0] == pytest.approx(5, abs=1)
    assert row.to_frame()["unit"].tolist() == ["percent"]
    assert "by 2% of the baseline or more" in row.sentence
    assert row.figure()
    scaled = table.assign(size=10.0 ** table["task"])
    row = judge(scaled, **OVER | {"smallest_effect": "2% of size"}, pair="seed")
    assert (row.conclusion, row.to_frame()["unit"][0]) == ("supported", "percent of the scale")
    assert "by 2% of the scale or more" in row.sentence
    Draft202012Validator(load_schema("verdicts")).validate(json.loads(row.to_json()))
    scaled.loc[0, "size"] = 2.0
    message = message_of(judge, scaled, **OVER | {"smallest_effect": "2% of size"}, pair="seed")
    assert message.startswith('task=0: "size" is not one number above 0, so it is no scale.')
    table.loc[(table["task"] == 1) & (table["arm"] == "old"), "score"] = [-1.0, 0.0, 1.0]
    message = message_of(judge, table, **OVER | {"smallest_effect": "2% of baseline"}, pair="seed")
    assert "task=1: the baseline is close to 0" in message


@pytest.mark.parametrize("tasks_are", ["fixed", "sample"])
def test_the_mean_of_factors_over_tasks_is_called_geometric(tasks_are):
    table = tasks(5, 3, 4, -1, 6, 4, 9, 2)
    table["score"] = 2 ** (table["score"] / 100)
    verdict = judge(table, **OVER | {"smallest_effect": "factor 1.05"}, pair=(), tasks_are=tasks_are)
    assert "geometric mean" in verdict.table.columns
    assert any(note.startswith("Means of factors are geometric") for note in verdict.notes)


@pytest.mark.parametrize(("language", "head", "by"), [("en", "geometric mean", "in the"), ("ko", "기하평균", "")])
@pytest.mark.parametrize("pair", ["seed", ()])
def test_the_mean_of_factors_is_called_geometric_without_tasks_too(pair, language, head, by):
    asked = QUESTION | {"smallest_effect": "factor 1.1", "pair": pair, "language": language}
    verdict = judge(runs().query("task == 'a'"), **asked)
    assert verdict.table.columns[2] == head
    assert f"{by} {head}".strip() in verdict.sentence
    html, markdown = verdict._repr_html_(), summary(verdict._report)
    assert f"<th>{head}</th>" in html
    assert f"| {head} |" in markdown
    assert any("geometric" in note or "기하평균이므로" in note for note in verdict.notes)


def test_tasks_as_a_sample_count_once_and_vary_more():
    table = tasks(5, 3, 4, -1, 6, 4, 9, 2)
    fixed = judge(table, **OVER, pair=()).to_frame()
    sample = judge(table, **OVER, pair=(), tasks_are="sample").to_frame()
    assert sample["n"].tolist() == [8]
    assert sample["low"][0] < fixed["low"][0]
    often = judge(pd.concat([table] * 3), **OVER, pair=(), tasks_are="sample", accept=["copies"]).to_frame()
    assert often["low"].tolist() == pytest.approx(sample["low"].tolist())
    table["suite"] = table["task"] % 2
    named_by_two = judge(table, **OVER | {"over": ("suite", "task")}, pair=(), tasks_are="sample").to_frame()
    assert (named_by_two["n"][0], named_by_two["low"][0]) == (8, pytest.approx(sample["low"][0]))


def test_numbers_of_tasks_are_not_called_runs():
    table = tasks(*[5] * 12)
    table["score"] -= 100 * table["task"]
    verdict = judge(table, **OVER, pair=(), tasks_are="sample")
    assert verdict.table.columns[1] == "typical task"
    assert any(note.startswith("None of 12 tasks with each arm is far from the rest") for note in verdict.notes)
    table.loc[(table["task"] == 2) & (table["arm"] == "new"), "score"] = -500.0
    verdict = judge(table, **OVER, pair=(), tasks_are="sample")
    assert "in 1 of 12 tasks, new is at most -500" in verdict.sentence
    assert "typical run" not in verdict.sentence


@pytest.mark.parametrize("pair", ["seed", ()])
def test_runs_that_collapse_in_their_task_are_counted_over_all(pair):
    table = tasks(5, 3, 4, 6, 4, seeds=6)
    assert "far" not in judge(table, **OVER, pair=pair).sentence
    table.loc[(table["arm"] == "new") & (table["seed"] == 1) & (table["task"] < 3), "score"] -= 60
    verdict = judge(table, **OVER, pair=pair)
    assert "; 3 of 30 runs of new ended far below the rest of their task)." in verdict.sentence


def test_the_interval_over_tasks_covers_the_mean_as_often_as_it_says():
    random = np.random.default_rng(0)
    for count, n in ((2, 3), (20, 3), (6, 8)):
        missed = 0
        for _ in range(200):
            spread = random.uniform(0.5, 3, (count, 1, 1))
            arms = spread * random.normal(size=(count, 2, n))
            interval = Stratified(tuple(map(tuple, arms))).interval(0.95)
            missed += not interval.ci_low <= 0 <= interval.ci_high
        assert missed <= 20  # 10 are expected at most


def test_an_interval_never_crosses_the_outcome_beside_it():
    random, seen = np.random.default_rng(5), 0
    for _ in range(60):
        numbers = random.normal(0, 1.2, (2, 20))
        table = pd.DataFrame(
            {"arm": arm, "seed": seed, "score": numbers[i, seed]}
            for i, arm in enumerate(("new", "old"))
            for seed in range(20)
        )
        context = judge(table, **OVER | {"over": ()}, pair="seed").judgement.verdict.contexts[0]
        for each in context.alternatives:
            if each.outcome == "negligible":
                seen += context.outcome == "undecided"
                assert -1 < each.effect.low < each.effect.high < 1
    assert seen


@pytest.mark.parametrize("change", [{"pair": "fold"}, {"pair": "split", "overlap": 0.1}])
def test_over_tasks_folds_of_each_have_the_corrected_variance(change):
    table = tasks(3, 3, seeds=10).rename(columns={"seed": change["pair"]})
    verdict = judge(table, **OVER, **change)
    differences = table.pivot(index=["task", change["pair"]], columns="arm", values="score")
    variance = (differences["new"] - differences["old"]).groupby("task").var() * (
        1 / 10 + 1 / 9
    )  # Nadeau & Bengio 2003
    freedom = variance.sum() ** 2 / (variance**2 / 9).sum()
    half = scipy.stats.t.ppf(0.975, freedom) * np.sqrt(variance.sum()) / 2
    row = verdict.to_frame().iloc[0]
    assert row["high"] - row["estimate"] == pytest.approx(half, rel=0.1)  # or as wide as that of resampled runs
    assert row["high"] - row["estimate"] >= half * (1 - 1e-9)


def test_seeds_that_move_all_tasks_together_count_once():
    table = tasks(*[3] * 8, seeds=5)
    alone = judge(table, **OVER, pair="seed")
    table["score"] += 10 * np.random.default_rng(1).normal(size=5)[table["seed"]] * (table["arm"] == "new")
    joint = judge(table, **OVER, pair="seed")
    means = table.groupby(["seed", "arm"])["score"].mean().unstack()
    differences = (means["new"] - means["old"]).to_numpy()
    row, half = joint.to_frame().iloc[0], scipy.stats.t.ppf(0.975, 4) * differences.std(ddof=1) / np.sqrt(5)
    assert (row["estimate"], row["high"]) == pytest.approx((differences.mean(), differences.mean() + half))
    (note,) = [note for note in joint.notes if "Differences at one value of seed may be alike" in note]
    assert "which 5 values cannot rule out" in note
    assert "say --unpaired" in note
    assert alone.conclusion == "supported"
    assert joint.conclusion == "inconclusive"
    others = table.assign(seed=table["seed"] + 5 * table["task"])  # of which no task has one of another
    assert judge(others, **OVER, pair="seed").to_frame()["high"][0] < row["high"]


def test_seeds_that_may_move_one_arm_may_move_all_arms_of_a_table():
    random, table = np.random.default_rng(1), tasks(*[3] * 8, seeds=5)
    newer = table[table["arm"] == "new"].assign(arm="newer", score=lambda runs: runs["score"] + random.normal(size=40))
    table = pd.concat([table, newer], ignore_index=True)
    question = OVER | {"pair": "seed", "compare": {"arm": ["new", "newer"]}, "against": "old"}
    assert [each.judgement.measured[0].shared for each in judge_arms(table, **question)] == [0, 0]
    table["score"] += 10 * random.normal(size=5)[table["seed"]] * (table["arm"] == "new")
    assert [each.judgement.measured[0].shared for each in judge_arms(table, **question)] == [5, 5]


def test_a_left_out_task_is_counted_among_tasks():
    table = tasks(5, 3, 4)
    verdict = judge(table[(table["task"] != 1) | (table["arm"] == "old")], **OVER, pair="seed")
    assert verdict.doubts == ["Left out, 1 of 3 tasks: task=1 (no run of new)."]


def test_the_sentence_says_which_runs_are_judged():
    table = tasks(5, seeds=12).assign(data="easy")
    sentence = judge(table, **OVER | {"over": ()}, pair="seed", where={"data": "easy"}).sentence
    assert "than with arm old, where data=easy, by 1 or more" in sentence


def test_runs_that_are_left_out_since_they_failed_are_a_doubt():
    table = tasks(5, seeds=12)
    table.loc[table.index[table["arm"] == "new"][:3], "score"] = np.nan
    verdict = judge(table, **OVER | {"over": ()}, pair="seed", failed="drop")
    doubt = "Runs that failed are left out: 3 with new, of 12 with new and 12 with old."
    assert [text[: len(doubt)] for text in verdict.doubts] == [doubt]
    assert not any("ended far from the rest" in note for note in verdict.notes)


def test_runs_that_a_condition_on_how_they_ended_leaves_out_are_a_doubt():
    table = tasks(5, seeds=12).assign(State="finished")
    table.loc[table.index[table["arm"] == "new"][:3], "State"] = "crashed"
    verdict = judge(table, **OVER | {"over": ()}, pair="seed", where={"State": "finished"})
    doubt = "Left out by a condition on how runs ended: 3 with new, of 12 with new and 12 with old."
    assert [text[: len(doubt)] for text in verdict.doubts] == [doubt]
    assert not any("ended far from the rest" in note for note in verdict.notes)


def test_several_arms_share_the_error_and_are_sorted(tmp_path, capsys):
    random = np.random.default_rng(3)
    leads = {"base": 0.0, "better": 3.0, "equal": 0.0, "best": 5.0}
    table = pd.DataFrame(
        {"arm": arm, "seed": seed, "score": 50 + lead + random.normal() / 5}
        for seed in range(12)
        for arm, lead in leads.items()
    )
    question = {"metric": "score", "pair": "seed", "smallest_effect": 1}
    judged = judge_arms(table, compare={"arm": ["equal", "better", "best"]}, against="base", **question)
    assert [each.judgement.question.better for each in judged] == ["best", "better", "equal"]
    assert [each.conclusion for each in judged] == ["supported", "supported", "refuted"]
    no_worse = judge_arms(table, compare={"arm": ["equal", "best"]}, against="base", not_worse=True, **question)
    assert [each.judgement.question.better for each in no_worse] == ["best", "equal"]
    never = table.assign(steps=table["arm"].map({"base": np.nan, "better": 4.0, "equal": np.nan, "best": 2.0}))
    steps = question | {"metric": "steps", "lower_is_better": True, "failed": "never=100"}
    arrived = judge_arms(never, compare={"arm": ["equal", "best"]}, against="base", **steps)
    assert [each.judgement.question.better for each in arrived] == ["best", "equal"]
    alone = judge(table, compare={"arm": ["best", "base"]}, **question).to_frame()
    assert judged[0].to_frame()["level"][0] == pytest.approx(1 - 0.05 / 3)
    assert judged[0].to_frame()["low"][0] < alone["low"][0]
    table.to_csv(tmp_path / "runs.csv", index=False)
    with pytest.raises(InputError, match="arm=bets: no run has arm=bets"):
        judge_arms(str(tmp_path / "runs.csv"), compare={"arm": ["bets", "best"]}, against="base", **question)
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    words = (
        f"{tmp_path}/runs.csv --metric score --compare arm=equal,best --against base --pair seed --smallest-effect 1"
    )
    options = vars(parser.parse_args([*words.split(), "--markdown"]))
    options.pop("input_error_code")
    options.pop("function")(**options)
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[0] for row in rows[2:4]] == ["| best", "| equal"]
    assert sum(row.startswith("| base |") for row in rows) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pair": None}, "use pair=() for nothing"),
        ({"metric": "scores"}, 'unknown column "scores"'),
        ({"smallest_effect": 0}, "smallest_effect"),
        ({"smallest_effect": "2% of score"}, '"score" is the column that is judged or compared'),
        ({"language": "fr"}, 'there are no words in "fr"'),
        ({"contexts": (), "over": "task", "looks": [5, 10]}, "one context and one look"),
        ({"contexts": (), "over": "task", "by": "typical"}, "one effect over tasks is the mean of their effects"),
        ({"lokks": [5]}, 'unknown key "lokks". Did you mean "looks"?'),
    ],
)
def test_mistakes_are_input_errors(change, message):
    question = QUESTION | change

    def ask() -> None:
        print(judge(runs(), **{"contexts": "task"} | question).sentence)

    assert message in message_of(ask)
