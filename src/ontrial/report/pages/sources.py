"""Everything that the pages of one language are made from, as values that a step read from files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from ontrial.judge.records import Verdict
from ontrial.report.markdown import Markdown
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases

if TYPE_CHECKING:
    from ontrial.study.films import Film


SHOWN = re.compile(r"\[\[ figure\(\"([a-z-]+)\"\) \]\]")  # a figure in the text of a page


class Published(NamedTuple):
    """Published results of a study: verdicts by claim and, if published, the accuracy of its cells at tuned rates."""

    verdicts: Mapping[str, Verdict]
    tuned: pd.DataFrame | None = None


@dataclass(frozen=True)
class Sources:
    """Sources of the pages of one language.

    language: such as "en".
    results: of the study.
    pages: path → text of docs/<language>/**/*.md.
    templates: name → text of docs/templates/<language>/*.md.
    captions: figure → {title, caption, alt}.
    words: term → {language: text} of docs/words.yaml.
    glossary: entries of docs/glossary.yaml.
    schema, docket_schema: of studies and dockets, in English.
    keys: key → {language: {title, description}} of docs/words.yaml, which translates both schemas.
    references: works cited in the docket. chapters: titles of the docket's own chapters, by name and language.
    from_notes: whether the sources of claims in chapters of the theory are sentences of the study notes.
    provenance: content of provenance.json.
    published: claim → hash of its published form.
    sizes: file of a figure → width and height in CSS pixels, where known.
    failed_figures: name → error of the figures that could not be drawn.
    films: by id.
    film_tables: id of a film → the table of its frames.
    points: the table of `report.summaries.explorer`.
    other_studies: published studies by name.
    literature: published errors of plain networks, from docs/literature.yaml.
    differing: pattern → {language: reason} of docs/differing.yaml.
    """

    language: str
    results: Findings
    pages: Mapping[str, str]
    templates: Mapping[str, str]
    captions: Mapping[str, Mapping[str, str]]
    words: Mapping[str, Mapping[str, str]]
    glossary: Sequence[Mapping[str, Any]]
    schema: Mapping[str, Any]
    docket_schema: Mapping[str, Any]
    keys: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    chapters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    from_notes: bool = False
    provenance: Mapping[str, Any] = field(default_factory=dict)
    published: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    failed_figures: Mapping[str, str] = field(default_factory=dict)
    films: Mapping[str, Film] = field(default_factory=dict)
    film_tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    points: pd.DataFrame | None = None
    other_studies: Mapping[str, Published] = field(default_factory=dict)
    literature: Sequence[Mapping[str, Any]] = ()
    differing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def figure_places(self) -> dict[str, str]:
        """The first hand-written page that shows a figure, by figure. These figures have pages of their own."""
        places: dict[str, str] = {}
        for path, text in self.pages.items():
            for name in SHOWN.findall(text):
                places.setdefault(name, path)
        return places

    @cached_property
    def say(self) -> Phrases:
        """Texts of docs/words.yaml in this language, as Markdown."""
        phrases = Phrases(self.words, self.language, "docs/words.yaml")
        phrases.update({term: Markdown(text) for term, text in phrases.items()})
        return phrases

    @cached_property
    def texts(self) -> Phrases:
        """The same as plain text for names and for scripts, with the names of the study's own data sets."""
        return Phrases(self.words, self.language, "docs/words.yaml", self.results.study.datasets)
