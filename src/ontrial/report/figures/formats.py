"""The widths and colour schemes in which figures are drawn, and the names of their files."""

SCHEMES = ("light", "dark")
NARROW, WIDE = 4.8, 8.96  # inches: 461 CSS pixels for phones, 860 for larger windows
WIDTHS = {NARROW: "", WIDE: "-wide"}  # endings of file names, by width
EVIDENCE = "evidence-"  # prefix of a claim's figure, before the id of the claim
LASTING = "lasting-"  # the same for the figure of a claim over the course of training
SHARED_RATES = "shared-rates-"  # the same for the figure of a claim at each learning rate that its arms could share
BY_SIZE = "by-size-"  # the same for the figure of a claim at each size of the network and of the data
FOLDED = (LASTING, SHARED_RATES, BY_SIZE)  # figures folded away on the page of a claim, with the same words for each
OF_CLAIMS = (EVIDENCE, *FOLDED)


def file_name(name: str, language: str, scheme: str, width: float) -> str:
    """Return the file name of a figure."""
    return f"{name}-{language}-{scheme}{WIDTHS[width]}.svg"


def card_name(name: str, language: str) -> str:
    """Return the file name of the picture that previews a link to a figure."""
    return f"{name}-{language}.png"


def previewed_by(name: str) -> str:
    """Return the figure whose picture previews a page that begins with a figure: for those of a claim, its first."""
    prefix = next(filter(name.startswith, FOLDED), None)
    return EVIDENCE + name.removeprefix(prefix) if prefix else name


def has_card(name: str) -> bool:
    """Return whether a picture of the figure previews links."""
    return previewed_by(name) == name
