"""Numbers of the network that the chapter on neurons computes by hand."""

from functools import cache

import numpy as np

from ontrial.book.chapters import worked_network
from ontrial.book.chapters.worked_network import short
from ontrial.errors import InputError, unknown
from ontrial.report.markdown import Markdown
from ontrial.report.pages.page import Page

compute = cache(worked_network.compute)


def worked(page: Page, array: str) -> Markdown:
    """Return an array of the update as LaTeX: a number, a row such as (1, 2), or a matrix."""
    if array not in compute():
        raise InputError(unknown("array", array, compute()))
    rows = [[short(number) for number in row] for row in np.atleast_2d(compute()[array])]
    if len(rows) > 1:
        matrix = r" \\ ".join(map(" & ".join, rows))
        return Markdown(rf"\begin{{pmatrix}} {matrix} \end{{pmatrix}}")
    return Markdown(rows[0][0] if len(rows[0]) == 1 else f"({', '.join(rows[0])})")
