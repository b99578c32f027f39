"""Arrays that compute the same bits on every machine, and in the page.

IEEE 754 fixes every bit of +, −, ×, ÷ and √, but neither those of an exponential nor the order in which the terms of a
product of matrices are added, which libraries choose for each processor. Portable arrays add the terms one by one, and
compute exponentials from these operations, in float64 before rounding to float32. That takes about 15 times as long as
usual, and is at least as accurate. docs/theme/overrides/assets/engine/formulas.js has the same formulas.
"""

import math
from typing import Any

import numpy as np
from numpy import ndarray

LN_2 = 0.6931471805599453
LIMIT = 200.0  # beyond ±LIMIT, an exponential is 0 or ∞ in float32
SERIES = [1 / math.factorial(n) for n in range(1, 10)]  # of (eʳ − 1) / r in r: error below 1e-11 for |r| ≤ ½ log 2
ARTANH = [1 / n for n in range(1, 21, 2)]  # of (artanh s) / s in s²: error below 1e-10 for |s| ≤ ⅓


class PortableArray(ndarray):
    """A float32 array whose products and exponentials have the same bits on every machine.

    So do those of everything that is computed from it, which is a portable array, too.
    """

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        """Call a ufunc, or what FORMULAS and `multiply` have in its place."""
        inputs = tuple(map(_plain, inputs))
        options = {name: _plain(value) for name, value in options.items()}
        if out:
            options["out"] = _plain(out[0])
        if ufunc is np.matmul:
            result = multiply(*inputs, **options)
        elif ufunc in FORMULAS:
            result = np.positive(np.float32(FORMULAS[ufunc](inputs[0].astype(float))), **options)
        else:
            result = getattr(ufunc, method)(*inputs, **options)
        if out:
            return out[0]
        return result.view(PortableArray) if isinstance(result, ndarray) else result


def _plain(value: Any) -> Any:
    return value.view(ndarray) if isinstance(value, PortableArray) else value


def multiply(left: ndarray, right: ndarray, out: ndarray | None = None) -> ndarray:
    """Return the product of stacks of matrices (…, n, k) and (…, k, m). Each sum starts at 0 and follows k."""
    if out is None:
        stack = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
        out = np.empty((*stack, left.shape[-2], right.shape[-1]), left.dtype)
    right = np.ascontiguousarray(right)  # otherwise, a transposed matrix would take twice as long
    terms = np.empty_like(out)
    out.fill(0)
    for k in range(left.shape[-1]):
        np.multiply(left[..., k : k + 1], right[..., k : k + 1, :], out=terms)
        np.add(out, terms, out=out)
    return out


def exp(x: ndarray) -> ndarray:
    """Return eˣ = 2ᵏ eʳ."""
    power, rest = _reduce(x)
    return power * (1 + rest)


def expm1(x: ndarray) -> ndarray:
    """Return eˣ − 1, accurate near 0."""
    power, rest = _reduce(x)
    return power * rest + (power - 1)


def _reduce(x: ndarray) -> tuple[ndarray, ndarray]:
    """Return 2ᵏ and eʳ − 1, where x = k log 2 + r with |r| ≤ ½ log 2."""
    x = np.clip(x, -LIMIT, LIMIT)
    k = np.floor(x * (1 / LN_2) + 0.5)
    r = x - k * LN_2
    return np.ldexp(1.0, k.astype(int)), _polynomial(SERIES, r) * r


def tanh(x: ndarray) -> ndarray:
    """Return tanh x, from e^(−2|x|) − 1."""
    e = expm1(-2 * np.abs(x))
    size = np.abs(e / (e + 2))
    return np.where(x < 0, -size, size)


def log1p(x: ndarray) -> ndarray:
    """Return log(1 + x) = 2 artanh(x / (x + 2)) for x from 0 to 1."""
    s = x / (x + 2)
    return 2 * s * _polynomial(ARTANH, s * s)


def _polynomial(coefficients: list[float], x: ndarray) -> ndarray:
    """Return a polynomial by Horner's rule. Coefficients start with the constant."""
    total = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


FORMULAS = {np.exp: exp, np.expm1: expm1, np.tanh: tanh, np.log1p: log1p}
