"""Schedules: the factor of the learning rate in the course of training. To add one, add an entry to SCHEDULES.

Of T updates, number t, counted from 0, has the learning rate η f(t/T). So the first has η f(0), and the last not f(1)
but f(1 − 1/T), as with PyTorch's schedulers (LambdaLR, CosineAnnealingLR with T_max = T) stepped after every update.

A warm-up over the share w of the updates comes first: the factor rises along a straight line, f = t/(wT) for t < wT, so
that the first update has the rate 0 (Goyal et al. 2017, section 2.2, with a start from 0). The schedule then has the
rest of training: f((t − wT) / (T − wT)).
"""

from collections.abc import Callable

HALF_PI = 1.5707963267948966
TERMS = 12  # for angles up to π/2, further terms are below 1e-18


def constant(share: float) -> float:
    """f(s) = 1."""
    return 1.0


def linear(share: float) -> float:
    """f(s) = 1 − s."""
    return 1 - share


def cosine(share: float) -> float:
    """f(s) = (1 + cos πs) / 2 = sin²((1 − s)π/2). Loshchilov & Hutter 2017, eq. 5, with minimum 0 and no restart."""
    return _sine(HALF_PI * (1 - share)) ** 2


def step(share: float) -> float:
    """f(s) = 1, from s = ½ on 1/10, and from s = ¾ on 1/100. He, Zhang, Ren & Sun 2016, section 4.2."""
    return 1.0 if share < 0.5 else 0.1 if share < 0.75 else 0.01


def _sine(angle: float) -> float:
    """Return the sine by its series: libraries round it differently, and sums and products are the same everywhere."""
    total = 1.0
    for n in reversed(range(1, TERMS)):
        total = 1 - angle * angle * total / (2 * n * (2 * n + 1))
    return angle * total


SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": constant,
    "linear": linear,
    "cosine": cosine,
    "step": step,
}
