"""The widths and colour schemes in which figures are drawn, and the names of their files."""

SCHEMES = ("light", "dark")
NARROW, WIDE = 4.8, 8.96  # inches: 461 CSS pixels for phones, 860 for larger windows
WIDTHS = {NARROW: "", WIDE: "-wide"}  # endings of file names, by width
EVIDENCE = "evidence-"  # prefix of a claim's figure, before the id of the claim
SHARED_RATES = "shared-rates-"  # the same for the figure of a claim at each learning rate that its arms could share
OF_CLAIMS = (EVIDENCE, SHARED_RATES)


def file_name(name: str, language: str, scheme: str, width: float) -> str:
    """Return the file name of a figure."""
    return f"{name}-{language}-{scheme}{WIDTHS[width]}.svg"


def card_name(name: str, language: str) -> str:
    """Return the file name of the picture that previews a link to a figure."""
    return f"{name}-{language}.png"


def previewed_by(name: str) -> str:
    """Return the figure whose picture previews a page that begins with a figure: for those of a claim, its first."""
    return EVIDENCE + name.removeprefix(SHARED_RATES) if name.startswith(SHARED_RATES) else name


def has_card(name: str) -> bool:
    """Return whether a picture of the figure previews links."""
    return previewed_by(name) == name
