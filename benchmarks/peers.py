"""Judge tables that others published with the tools that people use for this, each for real.

It runs in an environment of its own, which has these tools and this package. The tables are those of the tests. The
result (.csv) has a row for each table, tool and finding: a number with its interval, if it has one. What a tool is not
for is left out. Where runs have no pairs, autorank pairs them by row, as it does.
"""

import argparse
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from ontrial.runs import judge
from ontrial.storage import files, machine, process

REAL = Path(__file__).parent.parent / "tests/judge/real"
BOOTSTRAPS = 2_000
GROUP = 5  # runs of each arm between two looks of AdaStop, which is its default
SURE = 0.95  # probability from which on an outcome of baycomp counts


class Finding(NamedTuple):
    """What a tool says of a table: a number and its interval, if it has them."""

    finding: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


class Case(NamedTuple):
    """A table with its question.

    runs: Columns task, arm and score, higher is better; the arms are a and b. Pairs have the column pair.
    smallest: Smallest effect, in the unit of the scores.
    over: Whether one effect over tasks is asked.
    """

    runs: pd.DataFrame
    smallest: float
    over: bool = False

    @property
    def arms(self) -> list[np.ndarray]:
        """The scores of both arms, as rows of the table."""
        return [self.runs.loc[self.runs["arm"] == arm, "score"].to_numpy(float) for arm in "ab"]

    @property
    def means(self) -> pd.DataFrame:
        """The mean of each arm by task."""
        return self.runs.groupby(["task", "arm"])["score"].mean().unstack()


def _case(table: pd.DataFrame, arms: tuple[str, str], of: str, smallest: float, *, over: bool = False) -> Case:
    """Return the case of a table with a column of arms and one of scores."""
    named = table.rename(columns={of: "score"})
    column = next(name for name in named if set(arms) <= set(named[name].astype(str)))
    runs = named.assign(arm=named[column].map(dict(zip(arms, "ab", strict=True)))).dropna(subset="arm")
    return Case(runs if "task" in runs else runs.assign(task="all"), smallest, over)


def cases() -> dict[str, Case]:
    """Return the tables by name."""
    nanogpt, control, tasks, atari, uci = (
        pd.read_csv(REAL / name) for name in ("nanogpt.csv", "control.csv", "tdmpc2.csv", "atari.csv", "uci.csv.gz")
    )
    nanogpt = nanogpt[nanogpt["record"] == "MuddFormer"].assign(score=lambda table: -table["loss"])
    atari["score"] = 100 * (atari["score"] - atari["random"]) / atari["human"]
    walker = control[control["task"] == "walker_walk"]
    agents = ("dreamerv3", "drqv2")
    uci = uci.rename(columns={"dataset": "task", "fold": "pair"})
    return {
        "lead": _case(nanogpt, ("v1", "baseline-1430"), "score", 0.002),
        "record": _case(nanogpt, ("v3", "baseline-1480"), "score", 0.002),
        "walker": _case(walker, agents, "score", 50),
        "control": _case(control, agents, "score", 50, over=True),
        "tdmpc2": _case(tasks, ("tdmpc2", "sac"), "reward", 50, over=True),
        "atari": _case(atari, ("dreamerv3", "ppo_fixhp"), "score", 10, over=True),
        "uci": _case(uci, ("aode", "nbc"), "accuracy", 1),
    }


def _this(case: Case) -> Iterator[Finding]:
    """Yield what this judge says."""
    pairs = {"pair": "pair", "overlap": 0.1} if "pair" in case.runs else {"pair": ()}
    runs = case.runs[["task", "arm", "score", *(["pair"] if "pair" in case.runs else [])]]
    several = runs["task"].nunique() > 1
    tasks = {"over": "task"} if case.over else {"contexts": "task"} if several else {}
    accepted = ["copies"]  # equal rows are runs: their seeds are left out
    verdict = judge(
        runs,
        metric="score",
        compare={"arm": ("a", "b")},
        smallest_effect=case.smallest,
        accept=accepted,
        **pairs,
        **tasks,
    )
    contexts = verdict.judgement.verdict.contexts
    if len(contexts) > 1:
        counts = verdict.to_frame()["outcome"].value_counts()
        yield from (Finding(str(outcome), float(count)) for outcome, count in counts.items())
        return
    yield Finding(str(contexts[0].outcome))
    ways = {str(each.way): each.effect for each in contexts[0].alternatives} or {"mean": contexts[0].effect}
    for way in ("typical", "mean"):
        if way in ways:
            yield Finding(way, *map(float, ways[way].numbers))
    for arm, far in zip("ab", verdict.judgement.measured[0].far, strict=True):
        if far.runs:
            yield Finding(f"collapsed {arm}", far.runs)


def _scipy(case: Case) -> Iterator[Finding]:
    if case.over:
        yield Finding("wilcoxon", stats.wilcoxon(case.means["a"] - case.means["b"]).pvalue)
    elif "pair" in case.runs:
        wide = case.runs.pivot(index=["task", "pair"], columns="arm", values="score")
        p = [stats.ttest_rel(each["a"], each["b"]).pvalue for _, each in wide.groupby("task")]
        yield Finding("paired t", float((np.array(p) < 1 - SURE).sum()))
    else:
        yield Finding("welch", stats.ttest_ind(*case.arms, equal_var=False).pvalue)
        yield Finding("mann-whitney", stats.mannwhitneyu(*case.arms).pvalue)


def _autorank(case: Case) -> Iterator[Finding]:
    from autorank import autorank

    columns = case.means if case.over or "pair" in case.runs else pd.DataFrame(dict(zip("ab", case.arms, strict=True)))
    yield Finding("p", float(autorank(columns, verbose=False).pvalue))


def _baycomp(case: Case) -> Iterator[Finding]:
    import baycomp

    if case.over:
        probabilities = baycomp.two_on_multiple(*(case.means[arm].to_numpy() for arm in "ab"), rope=case.smallest)
        yield from (Finding(f"probably {name}", float(p)) for name, p in zip(ROPE, probabilities, strict=True))
    elif "pair" in case.runs:
        wide = case.runs.pivot(index=["task", "pair"], columns="arm", values="score")
        sides = [
            baycomp.two_on_single(each["a"].to_numpy(), each["b"].to_numpy(), rope=case.smallest, runs=10)
            for _, each in wide.groupby("task")
        ]
        certain = np.array(sides) > SURE
        yield from (Finding(name, float(n)) for name, n in zip(ROPE, certain.sum(0), strict=True))
        yield Finding("undecided", float((~certain.any(1)).sum()))


ROPE = ("positive", "negligible", "reversed")  # the probabilities of baycomp, in its order


def _deepsig(case: Case) -> Iterator[Finding]:
    from deepsig import aso

    if not (case.over or "pair" in case.runs):
        yield Finding("violation", float(aso(*case.arms, seed=1, show_progress=False)))


def _rliable(case: Case) -> Iterator[Finding]:
    from rliable import library, metrics

    if "pair" in case.runs:
        return
    counted = case.runs.assign(run=case.runs.groupby(["task", "arm"]).cumcount())
    fewest = counted.groupby(["task", "arm"]).size().min()  # it needs as many runs in each task
    wide = counted[counted["run"] < fewest].pivot(index=["arm", "run"], columns="task", values="score")
    scores = {arm: wide.loc[arm].to_numpy() for arm in "ab"}
    np.random.seed(1)  # noqa: NPY002 (its bootstrap draws from this one)
    points, intervals = library.get_interval_estimates(
        scores, lambda each: np.array([metrics.aggregate_iqm(each)]), reps=BOOTSTRAPS
    )
    for arm in "ab":
        yield Finding(f"iqm {arm}", float(points[arm][0]), *map(float, intervals[arm][:, 0]))


def _adastop(case: Case) -> Iterator[Finding]:
    """Yield how many runs of each arm it looks at, in the order of the table, and what it then says."""
    from adastop import MultipleAgentsComparator

    if case.over or "pair" in case.runs:
        return
    looks = min(map(len, case.arms)) // GROUP
    test = MultipleAgentsComparator(n=GROUP, K=looks, alpha=1 - SURE, seed=1)
    while not test.is_finished:
        seen = GROUP * (test.k + 1)
        test.partial_compare(dict(zip("ab", (arm[:seen] for arm in case.arms), strict=True)), verbose=False)
    (decision,) = test.decisions.values()
    yield Finding(f"stopped {decision}", test.n_iters["a"])


def _bencheval(case: Case) -> Iterator[Finding]:
    from bencheval.evaluator import BenchmarkEvaluator

    if case.runs["task"].nunique() == 1:
        return
    lacks = case.means.rsub(case.means.max(axis=1), axis=0)  # its errors are at least 0, and it counts who has less
    errors = lacks.melt(var_name="method", value_name="metric_error", ignore_index=False).reset_index()
    board = BenchmarkEvaluator().leaderboard(errors.assign(time_train_s=1.0, time_infer_s=1.0))
    for arm in "ab":
        elo, more, less = board.loc[arm, ["elo", "elo+", "elo-"]]
        yield Finding(f"elo {arm}", float(elo), float(elo - less), float(elo + more))


TOOLS: dict[str, tuple[str, Callable[[Case], Iterator[Finding]]]] = {  # name → distribution and function
    "this": ("ontrial", _this),
    "scipy": ("scipy", _scipy),
    "autorank": ("autorank", _autorank),
    "baycomp": ("baycomp", _baycomp),
    "deepsig": ("deepsig", _deepsig),
    "rliable": ("rliable", _rliable),
    "adastop": ("adastop", _adastop),
    "bencheval": ("bencheval", _bencheval),
}


def measure(output: str) -> None:
    """Judge all tables with all tools, write the table and print it."""
    rows: list[dict[str, Any]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for table, case in cases().items():
            for tool, (distribution, find) in TOOLS.items():
                known = {"table": table, "tool": tool, "version": version(distribution)}
                rows += [known | each._asdict() for each in find(case)]
    columns = ["table", "tool", *Finding._fields, "version"]
    result = pd.DataFrame(rows)[columns].assign(commit=machine.git("rev-parse", "HEAD"))
    files.write_text(output, result.to_csv(index=False, float_format="%.6g"))
    print(result.drop(columns="commit").to_string(na_rep=""))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", default="results/benchmark/peers.csv", help="default: %(default)s")
    process.run(measure, parser)
