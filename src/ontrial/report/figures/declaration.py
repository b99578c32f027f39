"""What a figure needs, declared at the function that draws it."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

Drawing = TypeVar("Drawing", bound=Callable)


class figure(NamedTuple):  # noqa: N801, a decorator
    """A decorator that declares a figure, whose name is that of the function, with hyphens.

    The catalogue reads declarations from the source, because importing the functions would load Matplotlib. Therefore
    arguments are literals, and the function stays as it is.

    experiments: names of the experiments that the figure shows. needs: keys of NEEDS, what each of them must have.
    source: what a figure shows in place of runs: "verdicts", "times" of jobs, or a published measurement by its name in
    MEASUREMENTS.
    wide: whether it has a second, wide drawing; a diagram has not, since it would not show more.
    """

    experiments: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    source: str | None = None
    wide: bool = True

    def __call__(self, draw: Drawing) -> Drawing:
        """Return the function that draws the figure."""
        return draw
