"""The decorator with which a function that draws a figure declares what it needs."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

Drawing = TypeVar("Drawing", bound=Callable)


class figure(NamedTuple):  # noqa: N801, a decorator
    """A decorator that declares a figure named after the function, with hyphens.

    The catalogue reads declarations from the source, because importing the functions would load Matplotlib. Therefore
    arguments are literals, and the function stays as it is.

    experiments: Names of the experiments that the figure shows.
    needs: Keys of NEEDS that each experiment must meet.
    source: Source other than runs: "verdicts", or the name of a published measurement in MEASUREMENTS.
    wide: Whether the figure has a second, wide drawing. Diagrams have none, since it would not show more.
    """

    experiments: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    source: str | None = None
    wide: bool = True

    def __call__(self, draw: Drawing) -> Drawing:
        """Return the decorated function, unchanged."""
        return draw
