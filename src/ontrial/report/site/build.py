"""Pages → sites: one MkDocs build a language, and few pages at the root. Nothing here asks the network for anything."""

import logging
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ontrial.errors import InputError
from ontrial.report.site.csp import protected
from ontrial.report.site.templates import render
from ontrial.storage.files import atomic_folder


def languages(docs: Path) -> tuple[str, ...]:
    """Languages that the docs are written in: those with a home page, English first."""
    written = sorted(page.parent.name for page in docs.glob("*/index.md"))
    return tuple(sorted(written, key=lambda language: language != "en"))


def build(pages: Path, site: Path, config: Path, names: Mapping[str, str], study: str) -> None:
    """Build the site of one language and move it into place whole.

    pages: folder of its Markdown, beside those of the other languages. site: folder to make. config: its MkDocs
    configuration. names: language → its own name for itself, of all languages that the site has. study: name shown on
    every page. Raises InputError with everything that MkDocs warns of.
    """
    os.environ["NO_MKDOCS_2_WARNING"] = "1"  # Material prints a notice otherwise
    from mkdocs.commands.build import build as build_site
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort, ConfigurationError

    with atomic_folder(site) as folder, warnings() as told:
        try:
            settings = load_config(
                str(config), docs_dir=str(pages.resolve()), site_dir=str(folder.resolve()), strict=True
            )
            settings.extra |= {"languages": dict(names), "study": study}
            build_site(settings)
        except (Abort, ConfigurationError) as error:
            problems = "\n".join(f"- {line}" for line in told) or str(error)
            raise InputError(f"{pages}: the site can't be built:\n{problems}") from None


@contextmanager
def warnings() -> Iterator[list[str]]:
    """What MkDocs warns of: in strict mode each stops the build."""
    told: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: told.append(record.getMessage())
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    try:
        yield told
    finally:
        logger.removeHandler(handler)


def assemble(site: Path, shared: Mapping[str, Iterable[Path]], root: Mapping[str, str]) -> None:
    """Add what all languages share to the folder of the site: the files of each folder, and the pages at its root."""
    for name, files in shared.items():
        with atomic_folder(site / name) as folder:
            for file in files:
                shutil.copyfile(file, folder / file.name)
    for name, page in root.items():
        (site / name).write_text(page, encoding="utf-8", newline="\n")


def root(templates: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """HTML of the pages at the root by file name: the choice of a language, what a server shows for a wrong address.

    templates: file name → Jinja2 template. names: as for `build`.
    """
    where = "docs/theme/root/"
    return {name: protected(render(text, where + name, {"languages": names})) for name, text in templates.items()}
