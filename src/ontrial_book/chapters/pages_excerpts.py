"""A few lines of the engine for a formula that they compute, taken from its source when pages are written."""

import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from ontrial.errors import InputError, unknown
from ontrial.nn import initialisers, losses, objectives, outputs, probes, reference, samples
from ontrial.report.markdown import Markdown
from ontrial.report.pages.page import Page


class Excerpt(NamedTuple):
    """Lines of a function.

    function: Function of ontrial.nn.
    first: Part of the first line, which is the first one to contain it.
    last: Part of the last line, which is the next one to contain it. Default: the first line is the only one.
    """

    function: Callable[..., Any]
    first: str
    last: str = ""


EXCERPTS = {
    "layer": Excerpt(reference.forward, "for W, b in layers:", "a.append"),
    "backward": Excerpt(reference.backward, "gradients.append", "delta @ W.T"),
    "momentum": Excerpt(reference.update, "v[...] = mu * v", "theta -= v"),
    "initial weights": Excerpt(initialisers.draw_weights, "mean + deviation *"),
    "gradient norm": Excerpt(probes.Gradients.update, "for layer, delta in", "self.squares[layer] +="),
    "largest slope": Excerpt(probes.Units.update, "slope = np", "np.maximum"),
    "batch mean": Excerpt(losses.batch_mean, "runs, batch, _ =", "return"),
    "mse": Excerpt(losses.mse, "error =", "return"),
    "cross-entropy": Excerpt(objectives.cross_entropy_of_shifted, "terms = target", "return"),
    "softmax backward": Excerpt(outputs.softmax_backward, "out = np", "return"),
    "batches": Excerpt(samples.Pool.batches, "for order in orders", "batch = rows"),
}


def excerpt(page: Page, excerpt: str) -> Markdown:
    """Return lines of the engine as a block of code with the path of their file.

    Raises InputError for an excerpt that is not in EXCERPTS, and for one that the source no longer has.

    excerpt: Key of EXCERPTS.
    """
    if excerpt not in EXCERPTS:
        raise InputError(unknown("excerpt", excerpt, EXCERPTS))
    path = Path(inspect.getfile(EXCERPTS[excerpt].function))
    title = Path("src/ontrial/nn", path.name).as_posix()
    return Markdown(f'```python title="{title}"\n{lines(excerpt)}\n```')


def lines(excerpt: str) -> str:
    """Return the lines of an excerpt, without their common indentation. Raises InputError if the source lacks them."""
    function, first, last = EXCERPTS[excerpt]
    source = inspect.getsource(function).splitlines()
    start = next((i for i, line in enumerate(source) if first in line), None)
    end = start
    if start is not None and last:
        end = next((i for i, line in enumerate(source) if i > start and last in line), None)
    if start is None or end is None:
        raise InputError(f'excerpt "{excerpt}": {function.__qualname__} has changed. Correct its lines in excerpts.py.')
    return textwrap.dedent("\n".join(source[start : end + 1]))
