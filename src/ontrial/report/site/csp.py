"""Content-Security-Policy of a page, which allows the files of its own site and the page's inline scripts only.

https://www.w3.org/TR/CSP3/ defines the directives.
"""

import base64
import hashlib
import re

SCRIPT = re.compile(r"<script(?![^>]*\b(?:src|type)=)[^>]*>(.*?)</script>", re.DOTALL)
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
CHARSET = re.compile(r'<meta charset="utf-8">')

# For a page opened from a folder, 'self' matches nothing in some browsers. A page from a server cannot load file:.
OWN_SITE = "'self' file:"
POLICY = (
    ("default-src", "'none'"),
    ("script-src", OWN_SITE),
    ("style-src", OWN_SITE),
    ("style-src-attr", "'unsafe-inline'"),  # alignment in formulas and tables
    ("img-src", f"{OWN_SITE} data:"),  # the theme's icons are in its style sheet
    ("font-src", OWN_SITE),
    ("connect-src", "'self'"),  # the search index
    ("worker-src", "'self'"),  # the search
    ("base-uri", "'none'"),
    ("form-action", "'none'"),
)


def with_policy(page: str) -> str:
    """Return the HTML of a finished page with its policy, which lists the page's inline scripts and styles by hash."""
    inline = {"script-src": SCRIPT.findall(page), "style-src": STYLE.findall(page)}
    directives = []
    for directive, sources in POLICY:
        hashes = dict.fromkeys(hash_source(text) for text in inline.get(directive, ()))
        directives.append(" ".join((directive, sources, *hashes)))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(directives)}">'
    return CHARSET.sub(rf"\g<0>{meta}", page, count=1)


def hash_source(text: str) -> str:
    """Return the expression that allows an inline script or style in a policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
