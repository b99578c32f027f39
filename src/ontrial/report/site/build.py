"""Build the site from pages: one MkDocs build per language, and a few pages at the root. Nothing is downloaded."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from logging import WARNING, LogRecord, getLogger
from logging.handlers import BufferingHandler
from pathlib import Path

from ontrial.errors import InputError
from ontrial.report.site.csp import hash_source, inline, with_policy
from ontrial.report.site.templates import render
from ontrial.storage import yaml_files
from ontrial.storage.files import atomic_folder
from ontrial.storage.machine import repository


def names_of(pairs: Iterable[str]) -> dict[str, str]:
    """Return the name of each language from pairs such as "en=English"."""
    return {language: name for language, _, name in (pair.partition("=") for pair in pairs)}


def build(pages: Path, site: Path, config: Path, names: Mapping[str, str], address: str | None = None) -> None:
    """Build the site of one language. `site` appears only once it is complete.

    Raises InputError with all warnings of MkDocs.

    pages: Folder of Markdown files, named after their language.
    site: Folder to create.
    config: MkDocs configuration of the language.
    names: Name of each language of the site, in that language.
    address: Public address of the whole site, if it is known.
    """
    os.environ["NO_MKDOCS_2_WARNING"] = "1"  # stops a notice that Material prints
    from mkdocs.commands.build import build as build_site
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort, ConfigurationError

    if not isinstance(yaml_files.read_yaml(config), dict):
        raise InputError(f"{config}: this is not a configuration of MkDocs.")
    with atomic_folder(site) as folder, _recorded_warnings() as warnings:
        try:
            settings = load_config(
                str(config),
                docs_dir=str(pages.resolve()),
                site_dir=str(folder.resolve()),
                site_url=f"{address}/{pages.name}/" if address else None,
                strict=True,
            )
            settings.extra |= {"languages": dict(names), "repository": repository()}
            build_site(settings)
        except (Abort, ConfigurationError) as error:
            problems = "\n".join(f"- {warning.getMessage()}" for warning in warnings) or str(error)
            raise InputError(f"{pages}: MkDocs could not build the site:\n{problems}") from None


@contextmanager
def _recorded_warnings() -> Iterator[list[LogRecord]]:
    """Collect the warnings of MkDocs in a list. In strict mode, each of them makes the build fail."""
    handler = BufferingHandler(sys.maxsize)
    handler.setLevel(WARNING)
    logger = getLogger("mkdocs")
    logger.addHandler(handler)
    try:
        yield handler.buffer
    finally:
        logger.removeHandler(handler)


def assemble(site: Path, shared: Mapping[str, Iterable[Path]], root_pages: Mapping[str, str]) -> None:
    """Add to a site what its languages share.

    shared: Files to copy, by the name of their folder in the site.
    root_pages: HTML of the pages at the root, by file name.
    """
    for name, files in shared.items():
        with atomic_folder(site / name) as folder:
            for file in files:
                shutil.copyfile(file, folder / file.name)
    for name, page in root_pages.items():
        (site / name).write_text(page, encoding="utf-8", newline="\n")


def root(templates: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return the HTML of the pages at the root by file name: the choice of a language, and the 404 page.

    templates: Jinja2 templates, by file name.
    names: Name of each language of the site, in that language.
    """
    folder = "docs/theme/root/"
    pages = {name: str(render(text, folder + name, {"languages": names})) for name, text in templates.items()}
    return {name: with_policy(page, set(map(hash_source, inline(page))), name) for name, page in pages.items()}
