"""The explorer as a reader uses it."""

import re
from itertools import pairwise

import pytest
from support.browser import DESK, PHONE, browser_test, violations
from support.budgets import require

pytestmark = browser_test

SHOWN = ".explorer-status"
POINT = "main-grid/digits/hidden-16/relu/he/softmax/cross_entropy/batch-16@0.125"
BROKEN = ("#x=weather", "#__proto__=1")  # explorer.test.js has others


@pytest.fixture
def opened(smoke_page):
    """Return a function that opens the explorer at a hash, waits for its chart, and opens its controls."""

    def new(hash: str = "#experiment=main-grid", **options):
        page = smoke_page(f"en/explorer.html{hash}", **options)
        return with_controls(page)

    return new


def with_controls(page):
    page.wait_for_selector(".explorer-chart svg")
    page.locator(".explorer-advanced").evaluate("part => (part.open = true)")
    return page


def test_the_first_question_and_its_chart_are_on_the_first_screen(smoke_page):
    page = smoke_page("en/explorer.html", viewport={"width": 1280, "height": 800})
    page.wait_for_selector(".explorer-chart svg")
    question = page.locator(".explorer-questions a[aria-current=true]")
    assert question.inner_text() == "Are small batches more accurate?"
    assert page.locator(".explorer-questions span:visible").inner_text().startswith("It depends on")
    box = page.locator(".explorer-chart").bounding_box()
    require("first screen", box["y"] + box["height"], "explorer")
    assert not page.get_by_label("x axis").is_visible()


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ko", PHONE)])
def test_entries_of_a_legend_are_whole_and_apart(smoke_page, language, size):
    page = smoke_page(f"{language}/explorer.html#experiment=batch-size&colour=policy&policy=", viewport=size)
    page.wait_for_selector(".explorer-chart svg")
    labels = page.locator(".explorer-legend li:has(svg)")
    boxes = sorted((one.bounding_box() for one in labels.all()), key=lambda box: (round(box["y"]), box["x"]))
    assert len(boxes) == 7
    for one, other in pairwise(boxes):
        is_beside = abs(one["y"] - other["y"]) < 2
        assert not is_beside or one["x"] + one["width"] + 8 <= other["x"]
    assert all(box["x"] + box["width"] <= size["width"] for box in boxes)


@pytest.mark.essential
def test_a_filter_changes_chart_table_and_address(opened):
    page = opened()
    page.get_by_label("ReLU", exact=True).check()
    assert page.locator(SHOWN).inner_text() == "6 of 101 points shown."
    assert page.locator(".explorer-chart [data-i]").count() == 6
    assert page.locator(".explorer-table tbody tr").count() == 6
    assert page.evaluate("location.hash") == "#activation=relu"


def test_the_address_brings_the_same_view_back(opened):
    page = opened()
    page.get_by_label("x axis").select_option("learning_rate")
    page.get_by_label("y axis").select_option("test_loss")
    page.get_by_label("colour and shape").select_option("batch_size")
    page.get_by_label("each at its own rate", exact=True).uncheck()
    page.get_by_label("sigmoid", exact=True).check()
    page.locator(".explorer-table").get_by_role("button", name="test loss").click()
    again = opened(page.evaluate("location.hash"))
    for part in (SHOWN, ".explorer-table"):
        assert again.locator(part).inner_text() == page.locator(part).inner_text()
    assert again.get_by_label("colour and shape").input_value() == "batch_size"
    assert again.get_by_label("sigmoid", exact=True).is_checked()
    assert "12 of 101" in again.locator(SHOWN).inner_text()


# For each drawn point: the name of its panel, and the settings in its row of the table.
PANELS = """() => [...document.querySelectorAll(".explorer-chart [data-i]")].map(mark => {
  const row = document.querySelector(`.explorer-table [data-point="${mark.dataset.i}"]`)
  return [mark.closest("[data-panel]").dataset.panel, [...row.cells].map(cell => cell.textContent)]
})"""
FACETS = ("activation", "objective", "batch_size", "policy")


@pytest.mark.parametrize(("columns", "rows"), [FACETS[:2], FACETS[2:]])
def test_every_point_is_in_the_panel_of_its_settings(opened, columns, rows):
    address = f"#experiment=main-grid&x=learning_rate&colour=none&columns={columns}&rows={rows}&policy="
    page = opened(address)
    placed = page.evaluate(PANELS)
    assert len(placed) >= 12
    for panel, cells in placed:
        settings = {part for cell in cells for part in [cell, *cell.split(", ")]}  # a point may have several policies
        assert set(panel.split(" · ")) <= settings, (panel, cells)


# Whether each line of a spread is inside a panel, and how many labels the first y axis has.
SPREADS = """() => ({
  inside: [...document.querySelectorAll(".explorer-spread")].map(line => {
    const [inner, outer] = [line, line.closest("svg")].map(part => part.getBoundingClientRect())
    return outer.top <= inner.top && inner.bottom <= outer.bottom
  }),
  labels: document.querySelector(".explorer-panels svg").querySelectorAll("[text-anchor=end]").length,
})"""


@pytest.mark.parametrize(
    ("filters", "scale"), [("policy=", "linear"), ("batch_size=16&activation=relu&learning_rate=0.125", "log")]
)
def test_the_whole_spread_is_on_an_axis_with_several_labels(opened, filters, scale):
    page = opened(f"#{filters}&scale={scale}")
    page.wait_for_selector(".explorer-spread", state="attached")
    shown = page.evaluate(SPREADS)
    assert shown["inside"]
    assert all(shown["inside"])
    assert shown["labels"] >= 2


def test_accuracies_are_drawn_as_errors_until_their_axis_is_made_linear(opened):
    page = opened()
    assert "test error (%)" in page.locator(".explorer-chart").inner_text()
    page.get_by_label("accuracy on a linear axis").check()
    page.wait_for_function("() => document.querySelector('.explorer-chart').textContent.includes('test accuracy (%)')")
    assert page.evaluate("location.hash") == "#scale=linear"
    assert opened("#scale=linear").get_by_label("accuracy on a linear axis").is_checked()


def test_only_what_varies_in_the_experiment_and_what_it_measures_is_offered(opened):
    page = opened("#experiment=batch-size")

    def offered(axis: str) -> list[str]:
        return page.locator(f"#explorer-{axis} option").evaluate_all("all => all.map(one => one.value)")

    assert "test_accuracy" in offered("y")
    assert "dead_units" not in offered("y")
    assert offered("rows") == ["none", "batch_size", "learning_rate", "policy"]
    assert offered("x")[:4] == ["batch_size", "learning_rate", "policy", offered("y")[0]]


def test_a_broken_address_shows_the_first_view_and_says_so(opened):
    page = opened("")
    first = page.locator(SHOWN).inner_text()
    for address in BROKEN:
        page.evaluate("location.hash = '#experiment=batch-size'")
        page.wait_for_function("() => document.querySelector('[role=alert]').textContent === ''")
        page.evaluate("address => (location.hash = address)", address)
        page.wait_for_function(
            "() => document.querySelector('[role=alert]').textContent.startsWith('This address refers')"
        )
        assert page.locator(SHOWN).inner_text() == first


def test_a_place_on_the_page_is_no_broken_address(opened):
    assert opened("#spread").get_by_role("alert").inner_text() == ""


def test_the_questions_of_the_page_are_views_of_this_study(opened):
    page = opened()
    links = page.locator("article li a[href^='#']")
    assert links.count() >= 2
    for link in links.all():
        link.click()
        page.wait_for_function("address => location.hash === address", arg=link.get_attribute("href"))
        assert page.get_by_role("alert").inner_text() == ""
        assert not page.locator(SHOWN).inner_text().startswith("0 ")


def test_hovering_shows_exact_values_and_their_spread(opened):
    page = opened("#activation=relu&objective=softmax%2Bcross_entropy&batch_size=16")
    page.locator(".explorer-chart [data-i]").hover()
    tip = page.locator(".explorer-tip").inner_text()
    row = page.locator(".explorer-table tbody tr").inner_text()
    accuracy = re.search(r"\d+\.\d\d ± \d+\.\d\d%", row)[0]
    assert f"test accuracy: {accuracy}" in tip
    assert "seeds (n): 2; diverged: 0" in tip


@pytest.mark.essential
def test_a_click_shows_curves_and_the_command(opened):
    page = opened("#activation=relu&objective=softmax%2Bcross_entropy&batch_size=16")
    page.locator(".explorer-chart [data-i]").click()
    page.wait_for_selector(".explorer-details svg")
    assert page.locator(".explorer-details polyline").count() == 4
    command = page.locator(".explorer-command").inner_text().strip()
    cell = POINT.partition("@")[0]
    file = f"results/smoke/runs/{cell}.parquet"
    assert command == f"snakemake --cores 1 --force {file} --config study=config/smoke.yaml"
    assert re.search("point=main-grid.*batch-16", page.evaluate("location.hash"))


def test_keys_alone_reach_a_point(opened):
    page = opened()
    page.locator(".explorer-table tbody button").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.activeElement.closest('tr').dataset.point")
    page.keyboard.press("Enter")
    page.wait_for_selector(".explorer-details svg")
    assert page.evaluate("document.activeElement.id") == "explorer-point"
    assert page.locator("tr[aria-current=true]").get_attribute("data-point") == chosen


def test_a_column_sorts_up_and_down(opened):
    page = opened()
    head = page.locator(".explorer-table").get_by_role("button", name="test accuracy")
    for direction in ("ascending", "descending"):
        head.click()
        assert page.locator(f"th[aria-sort={direction}]").count() == 1
        shown = page.locator(".explorer-table tbody tr").all_inner_texts()
        numbers = [float(re.search(r"([\d.]+) ±", row)[1]) for row in shown]
        assert numbers == sorted(numbers, reverse=direction == "descending")


def test_only_the_measures_of_the_experiment_that_is_shown_load(smoke_site, served, reader):
    window = reader(served(smoke_site))
    window.open("en/explorer.html").wait_for_selector(".explorer-chart svg")
    assert [url.rpartition("/")[2] for url in window.requests if "numbers-" in url] == ["numbers-batch-size.js"]


def test_measures_that_do_not_load_are_reported_until_another_choice(smoke_site, served, reader):
    page = with_controls(reader(served(smoke_site)).open("en/explorer.html#experiment=main-grid"))
    page.route("**/numbers-batch-size.js", lambda route: route.abort())
    page.get_by_label("experiment").select_option("batch-size")
    page.get_by_role("alert").filter(has_text="The numbers can’t be loaded").wait_for()
    assert page.locator(SHOWN).inner_text() == ""
    assert not page.locator(".explorer-chart svg").first.is_visible()
    page.get_by_label("experiment").select_option("main-grid")
    assert page.get_by_role("alert").inner_text() == ""
    assert page.locator(SHOWN).inner_text() == "12 of 101 points shown."


def test_while_measures_load_nothing_of_another_experiment_is_shown(smoke_site, served, reader):
    page = with_controls(reader(served(smoke_site)).open("en/explorer.html#experiment=main-grid"))
    held = []
    page.route("**/numbers-batch-size.js", lambda route: held.append(route))
    with page.expect_request("**/numbers-batch-size.js"):
        page.get_by_label("experiment").select_option("batch-size")
    assert page.locator(SHOWN).inner_text() == "Loading the numbers."
    for part in (".explorer-chart svg", ".explorer-table"):
        assert not page.locator(part).first.is_visible()
    page.get_by_label("experiment").select_option("main-grid")
    with page.expect_event("requestfailed"):
        held[0].abort()
    page.evaluate("new Promise(done => setTimeout(done))")
    assert page.get_by_role("alert").inner_text() == ""  # nobody waits for those measures any more
    assert page.locator(SHOWN).inner_text() == "12 of 101 points shown."
    assert page.locator(".explorer-chart svg").first.is_visible()


def test_an_empty_selection_says_what_to_do(opened):
    page = opened()
    page.evaluate("location.hash = '#learning_rate=0.03125&batch_size=16&policy=linear_16&activation=sigmoid'")
    page.locator(SHOWN, has_text="Untick some").wait_for()
    assert not page.locator(".explorer-chart svg").first.is_visible()


def test_works_from_a_folder(smoke_site, reader):
    window = reader(smoke_site.as_uri(), viewport=PHONE)
    page = window.open(f"en/explorer.html#point={POINT}")
    page.wait_for_selector(".explorer-details svg")
    assert window.complaints == []


def test_without_scripts_every_cell_can_be_downloaded(smoke_site, served, reader):
    page = reader(served(smoke_site), java_script_enabled=False).page
    page.goto(f"{served(smoke_site)}/en/explorer.html")
    with page.expect_download() as download:
        page.get_by_role("link", name="Every cell at every learning rate").click()
    assert download.value.path().read_text(encoding="utf-8").count("\n") == 1 + 101  # header and points


def test_a_point_that_is_open_has_no_problems(opened):
    page = opened(f"#point={POINT}", viewport=PHONE, color_scheme="dark")
    page.wait_for_selector(".explorer-details svg")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert violations(page) == []


def test_where_networks_predict_numbers_axes_and_curves_show_errors(hostile, reader):
    page = with_controls(reader((hostile / "results/hostile/site").as_uri()).open("en/explorer.html"))
    page.locator("#explorer-experiment").select_option("batch-size")
    page.wait_for_function("() => document.querySelector('#explorer-y').value === 'test_rmse'")
    page.locator(".explorer-table tbody button").first.click()
    page.wait_for_selector(".explorer-details svg")
    texts = page.locator(".explorer-details svg text").all_text_contents()
    assert "RMSE" in texts
    assert not [text for text in texts if "accuracy" in text]
    page.locator("#explorer-experiment").select_option("constructor")
    page.wait_for_function("() => document.querySelector('#explorer-y').value === 'test_accuracy'")
