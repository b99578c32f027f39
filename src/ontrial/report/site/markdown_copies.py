"""The Markdown of pages as programs read it: what the step `write` makes, without scripts, controls and styles."""

import re

PART = re.compile(
    r"""
    (?P<code> ^(?P<indent>\ *)(?P<fence>`{3,}) .*? ^(?P=indent)(?P=fence)$ | `[^`\n]+` )
    | <figure\b .*? </figure>
    | <(?P<hidden>button|noscript|script|style|svg)\b .*? </(?P=hidden)> | <link\b [^>]*> | </?(?:div|span)\b [^>]*>
    | <(?P<tag>\w+)\s [^<>]*>
    | [ ]? \{ [:#] [^{}\n]* \}  # attributes of what is before
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
KEPT = re.compile(r'\s(?:alt|href|src)="[^"]*"')
PICTURE = re.compile(r'<img src="([^"]*)" alt="([^"]*)"')
PAGE = re.compile(r'(href="(?!\w+:)[^"#?]*)\.html(?=["#?])')  # in a link to a page of this site


def to_copy(text: str) -> str:
    """Return the Markdown of a page without what needs a browser. A figure is a link with its description.

    >>> to_copy('## Found {#found}\\n\\n<p class="note">See <a href="a.html#b" target="_top">a</a>.</p>')
    '## Found\\n\\n<p>See <a href="a.md#b">a</a>.</p>\\n'
    """
    return re.sub(r"\n{3,}", "\n\n", PART.sub(_copied, text)).strip() + "\n"


def _copied(part: re.Match[str]) -> str:
    if part["code"]:
        return part[0]
    if part["tag"]:
        return PAGE.sub(r"\1.md", f"<{part['tag']}{''.join(KEPT.findall(part[0]))}>")
    picture = PICTURE.search(part[0]) if part[0].startswith("<figure") else None
    return f"[{picture[2]}]({picture[1]})" if picture else ""
