"""Find the function that draws a figure. Only code that draws all figures imports this module."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

import pandas as pd
from matplotlib.figure import Figure

from ontrial.report.figures.catalogue import MODULES
from ontrial.report.figures.formats import OF_CLAIMS


def drawing_function(name: str) -> Callable[..., tuple[Figure, pd.DataFrame]]:
    """Return the function that draws a figure from a study's findings and the words of a language."""
    for prefix in OF_CLAIMS:
        if name.startswith(prefix):
            return partial(drawing_function(prefix.rstrip("-")), claim=name.removeprefix(prefix))
    return getattr(import_module(f"ontrial.report.figures.{MODULES[name]}"), name.replace("-", "_"))
