"""The widths and colour schemes in which figures are drawn, and the names of their files."""

SCHEMES = ("light", "dark")
NARROW, WIDE = 4.8, 8.96  # inches: 461 CSS pixels for phones, 860 for larger windows
WIDTHS = {NARROW: "", WIDE: "-wide"}  # endings of file names, by width
EVIDENCE = "evidence-"  # prefix of a claim's figure, before the id of the claim
LASTING = "lasting-"  # the same for the figure of a claim over the course of training
SHARED_RATES = "shared-rates-"  # the same for the figure of a claim at each learning rate that its arms could share
BY_SIZE = "by-size-"  # the same for the figure of a claim at each size of the network and of the data
OF_CLAIMS = (EVIDENCE, LASTING, SHARED_RATES, BY_SIZE)
FILM = "film-"  # prefix of a film's strip, before the id of the film


def file_name(name: str, language: str, scheme: str, width: float) -> str:
    """Return the file name of a figure."""
    return f"{name}-{language}-{scheme}{WIDTHS[width]}.svg"


def card_name(name: str, language: str) -> str:
    """Return the file name of the picture that previews a link to a figure."""
    return f"{name}-{language}.png"
