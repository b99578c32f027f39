"""Build the pages of one language."""

from pathlib import Path

from ontrial.report.site import build as sites
from ontrial.storage import options
from ontrial.storage.options import Input, Output


def build(pages: Input, config: Input, names: list[str], address: str | None, site: Output) -> None:
    """Build the HTML pages of a language, and replace its folder once all of them are built.

    pages: Folder of the Markdown pages, named after their language.
    config: MkDocs configuration of this language (.yml).
    names: Name of each language in that language, such as en=English.
    address: Public address of the whole site, if it is known.
    site: Folder of the pages to replace.
    """
    sites.build(Path(pages), Path(site), Path(config), sites.names_of(names), address)


if __name__ == "__main__":
    options.run(build)
