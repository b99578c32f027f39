"""Check the docs before a run, unless they and all that they are checked against are those of the last check."""

import contextlib
import itertools
from collections.abc import Collection, Iterable
from pathlib import Path

from ontrial import data
from ontrial.nn import ACTIVATIONS, INITIALISATIONS, LOSSES, OUTPUTS
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.report.contents import Contents
from ontrial.report.figures.formats import EVIDENCE
from ontrial.report.site.docs import require_names, require_words
from ontrial.report.site.names import Known
from ontrial.storage import files, shipped, yaml_files
from ontrial.study import components

CHECKED = Path(".snakemake/auxiliary/docs-checked")  # has a digest of what was checked last


def require_docs(
    root: Path, languages: Collection[str], docket: Path | None, contents: Contents, *, keep: bool = True
) -> None:
    """Raise InputError with every mistake in the docs. Checking takes a quarter of a start with nothing to do.

    root: Folder with docs and config.
    languages: Languages of the docs.
    docket: Docket of the study, whose claims and figures pages can name besides those of the default study.
    contents: What the site can show. Only its pages and templates are checked for unknown names.
    keep: Whether to write CHECKED, so that the same docs are not checked again.
    """
    docs, dockets, words = root / "docs", [root / "config/claims.yaml", *filter(None, [docket])], _words_of_figures()
    paths = [*shipped.PACKAGE.rglob("*.py"), *docs.rglob("*.md"), *docs.rglob("*.y*ml"), *dockets]
    now = f"{files.digest(sorted(map(Path, paths)), root)} {' '.join([*contents.pages, *words])}"
    if CHECKED.exists() and CHECKED.read_text(encoding="utf-8") == now:
        return
    yaml_files.read_yaml(docs / "literature.yaml")
    require_names(docs, languages, _names_for_pages(contents, dockets))
    require_words(docs, words)
    if keep:
        with contextlib.suppress(OSError):  # where nothing can be written, this is not what stops the run
            files.write_text(CHECKED, now)


def _words_of_figures() -> list[str]:
    """Return the names of the package's parts of networks and of data sets, for which figures need words."""
    parts = itertools.chain(ACTIVATIONS, INITIALISATIONS, OUTPUTS, LOSSES, OPTIMISERS)
    return sorted(set(parts) - components.OWN.keys() | set(data.DATASETS))


def _names_for_pages(contents: Contents, dockets: Iterable[Path]) -> Known:
    """Return the names that pages can use: functions, claims of dockets, and figures."""
    claims = {claim["id"] for path in dockets for claim in yaml_files.read_yaml(path)["claims"]}
    figures = {*contents.figures, *(EVIDENCE + id for id in claims)}
    functions = {name: function.takes for name, function in contents.functions.items()}
    return Known(functions, claims, figures, contents.pages, contents.templates, contents.measured)
