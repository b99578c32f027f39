"""The plan of a site: which figures and pages a run makes, and from which files."""

import hashlib
import itertools
import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ontrial.errors import InputError
from ontrial.judge import pilots, published
from ontrial.judge.claim import Claim
from ontrial.report import contents
from ontrial.report.contents import Contents
from ontrial.report.figures.catalogue import drawable, of_claims, widths
from ontrial.report.figures.formats import EVIDENCE, SCHEMES, file_name
from ontrial.report.site.docs import language_names, languages, read_words
from ontrial.storage import json_files, machine
from ontrial.study.schema_files import load_schema
from ontrial.study.study import Study
from ontrial_judge.core.verdicts import Kind


class FigureFile(NamedTuple):
    """A file of a figure.

    is_in_report: Whether Snakemake's report includes it.
    """

    name: str
    figure: str
    language: str
    is_in_report: bool


@dataclass(frozen=True)
class SitePlan:
    """What is drawn and written for a study. All paths are relative to the working folder.

    study: The study.
    claims: Its claims by id.
    root: Folder with docs, config and published results.
    languages: Name of each language in that language, by the language.
    address: Public address of the site, "" if it is not known.
    contents: What the site can show.
    answers: Files with the answers to the docket and to those of the published studies with designs.
    pilots: Files with what pilots changed in these dockets.
    measured: Files of each published measurement or study that pages or figures show, by its name.
    designed: Claims of the studies beside this one, as their dockets have them.
    """

    study: Study
    claims: Mapping[str, Claim]
    root: Path
    languages: Mapping[str, str]
    address: str
    contents: Contents
    answers: list[str]
    pilots: list[str]
    measured: Mapping[str, list[str]]
    designed: list[dict[str, Any]]

    @classmethod
    def read(cls, study: Study, claims: Mapping[str, Claim], root: Path) -> "SitePlan":
        """Return the plan of a study's site. Raises InputError with every mistake in the files that it reads."""
        docs, shown = root / "docs", contents.of_study(study)
        beside = {name: _of_study_beside(study, _reference(root) / name) for name in study.beside}
        return cls(
            study=study,
            claims=claims,
            root=root,
            languages=language_names(docs, languages(docs)),
            address=machine.site_address(),
            contents=shown,
            answers=_answers(study, claims) + _beside_dockets(root, beside, "answers"),
            pilots=_pilots(study) + _beside_dockets(root, beside, "pilots"),
            measured=_measured(_reference(root), shown.measurements) | beside,
            designed=[claim for design, _ in beside.values() for claim in _claims_in_design(design)],
        )

    # Figures ----------------------------------------------------------------------------------------------------------

    @cached_property
    def figures(self) -> list[str]:
        """The names of all figures."""
        named = drawable(self.contents.figures, self.study, published=self.measured)
        return list(dict.fromkeys([*named, *of_claims(self.claims), *self._figures_of_others]))

    @property
    def _figures_of_others(self) -> list[str]:
        """The figures of the claims of published studies that have pages."""
        return [EVIDENCE + claim["id"] for claim in self.designed if claim.get("kind", Kind.MEASURED) == Kind.MEASURED]

    def files_of(self, figures: Collection[str]) -> list[FigureFile]:
        """Return the files of figures: one per language, scheme and width. The report includes the widest light one."""
        return [
            FigureFile(
                file_name(figure, language, scheme, width),
                figure,
                language,
                is_in_report=scheme == "light" and width == widths(self.contents.figures, figure)[-1],
            )
            for figure, language, scheme in itertools.product(figures, self.languages, SCHEMES)
            for width in widths(self.contents.figures, figure)
        ]

    def patterns_of(self, figures: Collection[str]) -> list[str]:
        """Return the patterns of the files in a folder of figures that Snakemake's report includes, as it wants them.

        For example: "{figure,neuron|layers}-{language,en|ko}-light.svg".
        """
        by_width: dict[float, list[str]] = {}
        for figure in figures:
            by_width.setdefault(widths(self.contents.figures, figure)[-1], []).append(figure)
        language = f"{{language,{'|'.join(self.languages)}}}"
        return [
            file_name(f"{{figure,{'|'.join(names)}}}", language, "light", width) for width, names in by_width.items()
        ]

    # Files ------------------------------------------------------------------------------------------------------------

    def docs(self, *patterns: str) -> list[str]:
        """Return the files of the docs that match one of the patterns, except hooks that MkDocs or pip has compiled."""
        paths = (path for pattern in patterns for path in (self.root / "docs").glob(pattern) if path.is_file())
        return sorted(_relative(path) for path in paths if path.suffix != ".pyc")

    @property
    def docs_folder(self) -> str:
        """The folder of the docs."""
        return _relative(self.root / "docs")

    @property
    def drawn_from(self) -> list[str]:
        """The published files that figures show."""
        sources = {figure.source for figure in self.contents.figures.values()}.union(self.study.beside)
        return [path for name, paths in self.measured.items() if name in sources for path in paths]

    @property
    def measurements(self) -> list[str]:
        """The published files that pages show."""
        return [path for paths in self.measured.values() for path in paths]

    @property
    def published(self) -> list[str]:
        """The files of this study's published verdicts."""
        return [str(path) for path in sorted((_reference(self.root) / self.study.name).glob("**/verdicts.json"))]

    def of_other_studies(self, *names: str) -> list[str]:
        """Return the published files of these names that belong to other studies."""
        reference = _reference(self.root)
        own = reference / self.study.name
        return [
            path
            for name in names
            for path in sorted(str(path) for path in reference.glob(f"*/{name}") if not path.is_relative_to(own))
        ]

    # Parameters -------------------------------------------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The languages with their names, as steps take them: ["en=English", "ko=한국어"]."""
        return [f"{language}={name}" for language, name in self.languages.items()]

    @cached_property
    def digest_of_words(self) -> str:
        """A digest of the terms of figures, which are to be drawn again if one has changed."""
        terms = read_words(self.root / "docs/words.yaml")["figures"]
        return hashlib.sha256(json.dumps(terms).encode()).hexdigest()


def _relative(path: Path) -> str:
    return os.path.relpath(path)


def _reference(root: Path) -> Path:
    """Return the folder of published results."""
    return Path(_relative(root / "results/reference"))


def _answers(study: Study, claims: Mapping[str, Claim]) -> list[str]:
    """Return the checked file with answers to the docket as a list, empty without one.

    Only studies with a docket pay for the import, which is slow.
    """
    if not study.docket:
        return []
    from ontrial.report.pages import written_answers

    path = written_answers.find(study.docket, claims)
    return [str(path)] if path else []


def _pilots(study: Study) -> list[str]:
    """Return the file of what pilots changed in the docket as a list, empty without one."""
    path = pilots.path_of(study.docket) if study.docket else None
    return [str(path)] if path and path.exists() else []


def _measured(reference: Path, patterns: Collection[str]) -> dict[str, list[str]]:
    """Return the published files that match a pattern by the name of their measurement or study."""
    found: dict[str, list[str]] = {}
    for pattern in patterns:
        for path in sorted(reference.glob(pattern)):
            found.setdefault(contents.name_of(path.relative_to(reference).as_posix()), []).append(str(path))
    return found


def _of_study_beside(study: Study, folder: Path) -> list[str]:
    """Return the design and the verdicts of a published study. Raises InputError if one is missing."""
    paths = [folder / name for name in (published.DESIGN, "verdicts.json")]
    if missing := next((path for path in paths if not path.exists()), None):
        raise InputError(
            f"{study.source}: beside: {folder.name}: there is no {missing}. Publish that study, or remove its name."
        )
    return [str(path) for path in paths]


def _beside_dockets(root: Path, names: Collection[str], kind: str) -> list[str]:
    """Return the files of a kind, "answers" or "pilots", beside the dockets of published studies."""
    paths = [root / f"config/{name}-claims.{kind}.yaml" for name in names]
    return [_relative(path) for path in paths if path.exists()]


def _claims_in_design(design: str) -> list[dict[str, Any]]:
    """Return the claims of a published study as its docket has them."""
    return json_files.read_json(design, load_schema("published")["design.json"])["docket"]["claims"]
