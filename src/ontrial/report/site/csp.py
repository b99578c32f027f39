"""Content-Security-Policy of a page: its own files, the scripts that stand in it, and nothing else.

https://www.w3.org/TR/CSP3/ says what each directive means.
"""

import base64
import hashlib
import re

SCRIPT = re.compile(r"<script(?![^>]*\b(?:src|type)=)[^>]*>(.*?)</script>", re.DOTALL)
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
CHARSET = re.compile(r'<meta charset="utf-8">')

OWN = "'self' file:"  # opened from a folder, 'self' is nothing to some browsers; a server's page can't load file:
POLICY = (
    ("default-src", "'none'"),
    ("script-src", OWN),
    ("style-src", OWN),
    ("style-src-attr", "'unsafe-inline'"),  # alignment in formulas and tables
    ("img-src", f"{OWN} data:"),  # the theme's icons are in its style sheet
    ("font-src", OWN),
    ("connect-src", "'self'"),  # the search index
    ("worker-src", "'self'"),  # the search
    ("base-uri", "'none'"),
    ("form-action", "'none'"),
)


def protected(page: str) -> str:
    """HTML of a finished page with its policy, which lets scripts and styles that stand in the page by their hash."""
    inside = {"script-src": SCRIPT.findall(page), "style-src": STYLE.findall(page)}
    policy = "; ".join(
        " ".join((directive, allowed, *dict.fromkeys(map(digest, inside.get(directive, ())))))
        for directive, allowed in POLICY
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return CHARSET.sub(rf"\g<0>{meta}", page, count=1)


def digest(text: str) -> str:
    """Name of an inline script or style in a policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
