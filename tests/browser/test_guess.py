"""The page on which readers guess verdicts before they look."""

import json
import re

import pytest
from support.browser import browser_test, from_server_and_folder, in_each_language, problems

pytestmark = browser_test

PAGE = "guess.html"


@pytest.fixture
def opened(smoke_page):
    """Return a function that opens the page at a hash."""
    return lambda hash="", protocol="http", **options: smoke_page(f"en/{PAGE}{hash}", protocol, **options)


@pytest.fixture(scope="module")
def verdicts(smoke_site) -> dict[str, str]:
    """The verdicts of the study on measured claims, by id."""
    claims = json.loads((smoke_site.parent / "verdicts.json").read_text(encoding="utf-8"))["claims"]
    return {claim["id"]: claim["verdict"] for claim in claims if claim["kind"] in ("measured", "timed")}


NAMES_OF = {"supported": "True", "refuted": "False", "depends": "It depends"}


def guess(page, id: str, answer: str, sure: str = "fairly sure (60%)") -> None:
    """Answer a claim with the keyboard alone."""
    page.get_by_label("How sure are you?").select_option(sure)
    page.locator(f'[data-claim="{id}"]').get_by_role("button", name=NAMES_OF[answer]).focus()
    page.keyboard.press("Enter")


def with_verdicts(page, verdict: str, number: int) -> list[str]:
    """Give the page several claims with a verdict in place of its own, and return their ids."""
    page.locator(".guess-claim").first.wait_for()
    page.context.route(f"**/{PAGE}", lambda route: route.fulfill(body=repeated(route.fetch().text(), verdict, number)))
    page.reload()
    return [f"claim-{i}" for i in range(number)]


def test_kept_guesses_are_announced_with_the_confidence_that_is_asked_for(opened):
    page = opened()
    assert page.get_by_text("Already counted").is_hidden()
    page.locator(".guess-choices button").first.click()
    assert page.get_by_label("How sure are you?").input_value() == "60"
    assert r"\"confidence\":60" in page.evaluate("JSON.stringify({...localStorage})")
    page.reload()
    page.get_by_text("Already counted: 1 of your guesses").wait_for()
    page.locator(".guess-kept").get_by_role("button", name="Start again").click()
    assert page.get_by_text("Already counted").is_hidden()
    assert "supported" not in page.evaluate("JSON.stringify({...localStorage})")


def repeated(text: str, verdict: str, number: int) -> str:
    """Return the page with copies of its first claim in place of all claims."""
    sections = re.findall(r'<section class="guess-claim".*?</section>', text, re.DOTALL)
    known = re.sub(r'data-verdict="[a-z]*"', f'data-verdict="{verdict}"', sections[0])
    copies = [re.sub(r'data-claim="[^"]*"', f'data-claim="claim-{i}"', known) for i in range(number)]
    return text.replace(sections[0], "".join(copies)).replace(sections[1], "")


@in_each_language
def test_the_page_is_sound_before_and_after_a_guess(smoke_site, served, reader, language, scheme, size):
    window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
    assert problems(window, f"{language}/{PAGE}") == []
    window.page.locator(".guess-choices button").first.click()
    assert problems(window, f"{language}/{PAGE}#right=1&of=2") == []


@pytest.mark.essential
@from_server_and_folder
def test_one_key_shows_the_verdict_and_the_score_follows(opened, verdicts, protocol):
    page = opened(protocol=protocol)
    assert not page.locator(".guess-claim .badge").first.is_visible()
    id = next(id for id, verdict in verdicts.items() if verdict in NAMES_OF)
    claim = page.locator(f'[data-claim="{id}"]')
    guess(page, id, verdicts[id])
    assert claim.locator(".badge").is_visible()
    assert claim.locator(".guess-evidence").get_attribute("href") == f"evidence/{id}.html"
    assert page.evaluate("document.activeElement.textContent") == "Right."
    assert claim.get_by_role("button", disabled=True).count() == len(NAMES_OF)
    assert page.locator(".guess-claim .badge:visible").count() == 1
    assert page.locator(".guess-bar [role=status]").inner_text() == "1 of 1 right"
    page.reload()
    assert claim.locator(".guess-reply").inner_text() == "Right."
    page.get_by_role("button", name="Start again").last.click()
    assert page.locator(".guess-reply:visible, .guess-claim .badge:visible").count() == 0
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('guesses')).length") == 0


def test_three_guesses_make_a_card_and_its_link_a_challenge(opened):
    page = opened()
    ids = with_verdicts(page, "refuted", 4)
    guess(page, ids[0], "refuted", "no idea (33%)")
    guess(page, ids[1], "supported", "very sure (90%)")
    assert not page.locator(".guess-card").last.is_visible()
    guess(page, ids[2], "refuted")
    mine = page.locator(".guess-result .guess-card").inner_text()
    assert "2 of 3" in mine
    assert "−31 points, for being as sure as I was. Always “it depends”: 0." in mine
    result = page.locator(".guess-result").inner_text()
    assert "Believing every claim would get 0 of 3 right." in result
    assert "you were 61% sure, and right 67% of the time" in result
    address = page.get_by_label("Link to this card").input_value()
    assert address.partition("#")[2] == "right=2&of=3&fooled=claim-1&points=-31&rival=0"
    page.goto("about:blank")
    page.goto(address)
    assert page.locator(".guess-challenge .guess-card").inner_text() == mine


def test_a_result_that_cannot_be_is_refused(opened, verdicts):
    page = opened("#right=9&of=2")
    assert page.locator(".guess-notice").inner_text() == "The result in this link can’t be read."
    assert page.locator(".guess-claim:visible").count() == len(verdicts)
    assert not page.locator(".guess-challenge").is_visible()


def test_paper_has_boxes_and_no_verdicts(opened, verdicts):
    page = opened()
    guess(page, next(iter(verdicts)), "supported")
    page.emulate_media(media="print")
    assert page.locator(".guess-boxes:visible").count() == len(verdicts)
    assert page.locator(".guess-claim .badge:visible").count() == 0


def test_without_scripts_each_verdict_is_folded(smoke_site, served, reader, verdicts):
    page = reader(served(smoke_site), java_script_enabled=False).page
    page.goto(f"{served(smoke_site)}/en/{PAGE}")
    badges = page.locator(".guess-claim .badge")
    assert badges.count() == len(verdicts)
    assert not badges.first.is_visible()
    page.get_by_text("Show the verdict").first.click()
    assert badges.first.is_visible()
