"""Pictures of tools: as SVG and PNG, with their title, their settings and their address."""

from io import BytesIO
from xml.etree import ElementTree

import matplotlib.image
import pytest
from support.browser import browser_test

pytestmark = browser_test

SVG = "{http://www.w3.org/2000/svg}"
CLAIM = "evidence/small-batch-accuracy.html"
# Page → what it waits for, the heading, settings, and the shapes that the picture has at least.
EXPLORER = "explorer.html#experiment=main-grid"
TOOLS = {
    "playground.html#depth=0,1": (".film-facts:not(:empty)", "Try it yourself", "hidden layers: 0, 1", {"image": 4}),
    CLAIM: (".trial-figure svg", "“Training with batches of 16", "Seeds: ", {"circle": 6}),
    EXPLORER: (".explorer-chart svg", "Explore every result", "experiment: main-grid", {"path": 12}),
}


@pytest.fixture
def saved(smoke_page):
    """Return a function that opens a tool, saves its picture in a format, and returns its name and bytes."""

    def save(path: str, format: str, **options) -> tuple[str, bytes]:
        page = smoke_page(f"en/{path}", **options)
        if path == CLAIM:
            assert not page.locator("[data-picture-as]").first.is_visible()  # there is nothing to draw yet
            page.locator(".trial-start").click()
        page.wait_for_selector(TOOLS[path][0])
        with page.expect_download() as download:
            page.locator(f"[data-picture-as={format}]").click()
        return download.value.suggested_filename, download.value.path().read_bytes()

    return save


@pytest.mark.essential
@pytest.mark.parametrize("path", TOOLS)
def test_a_tool_is_saved_with_title_settings_and_address(saved, path):
    _, title, setting, least = TOOLS[path]
    name, content = saved(path, "svg")
    picture = ElementTree.fromstring(content)
    assert name == path.partition("#")[0].rpartition("/")[2].replace(".html", ".svg")
    assert picture.find(f"{SVG}title").text.startswith(title)
    texts = ["".join(text.itertext()) for text in picture.findall(f"{SVG}text")]
    assert texts[0].startswith(title)
    assert setting in " ".join(texts)
    assert f"/en/{path.partition('#')[0]}" in "".join(texts[-3:])
    for shape, number in least.items():
        assert len(list(picture.iter(f"{SVG}{shape}"))) >= number, shape
    assert b"var(" not in content  # colours are those of the page
    width, height = (float(picture.get(side)) for side in ("width", "height"))
    for text in picture.findall(f"{SVG}text"):
        x, y, length = (float(text.get(part)) for part in ("x", "y", "textLength"))
        assert 0 <= x < x + length <= width
        assert 0 < y < height


def test_a_png_has_twice_the_resolution_and_the_colours_of_the_page(saved):
    name, content = saved(EXPLORER, "png", color_scheme="dark")
    assert name == "explorer.png"
    pixels = matplotlib.image.imread(BytesIO(content))
    assert pixels.shape[1] > 1_000
    assert pixels[0, 0, :3].mean() < 0.2  # the margin
    assert pixels[:, :, :3].max() > 0.8  # its texts
