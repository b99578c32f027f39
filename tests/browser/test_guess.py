"""The page on which readers guess verdicts before they look."""

import json

import pytest
from support.browser import DESK, PHONE, browser_test, from_server_and_folder, problems
from support.sites import NAMES

from ontrial.report.pages.tools.guess import ANSWERS

pytestmark = browser_test

PAGE = "guess.html"


@pytest.fixture
def opened(smoke_page):
    """Return a function that opens the page at a hash."""
    return lambda hash="", protocol="http", **options: smoke_page(f"en/{PAGE}{hash}", protocol, **options)


@pytest.fixture(scope="module")
def verdicts(smoke_site) -> dict[str, str]:
    """The verdicts of the study on measured claims, by id."""
    claims = [
        claim
        for file in ("verdicts.json", "timing/verdicts.json")
        for claim in json.loads((smoke_site.parent / file).read_text(encoding="utf-8"))["claims"]
    ]
    return {claim["id"]: claim["verdict"] for claim in claims if claim["kind"] in ("measured", "timed")}


def guess(page, id: str, verdict: str, confidence: int) -> None:
    """Answer a claim with the keyboard alone."""
    form = page.locator(f'[data-claim="{id}"] form')
    form.get_by_role("radio", name=verdict).focus()
    page.keyboard.press("Space")
    form.get_by_role("radio", name=f"{confidence}%").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")


def other(verdict: str) -> str:
    """Return a wrong verdict."""
    return next(word for word in ANSWERS if word != verdict)


@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)])
@pytest.mark.parametrize("language", NAMES)
def test_the_page_is_sound_before_and_after_a_guess(smoke_site, served, reader, language, scheme, size):
    window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
    assert problems(window, f"{language}/{PAGE}") == []
    form = window.page.locator(".guess-form").first
    form.locator("label").first.click()
    form.locator("fieldset").last.locator("label").last.click()
    form.locator("button").click()
    window.page.locator(".guess-class summary").click()
    assert problems(window, f"{language}/{PAGE}#claims=nothing") == []


@pytest.mark.essential
@from_server_and_folder
def test_the_verdict_appears_after_the_guess_and_the_score_follows(opened, verdicts, protocol):
    page = opened(protocol=protocol)
    assert not page.locator(".guess-claim .badge").first.is_visible()
    first, second = verdicts
    guess(page, first, verdicts[first], 100)
    assert page.locator(f'[data-claim="{first}"] .badge').is_visible()
    assert page.locator(f'[data-claim="{first}"] a').get_attribute("href") == f"evidence/{first}.html"
    assert page.evaluate("document.activeElement.textContent").endswith("Right.")
    assert not page.locator(f'[data-claim="{second}"] .badge').is_visible()
    guess(page, second, other(verdicts[second]), 40)
    assert page.locator(".guess-status").inner_text() == f"2 of {len(verdicts)} claims guessed, 1 right."
    summary = page.locator(".guess-result > p").first.inner_text()
    # (0 + 0.88) / 2, and (|1 - 1| + |0.4 - 0|) / 2
    assert "1 of 2 guesses were right. Brier score 0.44, calibration error 20%." in summary
    share = sum(word == "supported" for word in verdicts.values()) / 2
    cells = page.locator(".guess-result table").first.locator("tbody tr").nth(1).locator("td").all_inner_texts()
    assert cells == [f"{100 * share:.0f}%", f"{2 * (1 - share):.2f}"]
    assert page.locator(".guess-result li").count() == 1


def test_guesses_stay_in_the_browser_until_they_are_deleted(opened, verdicts):
    page = opened()
    id = next(iter(verdicts))
    guess(page, id, verdicts[id], 80)
    page.reload()
    assert page.locator(".guess-said").all_inner_texts() == [f"You said: {verdicts[id]}, 80% sure. Right."]
    page.get_by_role("button", name="Delete my guesses").click()
    assert page.locator(".guess-said").count() == 0
    assert page.evaluate("localStorage.length") == page.evaluate(
        "Object.keys(localStorage).filter(key => !key.startsWith('guesses')).length"
    )


def test_a_link_for_a_class_shows_the_chosen_claims_alone(opened, verdicts):
    page = opened()
    first, second = verdicts
    page.locator(".guess-class summary").click()
    page.locator(f'.guess-class input[value="{second}"]').check()
    link = page.get_by_label("Link to these claims").input_value()
    assert link.endswith(f"guess.html#claims={second}")
    assert not page.locator(f'[data-claim="{first}"]').is_visible()
    again = opened(f"#claims={second},weather")
    assert again.locator(".guess-claim:visible").count() == 1
    assert again.locator(".guess-notice").inner_text().startswith(f"This link chooses 1 of {len(verdicts)} claims.")
    again.get_by_role("button", name="Show all").click()
    assert again.locator(".guess-claim:visible").count() == len(verdicts)
    assert again.evaluate("location.hash") == ""


@pytest.mark.parametrize("wants_answers", [False, True])
def test_paper_has_boxes_and_no_verdicts_but_answers_if_they_are_wanted(opened, verdicts, wants_answers):
    page = opened()
    id = next(iter(verdicts))
    guess(page, id, verdicts[id], 80)
    page.evaluate("() => { globalThis.print = () => {} }")
    page.get_by_role("button", name="answers" if wants_answers else "Print the sheet").first.click()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".guess-boxes:visible").count() == 2 * len(verdicts)
    assert page.locator(".guess-claim .badge:visible").count() == 0
    assert page.locator(".guess-answers .badge:visible").count() == wants_answers * len(verdicts)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".guess-answers > *").count() == 0


def test_without_scripts_each_verdict_is_folded(smoke_site, served, reader, verdicts):
    page = reader(served(smoke_site), java_script_enabled=False).page
    page.goto(f"{served(smoke_site)}/en/{PAGE}")
    badges = page.locator(".guess-claim .badge")
    assert badges.count() == len(verdicts)
    assert not badges.first.is_visible()
    page.get_by_text("Show the verdict").first.click()
    assert badges.first.is_visible()
