"""Choose a rate: steps of gradient descent in a bowl, at a learning rate and a curvature that readers choose."""

from ontrial.report.pages.macros import html
from ontrial.report.pages.page import Page

PREFIX = "descent "  # prefix of the texts in docs/words.yaml


def descent(page: Page) -> str:
    """Return the controls, and an element that the script turns into the picture."""
    return html("descent", root=page.root, words=page.texts.after(PREFIX), say=page.say)
