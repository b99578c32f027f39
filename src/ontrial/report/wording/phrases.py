"""The texts of one language, by term. Those that only another language has are in that, with a mark."""

from collections.abc import Iterable, Mapping
from typing import Any

from ontrial.errors import InputError, unknown


class Phrases(dict):
    """A mapping from terms to texts in one language. A missing term raises InputError, which names the terms' file."""

    def __init__(self, terms: Mapping[str, Mapping[str, str]], language: str, file: str, names: Iterable[str] = ()):
        """Select the texts of one language.

        terms: Texts by term and language.
        language: Language of the texts.
        file: File of the terms, for messages.
        names: Terms that are their own text if the file lacks them, such as a study's own data sets.
        """
        super().__init__({name: name for name in names})
        self.update({term: in_language(texts, language) for term, texts in terms.items()})
        self.language, self.file = language, file

    def after(self, prefix: str) -> dict[str, str]:
        """Return the texts of terms with a prefix, by the rest of the term.

        >>> Phrases({"trial start": {"en": "Start"}, "rate": {"en": "rate"}}, "en", "words.yaml").after("trial ")
        {'start': 'Start'}
        """
        return {term.removeprefix(prefix): text for term, text in self.items() if term.startswith(prefix)}

    def __missing__(self, term: str) -> str:
        raise InputError(f"{self.file}: {unknown('term', term, self)} Add it, such as {{en: …, ko: …}}.")


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return the text of a language, or that of the first other one that has it, with its mark.

    >>> in_language({"en": "loss", "ko": "손실"}, "ko"), in_language({"en": "loss"}, "ko")
    ('손실', 'loss [en]')
    """
    if language in texts:
        return texts[language]
    other, text = next(iter(texts.items()))
    return f"{text} [{other}]"


def complete(texts: Mapping[str, Mapping[str, Any]], language: str) -> dict[str, Any]:
    """Return the texts of a language by name, with those that only others have. Texts may have parts, by name.

    >>> complete({"en": {"a": {"title": "A"}, "b": {"title": "B"}}, "ko": {"a": {"title": "가"}}}, "ko")
    {'a': {'title': '가'}, 'b': {'title': 'B [en]'}}

    texts: Texts by language and name.
    """
    names = dict.fromkeys(name for of_language in texts.values() for name in of_language)
    found: dict[str, Any] = {}
    for name in names:
        having = {each: of_language[name] for each, of_language in texts.items() if name in of_language}
        has_parts = any(isinstance(text, Mapping) for text in having.values())
        found[name] = complete(having, language) if has_parts else in_language(having, language)
    return found
