"""Metrics turn the records of a cell into one number per run, and the runs of an arm into one number per seed.

Numbers are in the unit of their metric: "points" are percentage points, "log2" is the base-2 logarithm of a ratio, and
"number" has no unit.
"""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ontrial import data
from ontrial.judge import rate_free
from ontrial.judge.results import LAST, Records, Results, cached, own_seed
from ontrial.nn import LOSSES, objective
from ontrial.nn.probes import PROBES
from ontrial.study.cell import Cell
from ontrial.study.settings import depth
from ontrial_judge.core.statistics import TOLERANCE

if TYPE_CHECKING:
    import pandas as pd

    from ontrial.judge.results import Numbers

    Guess = Callable[[Records, str], float | np.ndarray]

Failure = Literal["guessing", "never", "worst", "last", "start", "own"]

NEAR_OWN = 1.0  # points of accuracy
ABOVE_GUESSING = 2.0  # points of accuracy that a network has at most if it has learnt nothing
BELOW_GUESSING = 0.95  # share of the loss of guessing that a network has at least if it has learnt nothing
TOGETHER = 500  # cells whose records are in memory twice at a time


def final(measure: str, diverged: float | str, scale: float = 1.0) -> Numbers:
    """Return the function that takes a measure from each run's last record.

    measure: Column name, with `{part}` in place of "validation" or "test".
    diverged: Number for a diverged run in the unit of the metric, or "last" for its last value before it diverged.
    """

    def numbers(records: Records, part: str, threshold: float | None) -> pd.DataFrame:
        column = measure.format(part=part)
        substitute = records.last_known(column) if diverged == "last" else float(diverged) / scale
        return records.table(scale * np.where(records.diverged, substitute, records.last(column)))

    return numbers


def _no_worse_than_guessing(
    quantity: str, guess: Guess, better: np.ufunc, scale: float = 1.0, set_name: str | None = None
) -> Numbers:
    """Return the function that takes a quantity from the last record, or that of guessing if the run ends worse.

    A diverged run counts as guessing, and so does a run that survives but is worse. Divergence therefore never looks
    better than survival.

    quantity: Name of a measure without its set, such as "loss".
    guess: Function (records of a cell, set) → quantity for guessing, one for the cell or one for each run.
    better: np.fmax or np.fmin (both ignore NaN).
    set_name: "train" or "validation". None for the part requested.
    """

    def numbers(records: Records, part: str, threshold: float | None) -> pd.DataFrame:
        measured_on = set_name or part
        survived = np.where(records.diverged, np.nan, records.last(f"{measured_on}_{quantity}"))
        return records.table(scale * better(survived, guess(records, measured_on)))

    return numbers


def difference(of: Numbers, minus: Numbers) -> Numbers:
    """Return the function that computes the difference of two measures of a run."""

    def numbers(records: Records, part: str, threshold: float | None) -> pd.DataFrame:
        return of(records, part, threshold) - minus(records, part, threshold)

    return numbers


def accuracy_of_guessing(records: Records, set_name: str) -> float:
    """Return the accuracy of always naming the most frequent class: 1/K if classes are equally frequent."""
    return float(guessed_shares(records.settings["dataset"], _noise_in(records, set_name)).max())


def _noise_in(records: Records, set_name: str) -> float:
    """Return the noise in the labels of a set: that of the training set, which tables without the column lack."""
    return records.settings.get("label_noise", 0.0) if set_name == "train" else 0.0


def guessed_shares(dataset: str, noise: float = 0.0) -> np.ndarray:
    """Return the share of each class as guessing knows them, after some labels got a class drawn uniformly."""
    shares = data.guessed_shares(dataset)
    return (1 - noise) * shares + noise / len(shares) if noise else shares


def guessed_accuracy(dataset: str) -> float:
    """Return the accuracy of always naming the most frequent class of a data set."""
    return float(data.guessed_shares(dataset).max())


def _loss_of_guessing(records: Records, set_name: str) -> float | np.ndarray:
    """Return the loss of predicting the share of each class: for cross-entropy after softmax and equal shares, ln K.

    For a regression target, return the loss of each run if it predicted the mean of its training samples.
    """
    dataset, output, loss = (records.settings[name] for name in ("dataset", "output", "loss"))
    if data.has_classes(dataset):
        return loss_of_the_shares(dataset, output, loss, _noise_in(records, set_name))
    return _of_the_mean(records, partial(loss_of_the_mean, loss), set_name)


def _rmse_of_guessing(records: Records, set_name: str) -> np.ndarray:
    """Return the root mean square error of each run if it predicted the mean of its training samples."""
    return _of_the_mean(records, rmse_of_the_mean, set_name)


def _of_the_mean(records: Records, measure: Callable[..., float], set_name: str) -> np.ndarray:
    """Return a measure of each run, (S, R); NaN where there is none.

    measure: Function (data set, seed, training samples, set) → number.
    """
    dataset, samples = records.settings["dataset"], records.last("training_samples")
    guess = np.full(samples.shape, np.nan)
    for place in np.argwhere(records.last_rows >= 0):
        run = tuple(place)
        guess[run] = measure(dataset, own_seed(int(records.seeds[run[0]])), int(samples[run]), set_name)
    return guess


@cache
def loss_of_the_mean(loss: str, dataset: str, seed: int, training_samples: int, set_name: str) -> float:
    """Return the loss on one of a seed's sets, such as "train", of predicting the mean of its training samples."""
    target, mean, scale = _target_of(dataset, seed, training_samples, set_name)
    y = ((target - mean) / scale)[None, :, None]
    return float(LOSSES[loss].value(np.zeros_like(y), y)[0])


@cache
def rmse_of_the_mean(dataset: str, seed: int, training_samples: int, set_name: str) -> float:
    """Return the root mean square error of the same prediction, in the unit of the target."""
    target, mean, scale = _target_of(dataset, seed, training_samples, set_name)
    return float(scale * np.sqrt(np.square((target - mean) / scale).mean()))


def _target_of(dataset: str, seed: int, training_samples: int, set_name: str) -> tuple[np.ndarray, float, float]:
    """Return the target (n,) of one set of a seed, and its mean and scale on the training samples."""
    target, parts = data.load(dataset).target, data.split(dataset, seed, training_samples)
    assert target is not None
    return target[getattr(parts, set_name)], *data.target_scaling(dataset, parts.train)


@cache
def loss_of_the_shares(dataset: str, output: str, loss: str, noise: float = 0.0) -> float:
    """Return the loss of predicting the share of each class of a data set, with noise in its labels."""
    shares = guessed_shares(dataset, noise)
    has_one_column = data.target_columns(dataset, output) == 1
    targets = np.array([[0.0], [1.0]]) if has_one_column else np.eye(len(shares))
    prediction = np.broadcast_to(shares[1:] if has_one_column else shares, targets.shape)
    losses = objective(output, loss).loss.value(prediction[:, None], targets[:, None])
    return float(losses[0] if (shares == shares[0]).all() else losses @ shares)


def guessed_loss(cell: Cell) -> float:
    """Return the training loss of guessing in a cell; for a regression target, with its first seed."""
    output, loss = cell.output, cell.loss
    if data.has_classes(cell.dataset):
        return loss_of_the_shares(cell.dataset, output, loss, cell.label_noise)
    return loss_of_the_mean(loss, cell.dataset, cell.seeds[0], cell.training_sample_count, "train")


def guessed_nll(dataset: str) -> float:
    """Return the negative log-likelihood of predicting the share of each class: ln K if all are equally frequent."""
    shares = data.guessed_shares(dataset)
    return -math.log(shares[0]) if (shares == shares[0]).all() else float(-shares @ np.log(shares))


def _time_to(measure: str, clock: str, reaches: np.ufunc) -> Numbers:
    """Return the function that finds when a measure first reaches the threshold, in epochs or updates (the clock).

    The measure is interpolated linearly between the record that reaches the threshold and the one before, so that the
    time is not rounded to a record. It is +∞ for a run that never reaches the threshold or diverges before.

    measure: Column name, with `{part}` in place of "validation" or "test".
    reaches: np.greater_equal for a measure that rises to the threshold, np.less_equal for one that falls.
    """

    def numbers(records: Records, part: str, threshold: float | None) -> pd.DataFrame:
        assert threshold is not None
        times, values = records.curves(clock, measure.format(part=part))
        crossing = first_crossing(times, values, threshold, reaches)
        return records.table(crossing.reshape(records.rows.shape[:2]))

    return numbers


def first_crossing(times: np.ndarray, values: np.ndarray, threshold: float, reaches: np.ufunc) -> np.ndarray:
    """Return the time at which each run first reaches a threshold, +∞ for a run that never does.

    >>> times, values = np.array([[0, 10, 20], [0, 10, 20]]), np.array([[0.1, 0.5, 0.9], [0.1, 0.5, np.nan]])
    >>> first_crossing(times, values, 0.6, np.greater_equal)
    array([12.5,  inf])

    times: Times of the records of each run, ascending, (runs, records).
    values: Measure at these times, NaN where a run has no record.
    """
    reached = reaches(values, threshold)
    run, first = np.arange(len(values)), reached.argmax(axis=1)
    before = np.maximum(first - 1, 0)
    (time, value), (earlier, lower) = ((times[run, i], values[run, i]) for i in (first, before))
    with np.errstate(divide="ignore", invalid="ignore"):
        between = earlier + (threshold - lower) * ((time - earlier) / (value - lower))
    crossing = np.where(np.isnan(between), time, between)  # a run that starts beyond the threshold has no record before
    return np.where(reached.any(axis=1), crossing, np.inf)


def gradient_per_layer(records: Records, part: str, threshold: float | None) -> pd.DataFrame:
    """Return log₂ of the factor by which the gradient norm changes from one layer down to the next, at initialisation.

    It is the geometric mean of the factors from the last hidden layer to the first. A gradient that underflows counts
    as the smallest normal float32, so that the number stays finite.
    """
    last, tiny = depth(records.settings["hidden"]), np.finfo(np.float32).tiny
    first_norm, last_norm = (np.log2(np.maximum(records.start(f"gradient_norm_{i}"), tiny)) for i in (1, last))
    return records.table((first_norm - last_norm) / (last - 1))


def fails(records: Records, part: str, threshold: float | None) -> pd.DataFrame:
    """Return 100 for each run that ends no better than guessing, diverged ones included, and 0 for others."""
    dataset = records.settings["dataset"]
    if data.has_classes(dataset):
        has_failed = ACCURACY(records, part, None) <= 100 * guessed_accuracy(dataset) + ABOVE_GUESSING
    else:
        has_failed = LOSS(records, part, None) >= BELOW_GUESSING * _loss_of_guessing(records, part)
    return 100.0 * has_failed


def together(results: Results, cells: Sequence[Cell]) -> Iterator[tuple[list[Cell], pd.DataFrame]]:
    """Yield similar cells of one experiment, which have the same seeds, with their records as if they were one cell's.

    In place of learning rates, points are numbered: first those of the first cell with its rates ascending, then those
    of the next, and so on from 0. Calling a metric costs more than many additional rows, so what is computed for all
    cells of a study is computed for similar cells together.
    """
    groups: dict[tuple, list[int]] = {}
    rows = [results.rows_of(cell) for cell in cells]
    updates = results.columns["updates"]
    for i, cell in enumerate(cells):
        seeds = len(results.seeds_of(cell))  # later looks give some cells more
        key = cell.dataset, cell.objective, cell.label_noise, len(cell.hidden), updates[rows[i]].max(), seeds
        groups.setdefault(key, []).append(i)
    rates = np.sort(cells[0].learning_rates)
    for group in groups.values():
        for start in range(0, len(group), TOGETHER):
            members = group[start : start + TOGETHER]
            records = results.records.iloc[np.concatenate([rows[i] for i in members])]
            firsts = len(rates) * np.repeat(members, [len(rows[i]) for i in members])
            points = firsts + np.searchsorted(rates, records["learning_rate"].to_numpy())
            yield [cells[i] for i in members], records.assign(learning_rate=points)


def at_rates(numbers: pd.DataFrame, rates: pd.Series) -> pd.Series:
    """Return the number of each seed at its rate; NaN where the rate is NaN."""
    import pandas as pd

    return pd.Series(pick(numbers, rates.index.to_numpy(), rates.to_numpy()), rates.index)


def pick(numbers: pd.DataFrame, seeds: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """Return the number of each seed at its rate; NaN where the rate is NaN, or not on the grid."""
    table, grid, known = numbers.to_numpy(), numbers.columns.to_numpy(), numbers.index.to_numpy()
    column = np.searchsorted(grid, rates).clip(max=len(grid) - 1)
    row = np.arange(len(seeds)) if np.array_equal(known, seeds) else np.searchsorted(known, seeds)
    return np.where(grid[column] == rates, table[row, column], np.nan)


def correct_at(results: Results, cell: Cell, seeds: np.ndarray, rates: np.ndarray) -> np.ndarray | None:
    """Return whether each test sample is classified correctly, (samples, seeds), by the run of each seed at its rate.

    As in `_no_worse_than_guessing`, a run that diverges or is worse counts as guessing: every sample has the accuracy
    of guessing. Return None if it is not recorded, or if a rate is not on the grid.
    """
    bits = results.bits_of(cell, seeds, rates)
    if len(bits) < len(rates):
        return None
    correct = np.unpackbits(np.stack(bits, axis=1), axis=0, count=data.sizes(cell.dataset).test)
    guessed = guessed_accuracy(cell.dataset)
    return np.where(correct.mean(axis=0) < guessed, guessed, correct)


def _octaves_near_own(numbers: pd.DataFrame, rates: pd.Series) -> pd.Series:
    """Return how many octaves of learning rates are at most 1 point worse than the seed's own rate.

    Between neighbouring rates of the grid, the number is a straight line over the logarithm of the rate. Comparing with
    the best rate on the same data would let the data choose what they judge.
    """
    import pandas as pd

    octaves = np.diff(np.log2(numbers.columns.to_numpy(float)))
    goal = at_rates(numbers, rates) - (1 + TOLERANCE) * NEAR_OWN
    above = numbers.loc[rates.index].sub(goal, axis=0).to_numpy()
    low, high = np.sort([above[:, :-1], above[:, 1:]], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(low >= 0, 1, np.clip(high / (high - low), 0, 1))
    return pd.Series((share * octaves).sum(axis=1), rates.index)


@dataclass(frozen=True)
class Metric:
    """A metric: one number per run, and one per seed.

    measure: Function (records of a cell, "validation" or "test", threshold) → table of seeds × learning rates.
    summary: Function (that table, rates of the seeds) → one number per seed.
    uses_rate: Whether `summary` takes the number at each seed's rate. Otherwise it uses all rates, and is given the
        seeds' own.
    scales_with_loss: Whether the number is a learning rate, or one times updates. If the loss is multiplied by c, the
        number is divided by c, so that it compares only arms with the same objective, and by the same kind of steps.
    spread: Whether claims compare the seeds' absolute deviations from the median of their arm, not the numbers.
    lower_is_better: Whether tuning prefers the lower number.
    censored: Whether numbers may be +∞, so that medians summarise them and ratios compare them.
    clock: Column of the records, "epochs" or "updates", that counts a time. Its last value is a lower bound of the time
        of a run that has not arrived.
    positive: Whether numbers are always above 0, so that ratios may compare them.
    probes: Probes that the experiment must record.
    needs_threshold: Whether the claim must state a threshold.
    goal: Measure that must reach the threshold, if there is one.
    between_hidden: Whether only weights between hidden layers matter, not those of the first and the last layer.
    hidden_layers: Smallest number of hidden layers that a network must have.
    predicts: Kind of target that networks must learn, a class or a number. None if it does not matter.
    of_predictions: Whether the experiment must record predictions.
    of_training: Whether the number is, or contains, a loss or accuracy of the training set.
    share_of: Set, "test" or "validation", of whose samples the number is a share, so that one sample is its smallest
        step.
    needs_training: Whether the metric is meaningless for untrained networks.
    tuned_by: Metric that chooses rates, for a metric that has no value on validation data.
    failure: What a run counts as that diverges or never reaches the threshold: "guessing", "never", "worst" (an error
        of 100 %), "last" (its last value before), "start" (it is measured before training) or "own" (the metric says).
    description: Sentence on what a study's own metric measures.
    sha256: SHA-256 of the file that computes a study's own metric.
    """

    measure: Numbers
    unit: str
    summary: Callable[[pd.DataFrame, pd.Series], pd.Series] = at_rates
    uses_rate: bool = True
    scales_with_loss: bool = False
    spread: bool = False
    lower_is_better: bool = False
    censored: bool = False
    clock: str | None = None
    positive: bool = False
    probes: tuple[str, ...] = ()
    needs_threshold: bool = False
    goal: Literal["accuracy", "loss"] = "accuracy"
    between_hidden: bool = False
    hidden_layers: int = 0
    predicts: Literal["class", "number"] | None = None
    of_predictions: bool = False
    of_training: bool = False
    share_of: str | None = None
    needs_training: bool = True
    tuned_by: str | None = None
    failure: Failure = "guessing"
    description: str = ""
    sha256: str | None = None

    def numbers(self, records: Records | pd.DataFrame, part: str, threshold: float | None) -> pd.DataFrame:
        """Return the number of each run of a cell on a part of the data, "validation" or "test"."""
        return self.measure(Records.of(records), part, threshold)

    def at(self, numbers: pd.DataFrame, seeds: np.ndarray, rates: np.ndarray) -> np.ndarray:
        """Return one number per seed: the summary of the numbers of its runs."""
        if self.summary is at_rates:
            return pick(numbers, seeds, rates)
        import pandas as pd

        return self.summary(numbers, pd.Series(rates, seeds)).to_numpy()

    def fits(self, dataset: str) -> bool:
        """Return whether networks that learn a data set predict what the metric needs."""
        return self.predicts is None or (self.predicts == "class") == data.has_classes(dataset)

    @property
    def may_fail(self) -> bool:
        """Whether the numbers of networks that learn nothing are far from those of others."""
        return self.uses_rate and self.needs_training and self.failure in ("guessing", "worst")

    @property
    def is_curve(self) -> bool:
        """Whether every record of a run has the number, or what it follows from, so that it can be judged earlier."""
        is_recorded = self.failure != "start" and not self.of_predictions and self.sha256 is None
        return is_recorded and not self.scales_with_loss

    @property
    def is_of_one_record(self) -> bool:
        """Whether one record determines the number, so that an earlier record may be used."""
        return self.is_curve and not self.clock

    @property
    def measures_training_set(self) -> bool:
        """Whether the number needs a measure of the training set, which not every record has."""
        return self.of_training or any("train" in PROBES[probe].sets for probe in self.probes)

    def is_recorded(self, cell: Cell) -> bool:
        """Return whether the metric is recorded for the networks of a cell."""
        has_probes = set(self.probes) <= set(cell.training.probes)
        has_predictions = cell.training.predictions or not self.of_predictions
        return has_probes and has_predictions and self.hidden_layers <= len(cell.hidden) and self.fits(cell.dataset)


def _of_classes(numbers: Numbers, unit: str = "points", **options: Any) -> Metric:
    return Metric(numbers, unit, predicts="class", **options)


def _rmse(set_name: str | None = None, **options: Any) -> Metric:
    numbers = _no_worse_than_guessing("rmse", _rmse_of_guessing, np.fmin, set_name=set_name)
    return Metric(numbers, "number", lower_is_better=True, positive=True, predicts="number", **options)


def _loss(numbers: Numbers, unit: str = "loss", **options: Any) -> Metric:
    return Metric(numbers, unit, lower_is_better=True, positive=True, **options)


def _error(measure: str, **options: Any) -> Metric:
    numbers = final(measure, diverged=100, scale=100)
    return Metric(numbers, "points", lower_is_better=True, positive=True, predicts="class", failure="worst", **options)


def _time(numbers: Numbers, clock: str, **options: Any) -> Metric:
    return Metric(
        numbers,
        clock,
        lower_is_better=True,
        censored=True,
        clock=clock,
        positive=True,
        needs_threshold=True,
        failure="never",
        **options,
    )


def _to_accuracy(clock: str) -> Metric:
    return _time(_time_to("{part}_accuracy", clock, np.greater_equal), clock, predicts="class")


def _to_train_loss(clock: str) -> Metric:
    """Return a metric that is tuned on itself, since it is measured on training data."""
    return _time(_time_to("train_loss", clock, np.less_equal), clock, goal="loss")


def _rate_free(numbers: Numbers, summary: Callable[[pd.DataFrame, pd.Series], pd.Series]) -> Metric:
    return _of_classes(
        numbers,
        "number",
        summary=summary,
        uses_rate=False,
        scales_with_loss=True,
        positive=True,
        needs_threshold=True,
        tuned_by="test_accuracy",
        failure="never",
    )


def _by_probe(numbers: Numbers, unit: str, probe: str, hidden_layers: int, failure: Failure, **options: Any) -> Metric:
    return Metric(
        numbers,
        unit,
        probes=(probe,),
        hidden_layers=hidden_layers,
        needs_training=False,
        tuned_by="test_accuracy",
        failure=failure,
        **options,
    )


ACCURACY = _no_worse_than_guessing("accuracy", accuracy_of_guessing, np.fmax, scale=100)
TRAIN_ACCURACY = _no_worse_than_guessing("accuracy", accuracy_of_guessing, np.fmax, scale=100, set_name="train")
VALIDATION_ACCURACY = _no_worse_than_guessing(
    "accuracy", accuracy_of_guessing, np.fmax, scale=100, set_name="validation"
)
LOSS = _no_worse_than_guessing("loss", _loss_of_guessing, np.fmin)
TRAIN_LOSS = _no_worse_than_guessing("loss", _loss_of_guessing, np.fmin, set_name="train")
VALIDATION_LOSS = _no_worse_than_guessing("loss", _loss_of_guessing, np.fmin, set_name="validation")
UPDATES_TO_ACCURACY = _time_to("{part}_accuracy", "updates", np.greater_equal)
DISTANCES = rate_free.distances(UPDATES_TO_ACCURACY)
NLL = _no_worse_than_guessing("nll", lambda records, _: guessed_nll(records.settings["dataset"]), np.fmin)

BUILT_IN = {
    "test_accuracy": _of_classes(ACCURACY, share_of="test"),
    "validation_accuracy": _of_classes(VALIDATION_ACCURACY, share_of="validation", tuned_by="test_accuracy"),
    "train_accuracy": _of_classes(TRAIN_ACCURACY, of_training=True, tuned_by="test_accuracy"),
    "accuracy_deviation": _of_classes(ACCURACY, spread=True, tuned_by="test_accuracy"),
    "octaves_near_best": _of_classes(
        ACCURACY, "octaves", summary=_octaves_near_own, uses_rate=False, tuned_by="test_accuracy"
    ),
    "lead_of_clean_labels": _of_classes(
        difference(
            final("train_accuracy_clean", diverged=0, scale=100), final("train_accuracy_noisy", diverged=0, scale=100)
        ),
        probes=("labels",),
        of_training=True,
        tuned_by="test_accuracy",
    ),
    "gap_in_accuracy": _of_classes(
        difference(TRAIN_ACCURACY, ACCURACY),
        lower_is_better=True,
        of_training=True,
        share_of="test",
        tuned_by="test_accuracy",
    ),
    "fails": Metric(fails, "points", lower_is_better=True, tuned_by="test_accuracy"),
    "test_rmse": _rmse(),
    "validation_rmse": _rmse("validation", tuned_by="test_rmse"),
    "train_rmse": _rmse("train", of_training=True, tuned_by="test_rmse"),
    "test_loss": _loss(LOSS),
    "train_loss": _loss(TRAIN_LOSS, of_training=True, tuned_by="test_loss"),
    "validation_loss": _loss(VALIDATION_LOSS, tuned_by="test_loss"),
    "gap_in_loss": Metric(
        difference(LOSS, TRAIN_LOSS), "loss", lower_is_better=True, of_training=True, tuned_by="test_loss"
    ),
    "test_nll": _loss(NLL, "nats", predicts="class", probes=("probabilities",)),
    "calibration_error": _error("{part}_calibration_error", probes=("probabilities",)),
    "group_error": _error("group_error", probes=("groups",), tuned_by="test_loss"),
    "epochs_to_accuracy": _to_accuracy("epochs"),
    "updates_to_accuracy": _to_accuracy("updates"),
    "epochs_to_train_loss": _to_train_loss("epochs"),
    "updates_to_train_loss": _to_train_loss("updates"),
    "distance_to_accuracy": _rate_free(rate_free.on_plateau(DISTANCES), rate_free.at_small_rates),
    "rate_limit": _rate_free(rate_free.stretches(DISTANCES, rate_free.on_plateau(DISTANCES)), rate_free.largest_rate),
    "dead_units": _by_probe(final("dead_units", "last", scale=100), "points", "units", 1, "last"),
    "saturation": _by_probe(final("saturation", "last", scale=100), "points", "units", 1, "last"),
    "gradient_per_layer": _by_probe(gradient_per_layer, "log2", "gradients", 2, "start", between_hidden=True),
}
OWN: dict[str, Metric] = {}  # the study's own, which own_metrics.py defines
METRICS = ChainMap(BUILT_IN, OWN)  # all metrics


def chosen_by(metric: str, dataset: str) -> str:
    """Return the name of the metric that chooses rates on a data set, from validation data.

    A regression target has no accuracy, so the error replaces it.
    """
    name = METRICS[metric].tuned_by or metric
    return "test_rmse" if name == "test_accuracy" and not data.has_classes(dataset) else name


@cached  # claims, policies and figures ask for the same tables again and again
def compute(
    results: Results, cell: Cell, metric: str, part: str, threshold: float | None, checkpoint: str = LAST
) -> pd.DataFrame:
    """Return the numbers of a metric for the runs of a cell on validation or test data: seeds × learning rates."""
    return METRICS[metric].measure(results.records_at(cell, checkpoint), part, threshold)
