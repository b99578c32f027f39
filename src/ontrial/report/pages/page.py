"""A page, and what its text may ask for in `[[ ]]` and `[% %]`: values, and functions marked with `template_name`."""

import inspect
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from ontrial.nn import reference
from ontrial.report.pages.sources import Sources
from ontrial.report.summaries import rules
from ontrial.report.summaries.findings import Findings
from ontrial.report.wording import formatting
from ontrial.report.wording.phrases import Phrases

FUNCTIONS: dict[str, Callable] = {}


def template_name(name: str) -> Callable[[Callable], Callable]:
    """Let pages call the decorated function by this name; its first argument is the page that calls it."""

    def register(function: Callable) -> Callable:
        FUNCTIONS[name] = function
        return function

    return register


@dataclass(frozen=True)
class Page:
    """sources: of all pages of a language. path: below the home of the language, such as "evidence/relu-cheap.md"."""

    sources: Sources
    path: str

    @property
    def root(self) -> str:
        """The way up from the page to the home of its language."""
        return "../" * self.path.count("/")

    @property
    def language(self) -> str:
        """Language of the page."""
        return self.sources.language

    @property
    def results(self) -> Findings:
        """What the page reports."""
        return self.sources.results

    @property
    def terms(self) -> Phrases:
        """Terms of docs/words.yaml in the language of the page."""
        return self.sources.terms

    @property
    def say(self) -> Phrases:
        """Terms of docs/phrases.yaml in the language of the page."""
        return self.sources.say

    @property
    def study_file(self) -> str | None:
        """Path of the study's configuration as a shell reads it; None for one that another workflow handed over."""
        file = self.sources.provenance.get("configuration_file")
        return None if file is None else shlex.quote(file)

    @cached_property
    def names(self) -> Mapping[str, Any]:
        """Everything that the text may ask for, by name."""
        return {
            **{name: partial(function, self) for name, function in FUNCTIONS.items()},
            "language": self.language,
            "study_name": self.results.study.name,
            "study_file": self.study_file,
            "provenance": self.sources.provenance,
            "reference": f"```python\n{inspect.getsource(reference)}```",
            "rules": rules.of_study(self.results.study),
            "times": self.results.times,
            "benchmark": self.results.benchmark is not None,
            "circumstances": self.results.circumstances is not None,
            "scale": self.results.scale is not None,
            "packing": self.results.packing,
            "significant": formatting.significant,
        }
