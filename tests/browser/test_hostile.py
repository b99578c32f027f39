"""No text of a study runs as a script in a browser."""

import pytest
from support.browser import browser_test, pages_of

pytestmark = browser_test


@pytest.mark.parametrize(("scheme", "language"), [("http", "en"), ("file", "ko")])
def test_no_page_of_a_hostile_study_opens_a_dialog(hostile, served, reader, scheme, language):
    site = hostile / "results/hostile/site"
    window = reader(served(site) if scheme == "http" else site.as_uri())
    dialogs = []
    window.page.on("dialog", lambda dialog: (dialogs.append(f"{window.page.url}: {dialog.message}"), dialog.dismiss()))
    for path in (path for path in pages_of(site) if path.startswith(f"{language}/")):
        page = window.open(path)
        page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
        for element in page.locator("[onclick], [onmouseover], x-hostile").all():
            element.dispatch_event("click")
    page = window.open("en/index.html")
    page.keyboard.press("/")
    page.wait_for_selector(".md-search__input:focus")
    page.keyboard.type("hostile")
    page.keyboard.press("Shift")
    page.wait_for_selector(".md-search-result__article")
    assert dialogs == []
    assert not [complaint for complaint in window.take_complaints() if "inline" in complaint]
