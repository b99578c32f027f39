"""BibTeX entries for verdicts and figures that readers cite."""

from ontrial.report.markdown import Markdown
from ontrial.report.pages.page import Page

AUTHORS = "The Theory on Trial authors"  # as in CITATION.cff

# Replacements for characters that TeX would take for commands. BibTeX counts even braces after a backslash.
ESCAPES = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_"}
    | {"{": r"\textbraceleft{}", "}": r"\textbraceright{}", "\\": r"\textbackslash{}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


def byline(page: Page) -> str:
    """Return authors, version and date of the site in a line, as far as they are known."""
    facts = page.sources.provenance
    version, date = facts.get("packages", {}).get("ontrial"), facts.get("commit_date")
    parts = [page.texts["home authors"]]
    parts += [page.texts["home version"].format(version)] if version else []
    return " · ".join([*parts, *([date] if date else [])])


def bibtex(page: Page, name: str, title: str, note: str) -> str | None:
    """Return an entry with the version of the package, the study and, if known, the commit and its date.

    The result is None if the version is not known.
    """
    facts = page.sources.provenance
    version = facts.get("packages", {}).get("ontrial")
    if version is None:
        return None
    fields = {
        "author": f"{{{AUTHORS}}}",
        "title": f"{{{plain(title).rstrip('.')}}}",  # styles leave the case of letters in braces as it is
        "howpublished": plain(page.say["citation study"].format(version=version, study=page.results.study.name)),
        "note": plain(note),
    }
    if facts.get("commit") and facts.get("commit_date"):
        changes = ", with changes" if facts.get("changed_since_commit") else ""
        fields |= {
            "year": facts["commit_date"][:4],  # for styles of BibTeX, which ignore the date
            "date": facts["commit_date"],
            "version": f"commit {facts['commit'][:12]}{changes}",
        }
    return f"@misc{{ontrial-{name},\n" + "".join(f" {key} = {{{value}}},\n" for key, value in fields.items()) + "}"


def plain(text: str) -> str:
    """Return a text without markup, as TeX reads it."""
    return Markdown.escape(text).striptags().translate(ESCAPES)
