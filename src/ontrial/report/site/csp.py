"""The Content-Security-Policy of a page, which allows files of its own site and known inline scripts.

https://www.w3.org/TR/CSP3/ defines the directives. The known scripts are those of the theme; after an upgrade of the
theme, `python -m ontrial.report.site.csp docs/theme` lists them again.
"""

import argparse
import base64
import hashlib
import re
import tempfile
from collections.abc import Collection
from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import files, process

LIST = "inline-scripts.txt"  # in the theme's folder; a line has the hash source of a script and its beginning
INLINE = {
    "script-src": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")[^>]*>(.*?)</script", re.S | re.I
    ),
    "style-src": re.compile(r"<style[^>]*>(.*?)</style", re.S | re.I),
}
CHARSET = re.compile(r'<meta charset="utf-8">')

# If a page is opened from a folder, 'self' matches nothing in some browsers. There, file: allows every file on the disk
# and, on Windows, perhaps on network shares, because a policy cannot name a folder. To load such a file, a page would
# already need a script or an element that is not ours. A page from a server cannot load file:.
OWN_SITE = "'self' file:"
POLICY = (
    ("default-src", "'none'"),
    ("script-src", OWN_SITE),
    ("style-src", OWN_SITE),
    ("style-src-attr", "'unsafe-inline'"),  # alignment in formulas and tables
    ("img-src", f"{OWN_SITE} data:"),  # the theme's icons are in its style sheet
    ("font-src", f"{OWN_SITE} data:"),  # so is the font of the text
    ("connect-src", "'self'"),  # the search index
    ("worker-src", "'self'"),  # the search
    ("base-uri", "'none'"),
    ("form-action", "'none'"),
)


def with_policy(page: str, known: Collection[str], address: str) -> str:
    """Return the HTML of a finished page with its policy, which lists the page's inline scripts and styles by hash.

    Raises InputError for an unknown inline script or style, because content must never become one.

    known: Hash sources that may be listed.
    address: Address of the page, for messages.
    """
    directives = []
    for directive, sources in POLICY:
        hashes = {hash_source(text): text for text in inline(page, directive)}
        for source, text in hashes.items():
            if source not in known:
                first_line = text.strip().split("\n")[0][:80]
                raise InputError(
                    f"{address}: this inline script or style is not one of the theme: {first_line!r}. If it should be, "
                    f"list the theme's again: python -m ontrial.report.site.csp docs/theme"
                )
        directives.append(" ".join((directive, sources, *hashes)))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(directives)}">'
    return CHARSET.sub(rf"\g<0>{meta}", page, count=1)


def inline(page: str, *directives: str) -> list[str]:
    """Return the inline scripts and styles of a page that these directives govern. Default: all directives."""
    return [text for name in directives or INLINE if name in INLINE for text in INLINE[name].findall(page)]


def hash_source(text: str) -> str:
    """Return the expression that allows an inline script or style in a policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def read_known(theme: Path) -> set[str]:
    """Return the hash sources in a theme's list of inline scripts."""
    return {line.split()[0] for line in (theme / LIST).read_text(encoding="utf-8").splitlines()}


def list_scripts(theme: str) -> None:
    """List the inline scripts and styles of a theme, found by building a site of empty pages in each language."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    found: dict[str, str] = {}
    for config in sorted(Path(theme).glob("??.yml")):
        with tempfile.TemporaryDirectory() as folder:
            pages, site = Path(folder, "pages"), Path(folder, "site")
            for name in ("index.md", "folder/page.md"):
                files.write_text(pages / name, "# Page\n")
            nav = ["index.md", "folder/page.md"]
            settings = load_config(
                str(config), docs_dir=str(pages), site_dir=str(site), nav=nav, hooks=[], strict=False
            )
            settings.theme.static_templates.clear()  # as in the hooks
            build(settings)
            for path in sorted(site.rglob("*.html")):
                found |= {hash_source(text): text for text in inline(path.read_text(encoding="utf-8"))}
    lines = [f"{source} {' '.join(text.split())[:60]}\n" for source, text in sorted(found.items())]
    files.write_text(Path(theme, LIST), "".join(lines))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=list_scripts.__doc__)
    parser.add_argument("theme", help="the folder of the theme")
    process.run(list_scripts, parser)
