"""A page, and the names that its text can use within `[[ ]]` and `[% %]`."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from ontrial.report.markdown import Markdown
from ontrial.report.pages.sources import Sources
from ontrial.report.site.templates import render
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording.phrases import Phrases
from ontrial.study.study import TRUST


@dataclass(frozen=True)
class Page:
    """A page of one language.

    sources: Sources of all pages of the language.
    path: Path relative to the home of the language, such as "evidence/relu-cheap.md".
    """

    sources: Sources
    path: str

    @property
    def root(self) -> str:
        """Relative path from the page to the home of its language, "" or ending in a slash."""
        return "../" * self.path.count("/")

    @property
    def language(self) -> str:
        """Language of the page, such as "en"."""
        return self.sources.language

    @property
    def results(self) -> Findings:
        """Findings of the study."""
        return self.sources.results

    @property
    def say(self) -> Phrases:
        """Texts of docs/words.yaml in the language of the page, as Markdown."""
        return self.sources.say

    @property
    def texts(self) -> Phrases:
        """The same as plain text for names and for scripts, with the names that the study made up."""
        return self.sources.texts

    @property
    def config_option(self) -> str | None:
        """Shell-quoted `--config` option that selects this study; None if another workflow passed the configuration.

        The option includes the switch that the study's own code needs.
        """
        file = self.sources.provenance.get("configuration_file")
        switch = f" {TRUST}=yes" if self.results.study.needs_trust else ""
        return None if file is None else f"--config study={shlex.quote(file)}{switch}"

    def fill(self, template: str, values: Mapping[str, Any]) -> str:
        """Return a template of the language, filled in with these values and the names of the page."""
        file = f"docs/templates/{self.language}/{template}"
        return render(self.sources.docs.templates[template], file, {**self.names, **values})

    @cached_property
    def names(self) -> Mapping[str, Any]:
        """Values and functions that the text can use, by name."""
        return {
            **{name: partial(function, self) for name, function in self.sources.functions.items()},
            "language": self.language,
            "study_name": self.results.study.name,
            "config_option": self.config_option and Markdown(self.config_option),  # blocks of code show it literally
            "provenance": self.sources.provenance,
        }
