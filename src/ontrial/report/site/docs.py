"""Files of the docs: texts of a folder, YAML, and whether all languages say the same."""

from collections.abc import Iterable
from pathlib import Path

import yaml

from ontrial.errors import InputError
from ontrial.report.site import parity


def require_parity(docs: Path, languages: Iterable[str]) -> None:
    """Raise InputError with everything that one language of the docs has and another lacks."""
    parity.require(written(docs, languages))


def names(docs: Path, languages: Iterable[str]) -> dict[str, str]:
    """Language → its own name for itself; InputError if its theme, or what explains settings in it, is missing."""
    found = {}
    for language in languages:
        theme, settings = docs / f"theme/{language}.yml", docs / language / "settings.yaml"
        if not theme.exists():
            raise InputError(f"docs/theme/{language}.yml: missing. Copy docs/theme/en.yml and translate it.")
        if language != "en" and not settings.exists():
            raise InputError(f"docs/{language}/settings.yaml: missing. Copy docs/ko/settings.yaml and translate it.")
        found[language] = (read_yaml(theme).get("extra") or {}).get("name")
        if not isinstance(found[language], str):
            raise InputError(f"docs/theme/{language}.yml: extra.name is missing: the language's own name for itself.")
    return found


def written(docs: Path, languages: Iterable[str]) -> dict[str, dict[str, str]]:
    """Language → place → text of all that the docs hold in it, as `parity.require` wants it."""
    terms = {
        f"{file}: {term}": texts
        for file in ("words.yaml", "phrases.yaml", "differing.yaml")
        for term, texts in read_yaml(docs / file).items()
    }
    terms |= {
        f"glossary.yaml: {entry['id']}.{part}": entry.get(part, {})
        for entry in read_yaml(docs / "glossary.yaml")
        for part in ("term", "definition")
    }
    found = {}
    for language in languages:
        captions = docs / language / "figures.yaml"
        found[language] = {
            **{f"{{}}/{path}": text for path, text in markdown(docs / language).items()},
            **{f"templates/{{}}/{path}": text for path, text in markdown(docs / "templates" / language).items()},
            **{
                f"{{}}/figures.yaml: {figure}.{part}": text
                for figure, parts in (read_yaml(captions) if captions.exists() else {}).items()
                for part, text in parts.items()
            },
            **{term: texts[language] for term, texts in terms.items() if language in texts},
        }
    return found


def markdown(folder: Path) -> dict[str, str]:
    """Path below the folder → text of every Markdown file in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md"))
    }


def read_yaml(path: Path) -> dict:
    """Content of a YAML file of the docs; InputError with its line if it is none."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise InputError(f"{path}:{error.problem_mark.line + 1}: not YAML: {error.problem}.") from None
