"""The texts of one language, by term."""

from collections.abc import Iterable, Mapping

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
        self.update({term: texts[language] for term, texts in terms.items() if language in texts})
        self.language, self.file = language, file

    def after(self, prefix: str) -> dict[str, str]:
        """Return the texts of terms with a prefix, by the rest of the term.

        >>> Phrases({"trial start": {"en": "Start"}, "rate": {"en": "rate"}}, "en", "words.yaml").after("trial ")
        {'start': 'Start'}
        """
        return {term.removeprefix(prefix): text for term, text in self.items() if term.startswith(prefix)}

    def __missing__(self, term: str) -> str:
        raise InputError(f"{self.file}: {unknown('term', term, self)} Add it in every language.")
