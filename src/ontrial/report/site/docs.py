"""Read the Markdown and YAML files of the docs, and check that all languages have the same content."""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from ontrial.errors import InputError
from ontrial.report.site import names, parity
from ontrial.report.site.words import read_words
from ontrial.storage import files, yaml_files

SHOWN = re.compile(r"\[\[ figure\(\"([a-z-]+)\"\) \]\]")  # a figure in the text of a page


def require_parity(docs: Path, languages: Iterable[str]) -> None:
    """Raise InputError with all that one language of the docs has and another lacks, as no release may."""
    parity.require(texts_by_language(docs, languages))


def require_names(docs: Path, languages: Iterable[str], known: names.Known) -> None:
    """Raise InputError with all names in the docs that no page can use, such as functions, claims and figures."""
    pages: dict[str, str] = {}
    templates: dict[str, str] = {}
    for language in languages:
        shown, _ = with_names(docs / language, known.pages)
        filled, _ = with_names(docs / "templates" / language, known.templates)
        pages |= {f"docs/{language}/{path}": text for path, text in shown.items()}
        templates |= {f"docs/templates/{language}/{path}": text for path, text in filled.items()}
    names.require(pages, templates, known)


def require_words(docs: Path, names: Iterable[str]) -> None:
    """Raise InputError with the names of registries that docs/words.yaml lacks, because figures show them."""
    terms = read_words(docs / "words.yaml")["figures"]
    if missing := [name for name in dict.fromkeys(names) if name not in terms]:
        lines = "".join(f"\n  {name}: {{en: …, ko: …}}" for name in missing)
        raise InputError(f"docs/words.yaml: names are missing. Add under figures:{lines}")


def languages(docs: Path) -> tuple[str, ...]:
    """Return the languages that have a home page in the docs, English first."""
    names = [page.parent.name for page in docs.glob("*/index.md")]
    return tuple(sorted(names, key=lambda name: (name != "en", name)))


def language_names(docs: Path, languages: Iterable[str]) -> dict[str, str]:
    """Return the name of each language in that language. Raises InputError if a language lacks its theme."""
    by_language = {}
    for language in languages:
        theme = docs / f"theme/{language}.yml"
        if not theme.exists():
            raise InputError(f"docs/theme/{language}.yml: missing. Copy docs/theme/en.yml and translate it.")
        name = (yaml_files.read_yaml(theme).get("extra") or {}).get("name")
        if not isinstance(name, str):
            raise InputError(f"docs/theme/{language}.yml: extra.name is missing. Add the language's name in itself.")
        by_language[language] = name
    return by_language


def texts_by_language(docs: Path, languages: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return all texts of the docs by language and location, as `parity.require` takes them."""
    parts = read_words(docs / "words.yaml")
    terms = {f"words.yaml: {term}": texts for term, texts in (parts["figures"] | parts["pages"]).items()}
    terms |= {f"differing.yaml: {term}": texts for term, texts in yaml_files.read_yaml(docs / "differing.yaml").items()}
    terms |= {
        f"glossary.yaml: {entry['id']}.{part}": entry.get(part, {})
        for entry in yaml_files.read_yaml(docs / "glossary.yaml")
        for part in ("term", "definition")
    }
    for where, texts in terms.items():
        if not (isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values())):
            raise InputError(f"docs/{where}: write a text for each language, such as {{en: …, ko: …}}.")
    by_language = {}
    for language in languages:
        captions = docs / language / "figures.yaml"
        by_language[language] = {
            **{f"{{}}/{path}": text for path, text in markdown(docs / language).items()},
            **{f"templates/{{}}/{path}": text for path, text in markdown(docs / "templates" / language).items()},
            **{
                f"{{}}/figures.yaml: {figure}.{part}": text
                for figure, parts in (yaml_files.read_yaml(captions) if captions.exists() else {}).items()
                for part, text in parts.items()
            },
            **{term: texts[language] for term, texts in terms.items() if language in texts},
        }
    return by_language


def markdown(folder: Path) -> dict[str, str]:
    """Return the texts of the Markdown files in a folder, by path relative to the folder."""
    return {path.relative_to(folder).as_posix(): files.read_text(path) for path in sorted(folder.rglob("*.md"))}


def with_names(folder: Path, names: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """Return the texts of the Markdown files in a folder with these names, by path, and the paths of the others."""
    texts = markdown(folder)
    shown = {path: text for path, text in texts.items() if path.removesuffix(".md") in names}
    return shown, [path for path in texts if path not in shown]


def figures_on(texts: Iterable[str]) -> list[str]:
    """Return the names of the figures in the texts of pages, in order."""
    return [name for text in texts for name in SHOWN.findall(text)]
