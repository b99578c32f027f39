"""The scripts of the site."""

from support.project import ROOT

ASSETS = ROOT / "docs/theme/overrides/assets"


def read_scripts(*names: str) -> str:
    """Return the text of some scripts, whose paths are given without .js."""
    return "\n".join((ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in names)
