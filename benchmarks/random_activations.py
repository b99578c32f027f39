"""Count how often the battery for activations calls random smooth ones better than ReLU, and how often wrongly.

An activation is a random line plus random steps, z (1 + c) / 2 + Σ w tanh(u z + v), scaled so that it passes on half of
a standard normal signal, as ReLU does. Each meets ReLU in the contexts of the battery, with as many seeds as its first
look has. Where it is called better, both arms train with fresh seeds: it is wrong if these show a difference below the
smallest effect for certain. The result is a tidy table (.csv) with one row per activation and context. The command
fails if the share of wrong ones among all contexts is above the promised one for certain. Finished networks are kept in
the folder beside the table that has its name.
"""

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from ontrial.errors import InputError
from ontrial.judge import measuring, statistics
from ontrial.judge.claims import list_arms, list_contexts
from ontrial.judge.docket import build_estimand
from ontrial.judge.estimands import Estimand
from ontrial.judge.measuring import Paired
from ontrial.judge.records import Outcome, SettingValues, settings_text
from ontrial.judge.results import Results
from ontrial.judge.verdicts import decide_context
from ontrial.nn import ACTIVATIONS, Activation
from ontrial.steps.train import train_cell
from ontrial.storage import files, machine, process, run_files, shipped, yaml_files
from ontrial.study import configuration
from ontrial.study.study import Study

BATTERY = shipped.EXAMPLES / "activation/config"
COUNT = 50
RIVAL = "relu"
STEPS = 3
FIRST, FRESH = 20_001, 30_001  # first seeds, which no published study has
SEEDS = {FIRST: 20, FRESH: 60}


class Row(NamedTuple):
    """The result of one activation in one context. The fresh interval is missing where it is not called better."""

    activation: str
    context: str
    outcome: str
    estimate: float
    fresh_low: float | None = None
    fresh_high: float | None = None
    wrong: bool = False


def random_activation(number: int) -> Activation:
    """Return an activation that depends on a number alone."""
    random = np.random.default_rng(number)
    c, w, u, v = random.uniform(), *random.standard_normal((3, STEPS))
    z = np.random.default_rng(0).standard_normal(100_000)
    scale = np.sqrt(0.5 / np.mean(np.square((1 + c) / 2 * z + np.tanh(np.multiply.outer(z, u) + v) @ w)))
    slope, weights = float(scale * (1 + c) / 2), (scale * w).tolist()
    parts = [*zip(weights, u.tolist(), v.tolist(), strict=True)]

    def function(z: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        total = slope * z
        for weight, factor, shift in parts:
            total += weight * np.tanh(factor * z + shift)
        return np.positive(total, out=out)

    def derivative(z: np.ndarray, a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        total = np.full_like(z, slope)
        for weight, factor, shift in parts:
            total += weight * factor * (1 - np.square(np.tanh(factor * z + shift)))
        return np.positive(total, out=out)

    return Activation(function, derivative, ACTIVATIONS[RIVAL].initialisation)


def measure(output: str, count: int, experiments: list[str]) -> None:
    """Train and judge on all cores, write the table and print it. Raises InputError as `write` does."""
    rows: list[Row] = []
    with ProcessPoolExecutor() as pool:
        for judged in pool.map(partial(judge, experiments, Path(output).with_suffix("")), range(count)):
            rows += judged
            better = sum(row.outcome == Outcome.POSITIVE for row in rows)
            print(f"{rows[-1].activation}: better in {better} of {len(rows)} contexts so far", flush=True)
    write(output, rows)


def write(output: str, rows: Sequence[Row]) -> None:
    """Write the table and print it. Raises InputError if the battery errs more often than it promises."""
    table = pd.DataFrame(rows, columns=Row._fields).assign(commit=machine.git("rev-parse", "HEAD"))
    files.write_text(output, table.to_csv(index=False, float_format="%.6g"))
    print(table.groupby("context")[["outcome"]].value_counts().unstack(fill_value=0).to_string())
    share = statistics.share_interval(table["wrong"].to_numpy(), 1 - statistics.ALPHA)
    promised = 100 * statistics.ALPHA / 2
    print(
        f"Wrongly called better: {share.estimate:.2f}% ({share.ci_low:.2f} to {share.ci_high:.2f}) of {len(table):,}."
    )
    if share.ci_low > promised:
        raise InputError(f"{output}: more than the promised {promised:g}% of contexts are wrongly called better.")


def judge(experiments: list[str], folder: Path, number: int) -> list[Row]:
    """Return the results of the activation with a number in the contexts of the battery's claims against ReLU."""
    name = f"random_{number}"
    ACTIVATIONS[name] = random_activation(number)
    return list(results(name, experiments, folder))


def results(name: str, experiments: list[str], folder: Path) -> Iterator[Row]:
    """Yield the result of an activation in each context."""
    studies = {start: study_of(name, experiments, start) for start in (FIRST, FRESH)}
    text = (BATTERY / "claims.yaml").read_text(encoding="utf-8").replace("activation: mine", f"activation: {name}")
    specs = yaml_files.parse(text, "claims.yaml")[0]["claims"]
    for spec in specs:
        if spec["experiment"] not in experiments or spec["difference"]["minus"] != {"activation": RIVAL}:
            continue
        estimand = build_estimand(spec)
        for context in list_contexts(estimand):
            first = measure_context(studies[FIRST], estimand, context, folder)
            outcome = decide_context(first, (first.n,)).outcome
            row = Row(name, f"{spec['experiment']}, {settings_text(context)}", outcome, first.numbers.mean())
            if outcome is Outcome.POSITIVE:
                fresh = measure_context(studies[FRESH], estimand, context, folder).sample()
                _, low, high = fresh.interval(1 - statistics.ALPHA)
                row = row._replace(fresh_low=low, fresh_high=high, wrong=high < estimand.smallest_effect)
            yield row


def study_of(name: str, experiments: list[str], start: int) -> Study:
    """Return the battery's study of an activation and ReLU, with seeds from `start` on."""
    content, _ = yaml_files.parse((BATTERY / "config.yaml").read_text(encoding="utf-8"), "config.yaml")
    del content["components"], content["docket"]
    kept = {key: settings for key, settings in content["experiments"].items() if key in experiments}
    for settings in kept.values():
        settings["activation"] = [name, RIVAL]
        settings["seeds"] = {"confirmatory": {"from": start, "to": start + SEEDS[start] - 1}}
    return configuration.parse(content | {"experiments": kept})


def measure_context(study: Study, estimand: Estimand, context: SettingValues, folder: Path) -> Paired:
    """Return the numbers of one context. Finished cells are kept in the folder."""
    alone = replace(estimand, contexts={axis: [value] for axis, value in context.items()})
    records = []
    for arm in list_arms(study, alone, context):
        path = folder / f"{arm.cell.seeds[0]}/{arm.cell.path}.parquet"
        if not path.exists():
            train_cell(arm.cell.to_json(), str(path))
        records.append(run_files.read_sealed(path).to_pandas())
    (measured,) = measuring.measure(Results(study, pd.DataFrame(), pd.concat(records)), alone)
    return measured


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.random_activations",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--output", default="results/benchmark/random-activations.csv", help="default: %(default)s")
    parser.add_argument("--count", type=int, default=COUNT, help="number of activations (default: %(default)s)")
    parser.add_argument(
        "--experiments", nargs="+", default=["tables", "spirals"], help="experiments of the battery (default: all)"
    )
    process.run(measure, parser)
