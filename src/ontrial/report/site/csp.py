"""Content-Security-Policy of a page, which allows the files of its own site and inline scripts that are known.

https://www.w3.org/TR/CSP3/ defines the directives. The known scripts are those of the theme. `python -m
ontrial.report.site.csp docs/theme` lists them again after an upgrade of the theme.
"""

import argparse
import base64
import hashlib
import re
import tempfile
from collections.abc import Collection
from pathlib import Path

from ontrial.errors import InputError
from ontrial.storage import files

LIST = "inline-scripts.txt"  # in the folder of the theme: one line per script, its hash source and its beginning
INLINE = {
    "script-src": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")[^>]*>(.*?)</script", re.S | re.I
    ),
    "style-src": re.compile(r"<style[^>]*>(.*?)</style", re.S | re.I),
}
CHARSET = re.compile(r'<meta charset="utf-8">')

# For a page opened from a folder, 'self' matches nothing in some browsers. There, file: allows every file on the disk
# and, on Windows, perhaps on shares of the network; a policy cannot name one folder. To load such a file, a page would
# already need a script or an element that is not ours. A page from a server cannot load file:.
OWN_SITE = "'self' file:"
POLICY = (
    ("default-src", "'none'"),
    ("script-src", OWN_SITE),
    ("style-src", OWN_SITE),
    ("style-src-attr", "'unsafe-inline'"),  # alignment in formulas and tables
    ("img-src", f"{OWN_SITE} data:"),  # the theme's icons are in its style sheet
    ("font-src", f"{OWN_SITE} data:"),  # the font of the text is in a style sheet, too
    ("connect-src", "'self'"),  # the search index
    ("worker-src", "'self'"),  # the search
    ("base-uri", "'none'"),
    ("form-action", "'none'"),
)


def with_policy(page: str, known: Collection[str], address: str) -> str:
    """Return the HTML of a finished page with its policy, which lists the page's inline scripts and styles by hash.

    known: the hash sources that may be listed. address: of the page, for messages. Raises InputError for an inline
    script or style that is not known: content may never become one.
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
    """Return the inline scripts or styles of a page that directives govern: those in INLINE, by default of all."""
    return [text for name in directives or INLINE if name in INLINE for text in INLINE[name].findall(page)]


def hash_source(text: str) -> str:
    """Return the expression that allows an inline script or style in a policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def read_known(theme: Path) -> set[str]:
    """Return the hash sources of the inline scripts that the list of a theme names."""
    return {line.split()[0] for line in (theme / LIST).read_text(encoding="utf-8").splitlines()}


def list_scripts(theme: str) -> None:
    """Build a site of empty pages with each MkDocs configuration of a theme, and list its inline scripts and styles."""
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
    files.run(list_scripts, parser)
