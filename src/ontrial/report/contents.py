"""What a site can show. Every site has the contents of this package, and a study can name a book that adds to them.

The workflow reads these tables when it starts. They name what they need by entry points, such as "package.module:name",
so that reading them imports neither Matplotlib nor pandas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import resolve_name
from typing import Any, NamedTuple

from ontrial.errors import InputError
from ontrial.study.study import Study


class Figure(NamedTuple):
    """A figure, and what it needs.

    entry: Entry point of the function that draws it, the module and the function.
    experiments: Names of the experiments that it shows.
    needs: Keys of catalogue.NEEDS that each experiment must meet.
    source: Source other than runs: "verdicts", or the name of a published measurement or study.
    wide: Whether it has a second, wide drawing. Diagrams have none, since it would not show more.
    """

    entry: str
    experiments: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    source: str | None = None
    wide: bool = True


class Function(NamedTuple):
    """A function that pages call by a name. Its first argument is the calling page.

    entry: Entry point, the module and the function.
    takes: What its second argument names, "claim" or "figure"; "" for anything else.
    """

    entry: str
    takes: str = ""


@dataclass(frozen=True)
class Contents:
    """Figures, functions and pages of a site.

    figures: Figures by name.
    functions: Functions that pages call, by the names by which they call them.
    pages: Names of the hand-written pages of the docs that the site has.
    templates: Names of the templates in the docs that its other pages need.
    evidence: Those of its templates that are pages beside those of claims, without which a site has no claims to show.
    chapters: Those of its pages that teach the theory, in order.
    measurements: Published files that it reads, as patterns of paths in results/reference: measurements and, of other
        studies, verdicts and tables.
    titles: Entry points of mappings from names of figures to Titles.
    predictions: Where to find {figure: train(findings)} for figures that show trained networks.
    page_makers: Entry points of functions that return more pages of a language by path, given its Sources.
    """

    figures: Mapping[str, Figure] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    pages: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()
    measurements: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    predictions: tuple[str, ...] = ()
    page_makers: tuple[str, ...] = ()

    def __or__(self, other: Contents) -> Contents:
        """Return the contents of both."""
        return Contents(
            {**self.figures, **other.figures},
            {**self.functions, **other.functions},
            self.pages + other.pages,
            self.templates + other.templates,
            self.evidence + other.evidence,
            self.chapters + other.chapters,
            self.measurements + other.measurements,
            self.titles + other.titles,
            self.predictions + other.predictions,
            self.page_makers + other.page_makers,
        )

    @property
    def measured(self) -> set[str]:
        """The names of the measurements and studies that it reads."""
        return set(map(name_of, self.measurements))

    def load_functions(self) -> dict[str, Callable[..., Any]]:
        """Import the functions that pages call."""
        return {name: resolve_name(function.entry) for name, function in self.functions.items()}


def name_of(path: str) -> str:
    """Return the name of a measurement, which is that of its file, or of a study, which is that of its folder."""
    return path.partition("/")[0].removesuffix(".csv")


FIGURES = {
    "evidence": Figure("ontrial.report.figures.evidence:evidence", source="verdicts"),
}

FUNCTIONS = {
    "byline": Function("ontrial.report.pages.citations:byline"),
    "outcomes_with_other_samples": Function("ontrial.report.pages.claims.sensitivity:outcomes_with_other_samples"),
    "replication_note": Function("ontrial.report.pages.claims.replications:note", takes="claim"),
    "shared_rate_counts": Function("ontrial.report.pages.claims.evidence:shared_rate_counts"),
    "verdicts": Function("ontrial.report.pages.claims.glance:at_a_glance"),
    "claim_filter": Function("ontrial.report.pages.claims.glance:claim_filter"),
    "answer": Function("ontrial.report.pages.claims.sentences:answer", takes="claim"),
    "titled": Function("ontrial.report.pages.claims.sentences:titled", takes="claim"),
    "finding": Function("ontrial.report.pages.claims.sentences:finding", takes="claim"),
    "effect": Function("ontrial.report.pages.claims.sentences:effect", takes="claim"),
    "verdict": Function("ontrial.report.pages.claims.verdicts:statement_with_verdict", takes="claim"),
    "tally": Function("ontrial.report.pages.claims.verdicts:tally"),
    "shown_verdicts": Function("ontrial.report.pages.claims.verdicts:shown"),
    "has_page": Function("ontrial.report.pages.lookup:has_page"),
    "has_claim": Function("ontrial.report.pages.lookup:has_claim", takes="claim"),
    "verdict_of": Function("ontrial.report.pages.lookup:conclusion_on", takes="claim"),
    "has_context": Function("ontrial.report.pages.lookup:has_context", takes="claim"),
    "outcome": Function("ontrial.report.pages.lookup:outcome", takes="claim"),
    "value": Function("ontrial.report.pages.numbers:value"),
    "number": Function("ontrial.report.pages.numbers:number"),
    "accuracy": Function("ontrial.report.pages.numbers:accuracy"),
    "sampling_error": Function("ontrial.report.pages.numbers:sampling_error"),
    "seeds": Function("ontrial.report.pages.numbers:seeds"),
    "cells": Function("ontrial.report.pages.numbers:cells"),
    "runs": Function("ontrial.report.pages.numbers:runs"),
    "runs_of_first_look": Function("ontrial.report.pages.numbers:runs_of_first_look"),
    "claims": Function("ontrial.report.pages.numbers:claims"),
    "rates": Function("ontrial.report.pages.numbers:rates"),
    "samples": Function("ontrial.report.pages.numbers:samples"),
    "has": Function("ontrial.report.pages.numbers:has"),
    "has_measurement": Function("ontrial.report.pages.numbers:has_measurement"),
    "figure": Function("ontrial.report.pages.pictures:figure", takes="figure"),
    "figure_link": Function("ontrial.report.pages.pictures:link", takes="figure"),
    "has_figure": Function("ontrial.report.pages.pictures:is_drawn", takes="figure"),
    "table": Function("ontrial.report.pages.tables:table"),
    "explorer": Function("ontrial.report.pages.tools.explorer:explore"),
    "guesses": Function("ontrial.report.pages.tools.guess:guesses"),
    "rules": Function("ontrial.report.pages.rules:Rules"),
    "can_try": Function("ontrial.report.pages.tools.trial:can_try", takes="claim"),
    "trial": Function("ontrial.report.pages.tools.trial:trial", takes="claim"),
}

OF_EVERY_SITE = Contents(
    FIGURES,
    FUNCTIONS,
    pages=("index", "explorer", "guess", "methods", "statistics", "how-it-was-made"),
    templates=(
        *("claim", "definitions", "evidence", "figure", "glossary", "not-testable"),
        *("reason", "references", "shared-claim"),
    ),
)


def merged(entries: Iterable[str]) -> dict[str, Any]:
    """Import mappings, and return the items of all."""
    return {key: value for entry in entries for key, value in resolve_name(entry).items()}


def of_study(study: Study) -> Contents:
    """Return the contents of a study's site. Raises InputError if its book can't be loaded."""
    return _with_book(study.book, study.source) if study.book else OF_EVERY_SITE


@cache
def _with_book(module: str, source: str) -> Contents:
    try:
        book = import_module(module)
    except ImportError as error:
        raise InputError(f"{source}: book: the module {module} can't be imported: {error}.") from None
    if not isinstance(contents := getattr(book, "BOOK", None), Contents):
        raise InputError(f"{source}: book: the module {module} has no BOOK, a Contents of ontrial.report.contents.")
    return OF_EVERY_SITE | contents
