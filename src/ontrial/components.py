"""Declare what a function in the file of a study's own parts of networks is, with one decorator for each kind.

>>> from ontrial.components import initialisation
>>> @initialisation
... def mine(n_in, n_out):
...     "He et al. 2015 for rectifiers."
...     return (2 / n_in) ** 0.5

The decorators leave functions as they are. `ontrial.study.components` reads them from the text of the file.
"""

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def activation(*, derivative: Callable[..., Any], initialisation: str) -> Callable[[F], F]:
    """Declare an activation, a function (z).

    derivative: Function (z, a) for its slope at z, where a is its value there.
    initialisation: Name of the initialisation that suits it, for which "own" stands in studies.
    """
    return lambda function: function


def loss(*, gradient: Callable[..., Any], of_numbers: bool) -> Callable[[F], F]:
    """Declare a loss, a function (prediction, target) for the terms of each sample.

    gradient: Function (prediction, target) for the derivatives of the terms by the prediction.
    of_numbers: Whether predictions may be any numbers. Otherwise, they must be probabilities.
    """
    return lambda function: function


def optimiser(*, decoupled: bool) -> Callable[[F], F]:
    """Declare an optimiser, a function (theta, g, eta, …) that changes theta in place.

    decoupled: Whether weight decay acts on the weights directly, in place of being part of the gradient g.
    """
    return lambda function: function


def initialisation(function: F) -> F:
    """Declare an initialisation, a function (n_in, n_out) for the standard deviation of the weights of a layer."""
    return function


def schedule(function: F) -> F:
    """Declare a schedule, a function (share) for the factor of the learning rate after a share of the updates."""
    return function
