"""The sources of all pages of a language, as values that a step has read from files."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ontrial.judge.docket import Docket
from ontrial.report.contents import OF_EVERY_SITE, Contents, merged
from ontrial.report.markdown import Markdown
from ontrial.report.site import docs
from ontrial.report.site.docs import figures_on, languages
from ontrial.report.summaries.findings import DesignedStudy, Findings, Titles
from ontrial.report.summaries.replications import Condition, Published, cells_of, conditions
from ontrial.report.wording.phrases import Phrases, complete, in_language
from ontrial.storage.yaml_files import read_yaml

if TYPE_CHECKING:
    from ontrial.judge.pilots import PilotChange
    from ontrial.report.pages.written_answers import Answer


@dataclass(frozen=True)
class Docs:
    """What people have written for the pages of a language.

    pages: Texts of docs/<language>/**/*.md that the site shows, by path.
    left_out: Paths of the others.
    templates: Texts of docs/templates/<language>/*.md, by name.
    captions: Title, caption and alternative text of each figure.
    words: Texts of docs/words.yaml, by term and language.
    glossary: Entries of docs/glossary.yaml.
    literature: Published errors of plain networks, from docs/literature.yaml.
    differing: Reasons in docs/differing.yaml, by pattern and language.
    """

    pages: Mapping[str, str]
    templates: Mapping[str, str]
    captions: Mapping[str, Mapping[str, str]]
    words: Mapping[str, Mapping[str, str]]
    glossary: Sequence[Mapping[str, Any]] = ()
    literature: Sequence[Mapping[str, Any]] = ()
    differing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    left_out: Collection[str] = ()

    @classmethod
    def read(cls, folder: Path, language: str, names: Collection[str]) -> Docs:
        """Read the files of a language from the folder of the docs. Texts that it lacks are those of other languages.

        names: Names of the pages that the site has.
        """
        parts, others = docs.read_words(folder / "words.yaml"), languages(folder)
        words = parts["figures"] | parts["pages"]
        pages, left_out = docs.with_names(folder / language, names)
        templates = docs.markdown(folder / "templates" / language)
        for other in others:
            untranslated, out = docs.with_names(folder / other, names)
            note = in_language(words["untranslated"], language)
            pages = {path: with_note(text, note) for path, text in untranslated.items()} | pages
            templates = docs.markdown(folder / "templates" / other) | templates
            left_out = sorted({*left_out, *out})
        return cls(
            pages=pages,
            left_out=left_out,
            templates=templates,
            captions=complete({each: read_yaml(folder / each / "figures.yaml") for each in others}, language),
            words=words,
            glossary=read_yaml(folder / "glossary.yaml"),
            literature=read_yaml(folder / "literature.yaml"),
            differing=read_yaml(folder / "differing.yaml"),
        )


def with_note(text: str, note: str) -> str:
    """Return the text of a page with a note below its heading."""
    return re.sub(r"^# .*$", lambda heading: f"{heading[0]}\n\n!!! note\n    {note}", text, count=1, flags=re.MULTILINE)


@dataclass(frozen=True)
class Sources:
    """Sources of the pages of a language.

    language: Code of the language, such as "en".
    results: Findings of the study.
    docs: What people have written for the pages.
    docket: The claims on trial with their sources and references.
    contents: What the site can show.
    answers: Answers that are written by hand, by claim of the study or of a published one.
    questions: Questions that claims answer, by claim and language.
    objections: What those whom a claim quotes could object to its test, by claim and language.
    pilots: What pilots changed in the tests of claims before they were fixed, by claim.
    provenance: Content of provenance.json.
    published: Hash of each claim's published form.
    sizes: Width and height of figures in CSS pixels where known, by file.
    failed_figures: Errors of figures that could not be drawn, by name.
    points: Table of points from `report.summaries.explorer`.
    other_studies: Published studies by name.
    site: Sources of the study whose site it is, for those of a study that is published with its design.
    """

    language: str
    results: Findings
    docs: Docs
    docket: Docket
    contents: Contents = OF_EVERY_SITE
    answers: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    questions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    objections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pilots: Mapping[str, Sequence[PilotChange]] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    published: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    failed_figures: Mapping[str, str] = field(default_factory=dict)
    points: pd.DataFrame | None = None
    other_studies: Mapping[str, Published] = field(default_factory=dict)
    site: Sources | None = None

    @cached_property
    def others(self) -> dict[str, Sources]:
        """Sources of the pages of the claims of published studies that have their designs, by study."""
        measured = self.results.measurements
        shown = {name: measured[name] for name in ("circumstances",) if name in measured}
        return {
            name: replace(
                self,
                results=replace(study.findings, measurements=shown),
                docket=replace(study.docket, from_notes=False),
                provenance=study.origin,
                published={},
                site=self,
            )
            for name, study in measured.items()
            if isinstance(study, DesignedStudy)
        }

    @property
    def studies(self) -> list[Sources]:
        """Sources of all studies whose claims have pages on the site, its own first."""
        site = self.site or self
        return [site, *site.others.values()]

    @cached_property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Functions that pages call, by name."""
        return self.contents.load_functions()

    @cached_property
    def titles(self) -> Mapping[str, Titles]:
        """What chooses the title of a figure, by figure."""
        return merged(self.contents.titles)

    @cached_property
    def figure_places(self) -> dict[str, str]:
        """First hand-written page that shows a figure, by figure. These figures have pages of their own."""
        places: dict[str, str] = {}
        for path, text in self.docs.pages.items():
            for name in figures_on([text]):
                places.setdefault(name, path)
        return places

    @cached_property
    def replications(self) -> dict[str, Condition]:
        """Conditions of the other studies that repeat tests of this one, by study."""
        return conditions(cells_of(self.results.study), self.other_studies)

    @cached_property
    def say(self) -> Phrases:
        """Texts of docs/words.yaml in this language, as Markdown."""
        phrases = Phrases(self.docs.words, self.language, "docs/words.yaml")
        phrases.update({term: Markdown(text) for term, text in phrases.items()})
        return phrases

    @cached_property
    def texts(self) -> Phrases:
        """The same as plain text for names and for scripts, with the names of the study's own data sets."""
        return Phrases(self.docs.words, self.language, "docs/words.yaml", self.results.study.own_names)
