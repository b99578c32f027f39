"""The page on which readers judge their own runs."""

import json
import shlex

import pytest
from playwright.sync_api import expect
from support import judged
from support.browser import browser_test, from_server_and_folder, in_each_language, problems

from ontrial.report.pages.judgements.report import report
from ontrial.runs import phrases

pytestmark = browser_test

PAGE = "judge.html"
CASES = {name: (table, asked) for name, table, asked in judged.cases()}
PAIRED, PAIRED_QUESTION = CASES["the mean against the typical run"]


@pytest.fixture
def opened(smoke_page):
    """Return a function that opens the page at a hash."""
    return lambda hash="", protocol="http", **options: smoke_page(f"en/{PAGE}{hash}", protocol, **options)


def choose(page, text: str, name: str = "my runs.csv") -> None:
    """Choose a file."""
    page.locator(".judge input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    )


@pytest.mark.essential
@from_server_and_folder
def test_a_file_is_judged_in_the_page_as_by_the_command(opened, protocol):
    page = opened(protocol=protocol)
    said = page.locator(".judge-said")
    expect(said).to_contain_text("Supported: loss is lower with arm v1")  # the example
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    text = PAIRED.to_csv(index=False)
    choose(page, text)
    expect(said).to_contain_text("Which difference would change what you do?")
    assert page.get_by_label("Metric").input_value() == "accuracy"
    assert page.get_by_text("A pair shares: seed").is_visible()
    page.get_by_label("Smallest effect that matters").press_sequentially("1 point")
    words = report(judged.judge(text, PAIRED_QUESTION), phrases())
    expect(said).to_have_text(words.sentence)
    arms = page.locator(".judge table").last.locator("tbody tr")
    assert [row.locator("th, td").all_inner_texts() for row in arms.all()] == words.arms
    assert page.locator(".judge svg circle").count() > 20
    command = shlex.split(page.locator(".judge pre code").inner_text().replace("\\\n", " "))
    assert command[:3] == ["ontrial", "judge", "my runs.csv"]
    assert command[command.index("--compare") + 1] == "arm=new,old"
    page.wait_for_function("() => location.hash.includes('effect=1+point')")
    assert "91" not in page.evaluate("location.hash")
    assert [url for url in requests if not url.endswith("favicon.svg")] == []  # which follows the address


@in_each_language
def test_the_page_is_sound(smoke_site, served, reader, language, scheme, size):
    window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
    assert problems(window, f"{language}/{PAGE}") == []
    choose(window.page, PAIRED.to_csv(index=False))
    window.page.locator(".judge details summary").first.click()
    assert problems(window, f"{language}/{PAGE}#example=walker") == []


def test_pasted_tables_and_bad_ones_have_a_message(opened):
    page = opened()
    said, box = page.locator(".judge-said"), page.get_by_label("Paste a table here")
    box.fill("arm\taccuracy\na\t1\n")
    expect(said).to_have_text("Choose the column to compare, and two different values of it.")
    arms = ("<img src=x onerror=alert(1)>", "<b>b</b>")
    box.fill(
        "arm,seed,accuracy\n" + "".join(f"{arm},{seed},{len(arm) + seed / 70:.4f}\n" for arm in arms for seed in (1, 2))
    )
    page.get_by_label("Smallest effect that matters").fill("0.5")
    expect(said).to_contain_text("Too few pairs for any outcome: 2")
    assert page.locator(".judge img, .judge b").count() == 0
    choose(page, "\x00\xff", "runs.parquet")
    expect(said).to_contain_text("The table is empty")
    page.locator(".judge input[type=file]").set_input_files(
        {"name": "runs.csv.gz", "mimeType": "", "buffer": b"\x1f\x8b\x08\x00\xff\xfe"}
    )
    expect(said).to_contain_text("This is no CSV in UTF-8")
    page.locator(".judge input[type=file]").set_input_files(
        {"name": "a.csv", "mimeType": "", "buffer": b"a" * (2**24 + 1)}
    )
    expect(said).to_contain_text("larger than 16 MiB")
    assert page.locator(".judge svg").count() == 0


def test_keys_ask_another_question_and_the_address_brings_it_back(opened):
    page = opened("#example=walker")
    said = page.locator(".judge-said")
    direction = page.get_by_label("Better is")
    direction.focus()
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("score is lower with method dreamerv3")
    page.get_by_text("A pair shares").click()
    page.get_by_role("checkbox", name="seed").first.press("Space")
    page.wait_for_function("() => location.hash.includes('pair=seed')")
    sentence = said.inner_text()
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator(".judge-said")).to_have_text(sentence)
    assert json.loads(page.locator("#judge-data").text_content())["examples"][-1]["name"] == "walker"
