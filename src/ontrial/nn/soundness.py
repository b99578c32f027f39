"""Check parts of networks that users wrote, before any network is trained with them.

A check yields what is wrong with a part. It stops after the first kind of problem, because others may follow from it.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike, DTypeLike

from ontrial.nn.activations import Activation
from ontrial.nn.losses import Loss
from ontrial.nn.optimisers import Optimiser

DTYPES = (np.float32, np.float64)
EXTREMES = (0.0, 1e-40, 1e-20, 1e-3, 1.0, 10.0, 100.0, 1_000.0, 10_000.0)  # sizes of arguments, some of them subnormal
STEP = 1e-6  # of finite differences in float64
DIGITS = 6  # decimals of slopes; further ones are noise
FAR = 12.0  # up to where slopes are compared closely
FARTHER = np.geomspace(FAR, 10_000, 400)  # sizes of further arguments
SLOPE_TOLERANCE = 1e-5  # of a derivative, relative to 1 + its size
SINGLE_TOLERANCE = 1e-4  # of float32 against float64, relative to 1 + the size
SHARES = tuple(i / 64 for i in range(64))  # of the updates, 0 to below 1
GRADIENTS = (0.0, 1e-30, 1e-10, 1.0, 1e4, 1e10)
WIDTHS = (1, 2, 10, 784, 4_096)
Part = TypeVar("Part")
Found = TypeVar("Found")
STACK = (3, 64, 90)  # runs, batch and units: enough numbers for code that treats large arrays in another way


class Problem(NamedTuple):
    """What is wrong with a function of a part.

    function: Field of the part, such as "derivative".
    sentence: Rest of a sentence that starts with the name of the function.
    """

    function: str
    sentence: str


def activation_problems(activation: Activation) -> Iterator[Problem]:
    """Yield what is wrong with an activation: with its arrays, bytes in a stack, extremes, slopes or accuracy."""
    checks = (_activation_arrays, _activation_stacks, _activation_extremes, _slopes, _accuracy)
    return _first_problems(activation, checks)


def _first_problems(part: Part, checks: Iterable[Callable[[Part], Iterator[Found]]]) -> Iterator[Found]:
    """Yield what the first check of a part that finds any problems yields."""
    with np.errstate(all="ignore"):
        yield from next(filter(None, (list(check(part)) for check in checks)), ())


def _activation_arrays(activation: Activation) -> Iterator[Problem]:
    for dtype in DTYPES:
        z = _numbers((2, 3, 5), dtype)
        if problem := _array_problem(activation.function, {"z": z}):
            yield Problem("function", problem)
            return
        a = activation.function(z)
        if problem := _array_problem(activation.derivative, {"z": z, "a": a}, out_may_be="z"):
            yield Problem("derivative", problem)
            return


def _activation_extremes(activation: Activation) -> Iterator[Problem]:
    for dtype in DTYPES:
        z = _points([sign * size for size in (*EXTREMES, *FARTHER) for sign in (1, -1)], dtype)
        a = activation.function(z)
        for function, values in {"function": a, "derivative": activation.derivative(z, a)}.items():
            for i in np.flatnonzero(~np.isfinite(values))[:1]:
                yield Problem(
                    function,
                    f"is {values.flat[i]} at z = {z.flat[i]:g} in {z.dtype}. It must be a finite number from "
                    "z = -10,000 to 10,000. Use a form that is one there.",
                )
                return


def _slopes(activation: Activation) -> Iterator[Problem]:
    """Compare the derivative with the slopes of the function to the left and right of each point, in float64."""
    near = np.linspace(-FAR, FAR, 2_400) + 0.000_37  # corners are rarely at such numbers
    for z in (_points([*near, 0], float), _points([*FARTHER, *-FARTHER], float)):
        left, a, right = (activation.function(z + shift) for shift in (-STEP, 0, STEP))
        before, after = (a - left) / STEP, (right - a) / STEP
        derivative = activation.derivative(z, a)
        wrong = _outside(derivative, np.minimum(before, after), np.maximum(before, after))
        if wrong.max() > 0:
            i = wrong.argmax()
            slope = round((before.flat[i] + after.flat[i]) / 2, DIGITS)
            yield Problem(
                "derivative",
                f"is {derivative.flat[i]:.6g} at z = {z.flat[i]:.6g}, where the slope of the function is {slope:g} by "
                "finite differences. Correct one of the two.",
            )
            return


def _outside(values: ndarray, low: ndarray, high: ndarray) -> ndarray:
    """Return how far values are outside intervals, relative to 1 + their size; 0 within the tolerance."""
    distance = np.maximum(low - values, values - high) / (1 + np.maximum(np.abs(low), np.abs(high)))
    return np.where(distance > SLOPE_TOLERANCE, distance, 0)


def _accuracy(activation: Activation) -> Iterator[Problem]:
    z = _points(np.linspace(-FAR, FAR, 2_401), np.float32)
    exact = activation.function(z.astype(float))
    slope = activation.derivative(z, exact.astype(np.float32))
    compared = {
        "function": (activation.function(z), exact),
        "derivative": (slope, activation.derivative(z.astype(float), exact)),
    }
    for function, (single, double) in compared.items():
        error = np.abs(single - double) / (1 + np.abs(double))
        if error.max() > SINGLE_TOLERANCE:
            i = error.argmax()
            yield Problem(
                function,
                f"is {single.flat[i]:.6g} in float32 at z = {z.flat[i]:.6g}, and {double.flat[i]:.6g} in float64. Use "
                "a form without differences of numbers that are nearly equal.",
            )


def _activation_stacks(activation: Activation) -> Iterator[Problem]:
    z = _numbers(STACK, np.float32)
    a = activation.function(z)
    for function, arrays in {"function": [z], "derivative": [z, a]}.items():
        if not _same_in_pieces(getattr(activation, function), arrays):
            yield Problem(
                function,
                "gives other bytes in a stack of networks than for each one alone. A number must depend on its own z "
                "alone, and not on chance.",
            )


def schedule_problems(schedule: Callable[[float], float]) -> Iterator[Problem]:
    """Yield where the factor of a schedule is first wrong, if anywhere."""
    points = {f"share = {share:g}": (share,) for share in SHARES}
    return _number_problems(schedule, points, "0 or more", lambda factor: factor >= 0)


def initialisation_problems(deviation: Callable[[int, int], float]) -> Iterator[Problem]:
    """Yield where the standard deviation of an initialisation is first wrong, if anywhere."""
    shapes = itertools.product(WIDTHS, repeat=2)
    points = {f"n_in = {n_in}, n_out = {n_out}": (n_in, n_out) for n_in, n_out in shapes}
    return _number_problems(deviation, points, "above 0", lambda number: number > 0)


def _number_problems(
    call: Callable[..., float], points: Mapping[str, tuple], allowed: str, is_allowed: Callable[[float], bool]
) -> Iterator[Problem]:
    for place, arguments in points.items():
        first, second = call(*arguments), call(*arguments)
        if not (is_allowed(first) and first < math.inf):
            yield Problem("function", f"is {first:g} at {place}. It must be a finite number, {allowed}.")
            return
        if first != second:
            yield Problem("function", f"is {first:g} and then {second:g} at {place}. It must not depend on chance.")
            return


def optimiser_problems(optimiser: Optimiser) -> Iterator[Problem]:
    """Yield what is wrong with an optimiser: what its rule changes, bytes in a stack, extremes, direction."""
    checks = (_rule_arguments, _rule_stacks, _rule_extremes, _direction)
    return (Problem("rule", sentence) for sentence in _first_problems(optimiser, checks))


def _rule_arguments(optimiser: Optimiser) -> Iterator[str]:
    theta, g, eta = _numbers((3, 7), np.float32), _numbers((3, 7), np.float32), np.full((3, 1), 0.125, np.float32)
    start, rates = theta.tobytes(), eta.tobytes()
    rule: Callable[..., object] = optimiser.rule
    if rule(theta, g, eta, 0.9, 1, *_no_state(optimiser, theta)) is not None:
        yield "returns a value. A rule changes theta in place, as in theta -= eta * g, and returns nothing."
    elif theta.tobytes() == start:
        yield "does not change theta. A rule changes it in place, as in theta -= eta * g, not theta = theta - eta * g."
    elif eta.tobytes() != rates:
        yield "changes eta, which later updates need. Of its arguments, it may change theta, g and its own arrays."


def _rule_stacks(optimiser: Optimiser) -> Iterator[str]:
    whole = _updated(optimiser, slice(None))
    for run in range(len(whole)):
        if whole[run].tobytes() != _updated(optimiser, slice(run, run + 1)).tobytes():
            yield (
                "gives other bytes in a stack of networks than for each one alone. A network must depend on its own "
                "gradients alone, which are a row of g, and not on chance."
            )
            return


def _updated(optimiser: Optimiser, runs: slice) -> ndarray:
    """Return theta of some runs of a stack after a few updates, in which gradients differ."""
    theta, gradients = _numbers((3, 7), np.float32)[runs], _numbers((4, 3, 7), np.float32)[:, runs]
    eta, state = np.array([[0.5], [0.125], [2**-10]], np.float32)[runs], _no_state(optimiser, theta)
    for t, g in enumerate(gradients, start=1):
        optimiser.rule(theta, g.copy(), eta, 0.9, t, *state)
    return theta


def _rule_extremes(optimiser: Optimiser) -> Iterator[str]:
    for size in GRADIENTS:
        theta = np.ones((1, 2), np.float32)
        eta, state = np.full((1, 1), 2.0**-10, np.float32), _no_state(optimiser, theta)
        for t in range(1, 4):
            optimiser.rule(theta, np.array([[size, -size]], np.float32), eta, 0.9, t, *state)
            if not np.isfinite(theta).all():
                yield f"makes theta {theta.min()} in update {t} with gradients of ±{size:g}. It must stay finite."
                return


def _direction(optimiser: Optimiser) -> Iterator[str]:
    """Check that many small updates go down a bowl, ½ θ², whose gradient is θ."""
    theta = _numbers((1, 100), np.float32)
    height, state = np.square(theta).sum(), _no_state(optimiser, theta)
    for t in range(1, 201):
        optimiser.rule(theta, theta.copy(), np.full((1, 1), 2.0**-7, np.float32), 0.9, t, *state)
    if not np.square(theta).sum() < height:
        yield "does not go down: after 200 small updates on the bowl ½ θ², whose gradient is θ, it is no lower."


def _no_state(optimiser: Optimiser, theta: ndarray) -> list[ndarray]:
    return [np.zeros_like(theta) for _ in range(optimiser.state_arrays)]


def loss_problems(loss: Loss) -> Iterator[Problem]:
    """Yield what is wrong with a loss: with its arrays, bytes in a stack, extremes or slopes."""
    return _first_problems(loss, (_loss_arrays, _loss_stacks, _loss_extremes, _loss_slopes))


def _loss_arrays(loss: Loss) -> Iterator[Problem]:
    for dtype in DTYPES:
        arrays = dict(zip(("prediction", "target"), _predictions(loss, (2, 3, 4), dtype), strict=True))
        before = [array.tobytes() for array in arrays.values()]
        loss.value(*arrays.values())
        if before != [array.tobytes() for array in arrays.values()]:
            yield Problem("value", "changes its arguments, which are needed later. Compute a new array.")
            return
        if problem := _array_problem(loss.gradient, arrays):
            yield Problem("gradient", problem)
            return


def _loss_stacks(loss: Loss) -> Iterator[Problem]:
    arrays = _predictions(loss, STACK, np.float32)
    for function, call in {"value": loss.value, "gradient": loss.gradient}.items():
        whole = call(*arrays)
        alone = (call(*(array[run : run + 1] for array in arrays)) for run in range(len(whole)))
        if any(in_whole.tobytes() != one.tobytes() for in_whole, one in zip(whole, alone, strict=True)):
            yield Problem(
                function,
                "gives other bytes in a stack of networks than for each one alone. A number must depend on its own "
                "sample alone, and not on chance.",
            )
            return
    mean = np.mean([loss.value(*(array[:, i : i + 1] for array in arrays)) for i in range(STACK[1])], axis=0)
    if not np.allclose(mean, loss.value(*arrays), rtol=1e-4):
        yield Problem("value", "depends on the other samples of the batch. Return the terms of each sample.")


def _loss_extremes(loss: Loss) -> Iterator[Problem]:
    sizes = [sign * size for size in EXTREMES for sign in (1, -1)] if loss.of_numbers else [0, 1e-40, 1e-20, 0.5, 1]
    for dtype, y, p in itertools.product(DTYPES, (0, 1), sizes):
        prediction, target = (np.full((1, 1, 1), number, dtype) for number in (p, y))
        for function, call in {"value": loss.value, "gradient": loss.gradient}.items():
            value = call(prediction, target).item()
            if not np.isfinite(value):
                yield Problem(function, f"is {value} at prediction = {p:g} and target = {y} in {np.dtype(dtype)}.")
                return


def _loss_slopes(loss: Loss) -> Iterator[Problem]:
    """Compare the gradient with the slopes of the value to both sides of each output, in float64."""
    prediction, target = _predictions(loss, (400, 1, 3), float)  # one sample for each run
    gradient, value = loss.gradient(prediction, target), loss.value(prediction, target)
    for output in range(3):
        shift = STEP * np.eye(3)[output]
        before = (value - loss.value(prediction - shift, target)) / STEP
        after = (loss.value(prediction + shift, target) - value) / STEP
        given = gradient[:, 0, output]
        wrong = _outside(given, np.minimum(before, after), np.maximum(before, after))
        if wrong.max() > 0:
            i = wrong.argmax()
            p, y = (np.array2string(array[i, 0], precision=4) for array in (prediction, target))
            yield Problem(
                "gradient",
                f"is {given[i]:.6g} for output {output} at prediction = {p} and target = {y}, where the slope of the "
                f"loss is {round((before[i] + after[i]) / 2, DIGITS):g} by finite differences. Correct one of the two.",
            )
            return


def _predictions(loss: Loss, shape: tuple[int, int, int], dtype: DTypeLike) -> tuple[ndarray, ndarray]:
    """Return predictions and targets, one of which is 1 for each sample. Predictions may be probabilities."""
    random = np.random.default_rng(0)
    prediction = 3 * random.standard_normal(shape) if loss.of_numbers else random.uniform(0.02, 0.98, shape)
    target = np.eye(shape[2])[random.integers(shape[2], size=shape[:2])]
    return prediction.astype(dtype), target.astype(dtype)


def _numbers(shape: tuple[int, ...], dtype: DTypeLike) -> ndarray:
    """Return normally distributed numbers, which are always the same."""
    return (3 * np.random.default_rng(0).standard_normal(shape)).astype(dtype)


def _points(values: ArrayLike, dtype: DTypeLike) -> ndarray:
    """Return numbers as those of the units of one network for one sample, (1, 1, n)."""
    return np.array(values, dtype).reshape(1, 1, -1)


def _array_problem(call: Callable[..., ndarray], arrays: dict[str, ndarray], out_may_be: str = "") -> str:
    """Return what is wrong with the array that a function of arrays returns, or that it changes its arguments, or "".

    out_may_be: Name of the argument that may also be `out`.
    """
    (name, first), *_ = arrays.items()
    before = {name: array.tobytes() for name, array in arrays.items()}
    values = call(*arrays.values())
    changed = [name for name, array in arrays.items() if array.tobytes() != before[name]]
    if changed:
        return f"changes its argument {changed[0]}, which is needed later. Compute a new array."
    if not isinstance(values, ndarray) or (values.shape, values.dtype) != (first.shape, first.dtype):
        form = f"{values.dtype} of shape {values.shape}" if isinstance(values, ndarray) else type(values).__name__
        hint = "."
        if isinstance(values, ndarray) and values.shape == first.shape:
            hint = f", as with .astype({name}.dtype)."
        if isinstance(values, ndarray) and values.dtype == np.float64:
            hint += " NumPy's numbers, such as np.sqrt(2), make it float64; Python's, such as 2**0.5, do not."
        return f"returns {form} for {name} in {first.dtype} of shape {first.shape}. Return an array of that form{hint}"
    if call(*arrays.values()).tobytes() != values.tobytes():
        return "returns other numbers when it is called again. They must not depend on chance."
    copies = {name: array.copy() for name, array in arrays.items()}
    for which in ["", out_may_be] if out_may_be else [""]:
        out = copies[which] if which else np.full_like(first, np.nan)
        if call(*copies.values(), out) is not out or out.tobytes() != values.tobytes():
            when = f" if that is {which}" if which else ""
            return f"does not fill and return its parameter out{when}. Without this parameter, a new array will do."
    return ""


def _same_in_pieces(call: Callable[..., ndarray], arrays: Sequence[ndarray]) -> bool:
    """Return whether a function of arrays (R, B, n) gives the same bytes for each run and for single samples."""
    whole = call(*arrays)
    pieces = [(slice(run, run + 1), slice(None)) for run in range(len(whole))]
    pieces += [(slice(None), slice(sample, sample + 1)) for sample in (0, 1, whole.shape[1] - 1)]
    parts = ((whole[piece], call(*(np.ascontiguousarray(array[piece]) for array in arrays))) for piece in pieces)
    return all(in_whole.tobytes() == alone.tobytes() for in_whole, alone in parts)
