"""The forward and the backward pass of the worked network, step by step: controls above its picture."""

from ontrial.book.chapters.worked_network import STEPS
from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page

PREFIX = "passes "  # prefix of the script's texts in docs/words.yaml


def passes(page: Page) -> str:
    """Return an element that the script turns into the controls of the figure `backpropagation`."""
    return html("passes", root=page.root, words=page.texts.after(PREFIX), steps=STEPS)
