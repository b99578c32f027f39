"""The page of a widget's frame: a tool of the site with its scripts and style sheets, its data and its texts."""

import json
import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, Literal

from ontrial.data.files import BY_ENGINE
from ontrial.report.pages.macros import macros
from ontrial.steps.assemble import data_script
from ontrial.storage import shipped

ASSETS = shipped.DOCS / "theme/overrides/assets"
STYLES = {"trial": ("ontrial", "trial"), "playground": ("ontrial", "film", "playground")}
BOXES = {"trial": "trial", "playground": "film playground"}  # classes of the element that a tool fills
# The frame may run the scripts that it has, and load nothing.
POLICY = "default-src 'none'; form-action 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
{styles}
<body class="md-typeset">
<main><h1>{title}</h1><div class="{box}"></div></main>
<script type="application/json" id="tool">{tool}</script>
{scripts}
</body>
</html>
"""


def frame(
    name: Literal["trial", "playground"],
    title: str,
    language: str,
    data: dict[str, Any],
    words: dict[str, Any],
    **options: Any,
) -> str:
    """Return the page of a frame.

    name: Name of the tool.
    title: Heading above it.
    data, words: Data and texts of its script.
    options: Further values for frame.js.
    """
    tool = {"name": name, "data": data, "words": words, **options}
    own = files("ontrial.widget")
    style = [*(_asset(f"{style}.css") for style in STYLES[name]), own.joinpath("frame.css").read_text(encoding="utf-8")]
    scripts = [*_engine(), *(_asset(f"{script}.js") for script in ("elements", *getattr(macros(), f"{name}_scripts")))]
    scripts.append(own.joinpath("frame.js").read_text(encoding="utf-8"))
    return PAGE.format(
        language=language,
        policy=POLICY,
        title=escape(title),
        box=BOXES[name],
        tool=json.dumps(tool, ensure_ascii=False).replace("<", "\\u003c"),  # no text ends the element
        styles="\n".join(f"<style>{text}</style>" for text in style),
        scripts="\n".join(f"<script>{text}</script>" for text in scripts),
    )


@cache
def _engine() -> list[str]:
    """Return the scripts of the engine, in the order in which trainer.js loads them, and those of its data."""
    listed = re.search(r"const SCRIPTS = (\[.*\])", _asset("trainer.js"))
    assert listed is not None
    scripts = [_asset(f"engine/{name}.js") for name in json.loads(listed[1])]
    return [*scripts, *(data_script(name, file) for name, file in BY_ENGINE.items())]


@cache
def _asset(path: str) -> str:
    return (ASSETS / path).read_text(encoding="utf-8")
