"""Read the words of pages and figures."""

from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import yaml_files


def read_words(path: Path) -> dict[str, dict[str, dict[str, str]]]:
    """Return the parts of a file of words, such as docs/words.yaml.

    Both parts, "figures" (which pages use, too) and "pages", map each term to {language: text}.

    Raises InputError for other parts, and for a term that is in both "figures" and "pages".
    """
    parts = yaml_files.read_yaml(path)
    is_divided = isinstance(parts, dict) and set(parts) == {"figures", "pages"}
    if not (is_divided and all(isinstance(terms, dict) for terms in parts.values())):
        raise InputError(f"{path}: write its terms in two parts, figures and pages.")
    if both := parts["figures"].keys() & parts["pages"].keys():
        raise InputError(f"{path}: in figures and in pages: {', '.join(sorted(both))}. Write them once.")
    return parts
