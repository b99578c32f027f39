"""The widths and colour schemes in which figures are drawn, and the names of their files."""

SCHEMES = ("light", "dark")
NARROW, WIDE = 4.8, 8.96  # inches: 461 CSS pixels for phones, 860 for larger windows
WIDTHS = {NARROW: "", WIDE: "-wide"}  # and how the names of their files end
EVIDENCE = "evidence-"  # prefix of the figure of one claim; the id of the claim follows
FILM = "film-"  # prefix of the strip of one film; the id of the film follows


def file_name(name: str, language: str, scheme: str, width: float) -> str:
    """Return the name of the file of a figure."""
    return f"{name}-{language}-{scheme}{WIDTHS[width]}.svg"


def card_name(name: str, language: str) -> str:
    """Return the name of the picture that previews a link to a figure."""
    return f"{name}-{language}.png"
