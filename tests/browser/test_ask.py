"""Two cells that a reader compares in the explorer, held against the judge of the study."""

import math
from dataclasses import replace

import pytest
from support.browser import DESK, PHONE, browser_test, from_server_and_folder, problems
from support.sites import NAMES

from ontrial.judge import checks, measuring
from ontrial.judge.results import Results
from ontrial.judge.verdicts import decide_context, describe_context, looks_of
from ontrial.report.wording.quantities import Quantity
from ontrial.storage import run_files
from ontrial.study.study import load_study

pytestmark = browser_test

CELL = "{}/digits/hidden-16/relu/he/softmax/cross_entropy/batch-{}"
SMALL_OR_LARGE = f"#ask={CELL.format('batch-size', 16)},{CELL.format('batch-size', 256)}"
OUTCOMES = {
    "positive": "as claimed",
    "negligible": "less than {}",
    "reversed": "reversed",
    "below": "less than {} or reversed",
    "undecided": "undecided",
}


@pytest.fixture
def opened(smoke_site, served, reader):
    """Return a function that opens a question, from a server or from the folder, and check for errors."""
    windows = []

    def new(hash: str, protocol: str = "http", **options):
        address = served(smoke_site) if protocol == "http" else smoke_site.as_uri()
        windows.append(reader(address, **{"viewport": DESK, **options}))
        page = windows[-1].open(f"en/explorer.html{hash}")
        if hash:
            page.wait_for_function("() => document.querySelector('.ask-choices select')")
        return page

    yield new
    assert [message for window in windows for message in window.complaints] == []


@pytest.fixture(scope="module")
def findings(smoke_site) -> Results:
    """The results of the study, which may test any claim."""
    folder = smoke_site.parent
    tables = [run_files.read(str(folder / f"tables/{name}.parquet")).to_pandas() for name in ("runs", "records")]
    return Results(replace(load_study(folder / "study.json"), claims=None), *tables)


def claim_of(page, study):
    """Return the claim that the page shows, as the package reads it."""
    (claim,) = checks.parse(f"claims:\n{page.locator('.ask-claim').inner_text()}", "page.yaml", study).claims.values()
    return claim


@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)])
@pytest.mark.parametrize("language", NAMES)
def test_the_page_is_sound(smoke_site, served, reader, language, scheme, size):
    window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
    window.open(f"{language}/explorer.html{SMALL_OR_LARGE}")
    window.page.wait_for_selector(".ask-figure svg")
    for summary in window.page.locator(".ask summary").all():
        summary.click()
    assert problems(window, f"{language}/explorer.html") == []
    window.page.locator(".ask button").first.click()
    window.page.wait_for_selector(".ask-figure svg")
    assert problems(window, f"{language}/explorer.html{SMALL_OR_LARGE}&policy=fixed") == []


@pytest.mark.parametrize(
    ("experiment", "sizes", "question", "unit"),
    [
        pytest.param(
            *("batch-size", (16, 256), "measure=test_accuracy&policy=fixed&effect=1", "points"),
            marks=pytest.mark.essential,
        ),
        ("batch-size", (16, 256), "measure=test_accuracy&policy=tuned&effect=0.5", "points"),
        ("batch-size", (64, 16), "measure=test_accuracy&policy=sqrt&effect=1", "points"),
        ("batch-size", (256, 16), "measure=test_loss&policy=fixed&form=ratio&effect=1.5", "log2"),
        ("batch-size", (256, 16), "measure=epochs_to_75&policy=tuned&form=ratio&effect=2", "log2"),
        ("batch-size", ("full", 16), "measure=epochs_to_75&policy=fixed&form=difference&effect=1", "epochs"),
        ("batch-size-updates", (64, 4), "measure=train_loss&policy=tuned&effect=0.05", "loss"),
    ],
)
def test_the_page_finds_what_the_judge_finds(opened, findings, experiment, sizes, question, unit):
    of, minus = (CELL.format(experiment, size) for size in sizes)
    page = opened(f"#ask={of},{minus}&{question}")
    claim = claim_of(page, findings.study)
    contexts = measuring.measure(findings, claim.estimand)
    sentences = page.locator(".ask-full").text_content().split("\n")
    failures = []
    for measured, sentence in zip(contexts, sentences, strict=True):
        context = describe_context(decide_context(measured, looks_of(findings.study, claim.estimand)))
        effect = context.effect
        owner = {"of": "From the rate of A: ", "minus": "From the rate of B: ", "over": "From the rate of B: "}
        assert sentence.startswith(owner.get(measured.context.get("policy", "").partition("_")[2], "A "))
        if not context.n:
            assert sentence.endswith("asks for a learning rate that is not on the grid of this experiment.")
            continue
        assert f", {measured.n} seeds: " in sentence
        estimate, low, high = (Quantity.of(number, unit).number for number in effect.numbers)
        assert estimate in sentence.split(" seeds: ")[1].split(". ")[0]
        has_ends = math.isfinite(effect.low) and math.isfinite(effect.high)
        assert (f"interval is {low}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{high}." in sentence) == has_ends
        margin = sentence.split("by ")[1].split(" or more")[0]
        assert sentence.endswith(f"would come out: {OUTCOMES[context.outcome].format(margin)}.")
        if any(context.failed):
            sides = zip("AB", context.failed, strict=True)
            shares = [f"{math.floor(100 * k / context.n + 0.5)}% with {side} ({k} of {context.n})" for side, k in sides]
            failures.append(f"Failed runs: {', '.join(shares)}.")
    assert page.locator(".ask p", has_text="Failed runs").all_inner_texts() == failures


@from_server_and_folder
def test_the_seeds_load_when_the_reader_asks(smoke_site, served, reader, protocol):
    window = reader(served(smoke_site) if protocol == "http" else smoke_site.as_uri())
    page = window.open("en/explorer.html")
    assert not [url for url in window.requests if "seeds-" in url or url.endswith(("ask/page.js", "judging.js"))]
    page.get_by_role("button", name="Compare two cells").click()
    page.wait_for_selector(".ask-figure svg")
    assert [url.rpartition("/")[2] for url in window.requests if "seeds-" in url] == ["seeds-batch-size.js"]
    first, second = page.locator(".ask-status").inner_text().split("\n")
    assert first.startswith("From the rate of A: With batch size 16, test accuracy is ")
    assert " than with batch size 256, by " in second
    assert page.locator(".ask-full").text_content().startswith("From the rate of A: A minus B in test accuracy")
    assert window.complaints == []


def test_choices_change_the_comparison_its_claim_and_its_link(opened, findings):
    page = opened(SMALL_OR_LARGE)
    page.locator("#ask-minus-batch_size").select_option("64")
    page.locator("#ask-measure").select_option("epochs_to_75")
    page.locator("#ask-form").select_option("ratio")
    page.locator("#ask-policy").select_option("fixed")
    page.get_by_label("Smallest effect that matters").fill("2")
    claim = claim_of(page, findings.study)
    assert claim.estimand.sides == {"of": {"batch_size": 16}, "over": {"batch_size": 64}}
    assert claim.estimand.contexts == {"policy": ["fixed_of", "fixed_over"]}
    assert claim.threshold is None
    assert claim.estimand.threshold == 0.75
    link = page.get_by_role("link", name="Link to this comparison").get_attribute("href")
    again = opened(link)
    for part in (".ask-status", ".ask-claim"):
        assert again.locator(part).inner_text() == page.locator(part).inner_text()
    assert again.locator("#ask-policy").input_value() == "fixed"
    assert again.locator(".explorer-notice").inner_text() == ""  # the explorer has its first view


def test_what_cannot_be_compared_is_said(opened):
    page = opened(SMALL_OR_LARGE)
    status = page.locator(".ask-status")
    page.get_by_label("Smallest effect that matters").fill("none")
    assert status.inner_text().startswith("Write the smallest effect as a number above 0")
    assert not page.locator(".ask-claim").is_visible()
    page.get_by_label("Smallest effect that matters").fill("0.1")
    assert "A docket would refuse so small an effect" in page.locator(".ask").inner_text()
    page.locator("#ask-minus-batch_size").select_option("16")
    assert status.inner_text().startswith("A and B are the same cell.")


def test_an_experiment_with_few_seeds_has_no_interval_and_no_claim(opened):
    page = opened(SMALL_OR_LARGE)
    page.locator("#ask-experiment").select_option("main-grid")
    page.wait_for_selector("#ask-of-activation")
    assert "With so few seeds there is no interval" in page.locator(".ask-status").inner_text()
    assert "No claim can rest on this experiment" in page.locator(".ask").inner_text()


def test_a_link_that_names_unknown_cells_is_explained(opened):
    page = opened(SMALL_OR_LARGE)
    page.evaluate("() => { location.hash = '#ask=somewhere,nowhere' }")
    page.wait_for_function("() => document.querySelector('.ask-status').textContent.includes('cells that this study')")
    assert not page.locator(".ask-figure").is_visible()


def test_an_experiment_that_loads_late_does_not_replace_a_later_choice(opened):
    page = opened(SMALL_OR_LARGE)
    held = []
    page.route("**/seeds-batch-size-updates.js", lambda route: held.append(route))
    with page.expect_response("**/seeds-batch-size-updates.js"):
        with page.expect_request("**/seeds-batch-size-updates.js"):
            page.locator("#ask-experiment").select_option("batch-size-updates")
        page.locator("#ask-experiment").select_option("main-grid")
        page.wait_for_selector("#ask-of-activation")
        held[0].continue_()
    page.wait_for_function("() => 'batch-size-updates' in packedSeeds")
    assert page.locator("#ask-experiment").input_value() == "main-grid"
    assert "With so few seeds there is no interval" in page.locator(".ask-status").inner_text()
