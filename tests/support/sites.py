"""Small sites for tests, with a few pages in the real theme."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from ontrial.report.markdown import Markdown
from ontrial.report.site import build as site
from support.project import ROOT

THEME = ROOT / "docs/theme"
NAMES = {"en": "English", "ko": "한국어"}
HOSTILE = "<script>document.title = 'hacked'</script> *a* $b$ [c](d) `e` & \"f\""

PAGES = {
    "en/index.md": Markdown("# Home\n\n$a_1 < b$\n\n$$\\frac{1}{2}$$\n\n[On](more.md#place)\n\n") + HOSTILE,
    "en/more.md": "# More\n\n## Place {#place}\n\n| $z$ | wide |\n|---|--:|\n| 1 | " + "`" + "x" * 99 + "` |\n",
    "en/how-it-was-made.md": "# How\n",
    "ko/how-it-was-made.md": "# 과정\n",
    "ko/index.md": "# 첫 쪽\n\n손실은 교차엔트로피의 평균이다.\n",
    "ko/more.md": "# 다음 쪽\n\n## 자리 {#place}\n\n함수의 값이다.\n",
}


def theme(folder: Path) -> None:
    """Copy the theme into a folder, with only the test pages in its navigation."""
    shutil.copytree(THEME, folder / "theme", ignore=shutil.ignore_patterns("__pycache__"))
    for language in NAMES:
        config = folder / f"theme/{language}.yml"
        head = config.read_text(encoding="utf-8").split("nav:")[0]
        config.write_text(head + "nav: [index.md, more.md, how-it-was-made.md]\n", encoding="utf-8")


def build(folder: Path, pages: dict[str, str], language: str = "en", address: str | None = None) -> None:
    """Build the site of one language in a folder that has a theme, and write the pages of all languages there."""
    for path, page in pages.items():
        (folder / "pages" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "pages" / path).write_text(page, encoding="utf-8")
    config = folder / f"theme/{language}.yml"
    site.build(folder / "pages" / language, folder / "site" / language, config, NAMES, address)


def assemble(folder: Path, figures: Iterable[Path] = ()) -> Path:
    """Add figures and the pages at the root to a site whose languages have been built."""
    templates = {path.name: path.read_text(encoding="utf-8") for path in (folder / "theme/root").iterdir()}
    site.assemble(folder / "site", {"figures": figures}, site.root(templates, NAMES))
    return folder / "site"
