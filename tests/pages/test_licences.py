"""The licences of everything by others that a site contains travel with it."""

import json
import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import material
from support.sites import NAMES, THEME

from ontrial.report import fonts
from ontrial.report.fonts import NANUM_GOTHIC, SANS, STIX_TWO_MATH
from ontrial.report.pages.tools import trial

LINES = re.compile(r"^={20,}\n(.*?)\n-{20,}\n(.*?)(?=^={20,}\n|\Z)", re.MULTILINE | re.DOTALL)
TEXT = (THEME / "overrides/assets/licences.txt").read_text(encoding="utf-8")
LICENCES = {work: text for works, text in LINES.findall(TEXT) for work in works.split("\n")}


def theme() -> set[str]:
    """Return the names of the packages in the scripts and style sheets of the theme, which its source maps list."""
    assets = Path(material.__file__).parent / "templates/assets"
    maps = [
        *assets.glob("javascripts/*.map"),
        *assets.glob("javascripts/workers/*.map"),
        *assets.glob("stylesheets/*.map"),
    ]
    sources = [source for path in maps for source in json.loads(path.read_text(encoding="utf-8"))["sources"]]
    return {match[1] for source in sources if (match := re.search(r"node_modules/((?:@[^/]+/)?[^/]+)", source))}


def test_scripts_theme_fonts_icons_and_data_are_listed():
    assert f"mkdocs-material {version('mkdocs-material')}" in LICENCES
    names = {work.partition(" ")[0] for work in LICENCES}
    assert {"rxjs", "lunr"} <= theme()
    assert theme() - names == set()
    for work, path in (("Source Sans 3", SANS), ("STIX Two Math", STIX_TWO_MATH), ("Nanum Gothic", NANUM_GOTHIC)):
        (licence,) = Path(fonts.__file__).parent.glob(f"LICENSE-{path.stem.partition('-')[0].replace('Regular', '')}*")
        assert licence.read_text(encoding="utf-8").strip() in LICENCES[work]
    assert "Pictogrammers Free License" in LICENCES["Material Design Icons"]
    licence = (files("ontrial.data") / "LICENSE-optdigits.txt").read_text(encoding="utf-8")
    assert licence.strip() in LICENCES["optdigits"]
    assert trial.FILES.keys() <= {"digits", "titanic", "moons", "spirals", "xor"}  # titanic has none


def test_a_licence_has_its_notice_and_its_conditions():
    for work in LICENCES.keys() - {"optdigits"}:
        assert re.search(r"copyright|©|Pictogrammers|public domain", LICENCES[work], re.IGNORECASE), work
        assert len(LICENCES[work]) > 500, work


def test_a_site_has_the_licences_and_every_page_links_to_them(smoke_site):
    for language in NAMES:
        assert (smoke_site / language / "assets/licences.txt").read_text(encoding="utf-8") == TEXT
        for page in (smoke_site / language).rglob("*.html"):
            (link,) = set(re.findall(r'href="([^"]*licences\.txt)"', page.read_text(encoding="utf-8")))
            assert (page.parent / link).resolve() == (smoke_site / language / "assets/licences.txt").resolve()
