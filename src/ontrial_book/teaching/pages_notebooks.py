"""Notebooks with the NumPy code of a chapter, for readers who want to run it."""

import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from ontrial.errors import InputError
from ontrial.report.markdown import Markdown
from ontrial.report.pages.chapters import heading
from ontrial.report.pages.page import Page
from ontrial.report.pages.sources import Sources

# A heading, the title of a box, or a block of code
PART = re.compile(
    r'^(?P<heading>#+ [^\n]+)|^[!?]{3}\+? \w+ "(?P<box>[^\n]+)"|'
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<code>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
BEYOND = re.compile(r"\b(?:ontrial|urllib)\b")  # what a notebook does without: this package and the network
ANCHOR = re.compile(r" \{#[\w-]+\}$")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook_link(page: Page) -> Markdown:
    """Return a link to the notebook of a page, and how to open it. Raises InputError if the page has no code for it."""
    if not any(code for _, code in parts(page.sources.docs.pages[page.path])):
        raise InputError("this page has no NumPy code for a notebook.")
    name = _file_name(page.path)
    link = Markdown('[{}](notebooks/{}){{: download="{}" }}').format(page.say["notebook link"], name, name)
    return Markdown("{}. {}").format(link, page.say["notebook how"])


def notebooks(sources: Sources) -> dict[str, str]:
    """Return the notebook, as JSON, of each page that links to one, by path."""
    introduction = sources.texts["notebook introduction"]
    return {
        f"notebooks/{_file_name(path)}": json.dumps(notebook(text, introduction), ensure_ascii=False, indent=1) + "\n"
        for path, text in sources.docs.pages.items()
        if "notebook_link()" in text
    }


def _file_name(path: str) -> str:
    return path.removesuffix(".md") + ".ipynb"


def notebook(text: str, introduction: str) -> dict[str, Any]:
    """Return the notebook of a page: for each block of NumPy code, a cell, after a cell with the headings before it."""
    cells = [("markdown", f"# {heading(text)}\n\n{introduction}")]
    for title, code in parts(text):
        if title:
            cells.append(("markdown", title))
        cells.append(("code", code))
    return {
        "cells": [cell(f"cell-{i}", kind, source) for i, (kind, source) in enumerate(cells, start=1)],
        "metadata": METADATA,
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def cell(id: str, kind: str, source: str) -> dict[str, Any]:
    """Return a cell without outputs.

    kind: "code" or "markdown".
    """
    of_code: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": id, "metadata": {}, "source": source} | of_code


def parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield each block of code that needs nothing but NumPy, with the text above it.

    The text is its heading, unless the last block has the same, and the title of the box that it is in.
    """
    title, box, last = "", "", ""
    for part in PART.finditer(text):
        if part["heading"]:
            title = ANCHOR.sub("", part["heading"])
        elif part["box"]:
            box = part["box"]
        elif part["language"] == "python" and not BEYOND.search(part["code"]):
            above = [title] if title != last else []
            above += [f"**{box}**"] if part["indent"] else []
            yield "\n\n".join(above), textwrap.dedent(part["code"]).strip()
            last = title
