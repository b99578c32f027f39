"""What `ontrial judge` says of tables that others published: see real/README.md."""

import argparse
import re
from html import unescape

import numpy as np
import pandas as pd
import pytest
import scipy
from support.messages import message_of
from support.project import ROOT

from ontrial.commands import judge as command
from ontrial.judge import targets
from ontrial.runs import judge, judge_arms

REAL = ROOT / "tests/judge/real"
NANOGPT = "nanogpt.csv --metric loss --lower-is-better --unpaired"
CONTROL = "control.csv --metric score --compare method=dreamerv3,drqv2 --unpaired --smallest-effect 50"
ATARI = "atari.csv --metric score --compare method=dreamerv3,ppo_fixhp --unpaired --over task"
UCI = "uci.csv.gz --metric accuracy --compare learner=aode,nbc --pair fold --contexts dataset"
DOMAINBED = "domainbed.jsonl --metric env0_out_acc --compare args.hparams_seed=0,1"
CASES = {
    "a clear lead": (
        f"{NANOGPT} --compare arm=v1,baseline-1430 --where record=MuddFormer --smallest-effect 0.002",
        "Supported",
        ["typical run 0.00835, 95% interval 0.00700 to 0.00990"],
    ),
    "a lead that is less than it should be": (
        f"{NANOGPT} --compare arm=v3,baseline-1480 --where record=MuddFormer --smallest-effect 0.002",
        "Refuted",
        ["The arms also differ in: steps (1415; 1480).", "less than 0.002: in the typical run 0.000700, 90% interval"],
    ),
    "20 runs against 10": (
        f"{NANOGPT} --compare arm=pr299,baseline --where record=BigramsSignTrick --smallest-effect 0.001",
        "Inconclusive",
        ["100 if it is half the smallest effect"],
    ),
    "several changes": (
        f"{NANOGPT} --compare arm=v1,v2,v3 --against baseline-1480 --where record=MuddFormer --smallest-effect 0.002",
        "3 changes against baseline-1480",
        [
            "v3: less than 0.002 in either direction; ",
            "They share the error",
            "(98.3%: ",
            "v1: The arms also differ in: steps (1430; 1480).",
        ],
    ),
    "not worse": (
        f"{NANOGPT} --compare arm=v3,baseline-1480 --where record=MuddFormer --not-worse --smallest-effect 0.002",
        "Holds",
        ["worse by less than 0.002, if at all"],
    ),
    "a target": (
        'nanogpt.csv --target "loss < 3.28" --compare arm=v3,v2,v1-1415 --where record=MuddFormer',
        "Holds for some",
        ["v3: more than 50% of runs, 10 of 10; v2: more than 50% of runs, 9 of 10; v1-1415: less than 50%", "only"],
    ),
    "a target for most runs": (
        'nanogpt.csv --target "loss < 3.28 in 90% of runs" --compare arm=v3 --where record=MuddFormer',
        "Inconclusive",
        ["| v3 | open | 10 of 10 | 100% (95%: 69.2% to 100%) |"],
    ),
    "two runs that collapse": (
        f"{CONTROL} --where task=walker_walk",
        "Inconclusive",
        ["in the typical run 14.7", "on average 192", "2 of 10 runs of drqv2 ended at 29.16 or below"],
    ),
    "tasks on their own": (
        f"{CONTROL} --contexts task",
        "Inconclusive",
        ["less than 50 in 4, reversed in 1, undecided in 15", "72 of 100 pairs are equal"],
    ),
    "over tasks": (
        f"{CONTROL} --over task",
        "Supported",
        ["on average 81.3", "better in 12 of 20 tasks", "Without task=finger_turn_hard"],
    ),
    "three seeds": (
        "tdmpc2.csv --metric reward --compare agent=tdmpc2,sac --unpaired --over task --smallest-effect 50",
        "Supported",
        ["on average 296, 95% interval 262 to 331", "better in 37 of 39 tasks"],
    ),
    "games of any scale": (
        f'{ATARI} --smallest-effect "10% of human"',
        "Supported",
        ["by 10% of the scale or more", "better in 52 of 57 tasks"],
    ),
    "games like these": (
        f'{ATARI} --tasks-are sample --smallest-effect "10% of human"',
        "Supported",
        ["for the median task 409% of the scale", "better in 52 of 57 tasks"],
    ),
    "folds": (
        f'{UCI} --overlap 0.1 --smallest-effect "1 point"',
        "Depends",
        ["as claimed in 13, less than 1 point in 5, less than 1 point or reversed in 2, undecided in 34"],
    ),
    "steps of a curve as arms": (
        "curves.csv --metric episode_reward --compare frame=2980000,980000 --pair seed --contexts task "
        "--smallest-effect 50",
        "Inconclusive",
        ["as claimed in 8, less than 50 in 1, undecided in 3"],
    ),
    "nested lines": (
        f'{DOMAINBED} --pair args.test_envs --contexts args.trial_seed --where step=1000 --smallest-effect "1 point"',
        "Inconclusive",
        ["on average −2.0 points", "The arms also differ in: hparams.batch_size"],
    ),
}
REFUSED = {
    "no target": ('nanogpt.csv --target "low loss" --compare arm=v3', '"low loss" is no target'),
    "no number as a target": ('nanogpt.csv --target "loss < nan" --compare arm=v3', '"loss < nan" is no target'),
    "a folder as the page": ('nanogpt.csv --target "loss < 3" --compare arm=v3 --html .', "--html .: this is a folder"),
    "a folder for the verdicts": (f"{UCI} --smallest-effect 1 --verdicts .", "--verdicts .: this is a folder"),
    "an error of no stream": ('nanogpt.csv --target "loss < 3" --compare arm=v3 --total-error 0.1', "--total-error is"),
    "a condition named twice": (f"{UCI} --smallest-effect 1 --where fold=1 --where fold=1", 'names "fold" twice'),
    "a target with a pair": (
        'nanogpt.csv --target "loss < 3" --compare arm=v3 --pair steps',
        "--target needs --compare",
    ),
    "a target and a ledger": (
        'nanogpt.csv --target "loss < 3" --compare arm=v3 --ledger tries.jsonl',
        "--target judges a table, without",
    ),
    "folds without their share": (f'{UCI} --smallest-effect "1 point"', "--overlap 0.1 for 10 folds"),
    "games without a scale": (
        f'{ATARI} --smallest-effect "10% of baseline"',
        "task=double_dunk: the baseline is close to 0",
    ),
    "steps as runs": (
        f'{DOMAINBED} --pair args.test_envs --contexts args.trial_seed --smallest-effect "1 point"',
        "choose its last row with --run and --last",
    ),
    "two seeds": (
        f'{DOMAINBED} --pair args.test_envs,args.trial_seed --where step=1000 --smallest-effect "1 point"',
        'the table: 20 pairs have 2 values of "args.trial_seed": too few pairs for any outcome: 2',
    ),
}


def run(line: str) -> None:
    """Run the command on a line of words, of which the first is a file of real."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    words = [quoted or word for quoted, word in re.findall(r'"([^"]*)"|(\S+)', line)]
    options = vars(parser.parse_args([str(REAL / words[0]), *words[1:], "--markdown"]))
    options.pop("input_error_code")
    options.pop("function")(**options)


@pytest.mark.parametrize(("line", "conclusion", "texts"), CASES.values(), ids=CASES)
def test_what_is_said(line, conclusion, texts, capsys):
    run(line)
    said = unescape(capsys.readouterr().out).replace("\N{NO-BREAK SPACE}", " ")
    for text in (f"**{conclusion}", *texts):
        assert text in said


@pytest.mark.parametrize(("line", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(line, message):
    assert message in message_of(run, line)


def test_runs_that_failed_have_not_reached_a_target():
    table = pd.DataFrame({"arm": "a", "seed": range(10), "loss": 10 * [1.0], "state": 9 * ["finished"] + ["crashed"]})
    table.loc[0, "loss"] = np.nan
    target = targets.Target.parse("loss <= 1")
    (found,) = targets.reached(table, target, "arm", ["a"], {}, {})
    assert (found.reached, found.runs, found.outcome) == (8, 10, "undecided")
    exact = scipy.stats.binomtest(8, 10).proportion_ci()
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
    table["loss"] = "3%"
    assert "which is not a number" in message_of(targets.reached, table, target, "arm", ["a"], {}, {})


def test_a_wide_table_is_judged_as_the_message_says():
    table = pd.read_csv(REAL / "walker.csv")
    question = {"metric": "return", "pair": (), "smallest_effect": 500}
    asked = {"compare": {"agent": ["TRPO", "SAC"]}, "against": "PPO", **question}
    message = message_of(judge_arms, table, **asked)
    long = eval(re.search(r"table\.melt\(.*'return'\)", message)[0], {"table": table})
    judged = judge_arms(long, **asked)
    outcomes = {each.judgement.question.better: each.to_frame()["outcome"][0] for each in judged}
    assert list(outcomes) == ["SAC", "TRPO"]  # the order of AdaStop: SAC, PPO, TRPO
    assert outcomes["TRPO"] == "reversed"


def test_folds_agree_with_the_correlated_test():
    """Compare with the posterior of Corani & Benavoli 2015, as in baycomp: one-sided, so certain a little earlier."""
    table = pd.read_csv(REAL / "uci.csv.gz")
    verdict = judge(
        str(REAL / "uci.csv.gz"),
        metric="accuracy",
        compare={"learner": ("aode", "nbc")},
        pair="fold",
        contexts="dataset",
        smallest_effect="1 point",
        overlap=0.1,
    )
    wide = table.pivot(index=["dataset", "fold"], columns="learner", values="accuracy")
    differences = (wide["aode"] - wide["nbc"]).groupby("dataset").filter(np.ptp).groupby("dataset")
    n = differences.size()
    deviation = np.sqrt(differences.var() * (1 / n + 0.1 / 0.9))
    above = scipy.stats.t.sf(1, n - 1, differences.mean(), deviation)
    below = scipy.stats.t.cdf(-1, n - 1, differences.mean(), deviation)
    probable = pd.DataFrame({"positive": above, "reversed": below, "negligible": 1 - above - below}, n.index)
    outcomes = verdict.to_frame().set_index("dataset")["outcome"]
    for outcome in probable:
        certain = outcomes.index[outcomes == outcome]
        assert (probable.loc[certain, outcome] > 0.95).all()
        assert (probable[outcome] > 0.95).sum() - len(certain) in (0, 1)
