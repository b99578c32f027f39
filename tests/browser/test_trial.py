"""A claim that a reader tries again in the browser, held against the engine of the study."""

import re

import numpy as np
import pytest
from support.browser import PHONE, browser_test, from_server_and_folder, in_each_language, problems
from support.project import ROOT

from ontrial.judge import checks, claims
from ontrial.nn import train
from ontrial.study import configuration

pytestmark = browser_test

CLAIM = "evidence/small-batch-accuracy.html"
PATIENCE = 120_000  # milliseconds, on a busy machine
STATUS = "document.querySelector('.trial-status').textContent"
STOPPED = "Stopped. Complete seeds are kept; the result needs them all."
DONE = f"() => {STATUS}.startsWith('All networks')"


@pytest.fixture
def opened(smoke_page):
    """Return a function that opens the page at a hash, by default that of the trial, which is folded."""
    return lambda hash="#again", protocol="http", **options: smoke_page(f"en/{CLAIM}{hash}", protocol, **options)


def field(page, name: str):
    """Return the field of a number, by the start of its name."""
    return page.get_by_role("spinbutton", name=name)


def train_seeds(page, n: int, first: int) -> None:
    """Train the networks of a sample, and wait for the result."""
    field(page, "Number of seeds").fill(str(n))
    field(page, "First seed").fill(str(first))
    page.get_by_role("button", name="Train").click()
    page.wait_for_function(DONE, timeout=PATIENCE)


def table(page) -> list[list[str]]:
    """Return the rows of the table of seeds."""
    page.locator(".trial summary").click()
    rows = page.locator(".trial-table tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


@in_each_language
def test_the_page_is_sound(smoke_site, served, reader, language, scheme, size):
    window = reader(served(smoke_site), color_scheme=scheme, viewport=size)
    assert problems(window, f"{language}/{CLAIM}#again") == []
    window.page.locator(".trial-start").click()
    window.page.wait_for_selector(".trial-table tbody tr:nth-child(6)", state="attached", timeout=PATIENCE)
    assert problems(window, f"{language}/{CLAIM}#try&context=1&n=7") == []


WEIGHTS = """async runs => {
  const {root, trial} = document.querySelector(".trial").dataset
  const {cells, data, contexts} = JSON.parse(trial)
  const trainer = new Trainer(root, data)
  await trainer.load()
  const [lane] = trainer.lanes(1)
  const weights = []
  for (const {arm, ...run} of runs) {
    const cell = {...cells[contexts[0].arms[arm].cell], keepsWeights: true}
    const records = []
    for await (const record of trainer.train({cell, ...run}, lane)) records.push(record)
    weights.push([...records.at(-1).parameters])
  }
  return weights
}"""


@pytest.mark.essential
@from_server_and_folder
def test_networks_are_those_of_numpy(opened, monkeypatch, protocol):
    page = opened(protocol=protocol)
    monkeypatch.chdir(ROOT)
    study = configuration.read_study("config/smoke.yaml")
    estimand = checks.read_docket(study.docket, study).claims["small-batch-accuracy"].estimand
    cells = [arm.cell for arm in claims.list_arms(study, estimand, claims.list_contexts(estimand)[0])]
    runs = [{"arm": arm, "seed": 1001, "rate": 0.125} for arm in range(len(cells))]
    for run, received in zip(runs, page.evaluate(WEIGHTS, runs), strict=True):
        cell = cells[run["arm"]]
        arrays, seeds = cell.arrays([run["seed"]]), [run["seed"]]
        history = train(cell.architecture, cell.recipe, arrays, [run["rate"]], seeds)
        expected = np.concatenate([part.ravel() for layer in history.weights for part in layer])
        np.testing.assert_allclose(received, expected, atol=1e-4)


def test_a_seed_of_the_study_is_the_same_here(opened):
    page = opened()
    page.get_by_role("button", name="Repeat seed 101").click()
    page.wait_for_function("() => document.querySelector('.trial-known').textContent", timeout=PATIENCE)
    pairs = re.findall(r"(\S+) here and (\S+) in the study", page.locator(".trial-known").inner_text())
    assert len(pairs) == 2
    assert all(here.rstrip(";.") == there.rstrip(";.") for here, there in pairs)


def test_a_link_names_the_setting_and_the_seeds(opened):
    page = opened("#try&context=3&n=7&first=2001")
    assert field(page, "Number of seeds").input_value() == "7"
    assert field(page, "First seed").input_value() == "2001"
    assert page.get_by_role("combobox", name="Learning rate").input_value() == "3"
    field(page, "Number of seeds").fill("8")
    assert page.locator(".trial-share a").get_attribute("href") == "#try&context=3&n=8&first=2001"


def test_a_sample_after_a_look_has_seeds_of_its_own(opened):
    page = opened()
    train_seeds(page, 6, 1001)
    result = page.locator(".trial-result")
    assert "Your seeds (6): " in result.inner_text()
    assert "samples" not in result.inner_text()
    field(page, "Number of seeds").fill("7")
    assert result.inner_text() == ""  # six of them have been seen
    page.get_by_role("button", name="Train").click()
    page.wait_for_function(DONE, timeout=PATIENCE)
    assert field(page, "First seed").input_value() == "1007"
    assert "Your seeds (7): " in result.inner_text()
    assert "You have seen 2 samples" in result.inner_text()
    assert [seed for seed, *_ in table(page)] == [str(seed) for seed in range(1007, 1014)]


def test_the_page_says_for_each_choice_of_rate_whether_seeds_agree_with_the_study(opened):
    page = opened()
    rows = page.locator(".trial-rates tbody tr")
    names = page.get_by_role("combobox", name="Learning rate").locator("option").all_inner_texts()
    assert rows.locator("th").all_inner_texts() == names
    assert {"at the rate of 16", "at the rate of 256", "each at its own rate"} <= {name.split(",")[0] for name in names}
    page.get_by_role("combobox", name="Learning rate").select_option(names[-1])
    train_seeds(page, 6, 1001)
    assert "Your seeds (6): " in page.locator(".trial-result").inner_text()
    assert "none yet" in rows.first.inner_text()
    assert "none yet" not in rows.last.inner_text()
    said = page.locator(".trial-result strong").inner_text()
    assert said.startswith("Your seeds ")
    assert "study" in said
    page.get_by_role("combobox", name="Setting").select_option(index=1)
    assert page.get_by_role("combobox", name="Learning rate").locator("option:checked").inner_text() == names[-1]


@from_server_and_folder
def test_a_page_that_trains_can_be_stopped_and_keeps_complete_seeds(opened, protocol):
    page = opened(protocol=protocol)
    status = page.locator(".trial-status")
    field(page, "Number of seeds").fill("100")
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => /^[1-9]\\d/.test({STATUS})", timeout=PATIENCE)  # ten networks or more
    page.get_by_role("button", name="Stop").click()
    assert status.inner_text() == STOPPED
    assert page.locator(".trial-result").inner_text() == ""  # not all are trained
    page.get_by_role("button", name="Train").click()
    page.wait_for_function(f"() => / of \\d+ /.test({STATUS})", timeout=PATIENCE)
    assert int(re.search(r" of (\d+) ", status.inner_text())[1]) < 200


@pytest.mark.parametrize("button", ["Train", "Repeat seed 101"])
def test_a_page_says_that_it_stopped_before_the_first_seed_was_complete(opened, button):
    page = opened("#try&n=200")
    before = page.locator(".trial-status").inner_text()
    page.get_by_role("button", name=button).click()
    page.get_by_role("button", name="Stop").click()
    page.wait_for_timeout(500)  # the training that was stopped has ended, too
    assert page.locator(".trial-status").inner_text() == STOPPED
    field(page, "Number of seeds").fill("199")
    assert page.locator(".trial-status").inner_text().split(" ")[:2] == before.split(" ")[:2] == ["This", "takes"]


@pytest.mark.parametrize(("name", "number"), [("Number of seeds", 5), ("Number of seeds", 201), ("First seed", 101)])
def test_a_sample_has_seeds_enough_and_none_of_the_study(opened, name, number):
    page = opened()
    field(page, name).fill(str(number))
    page.keyboard.press("Enter")
    assert field(page, name).evaluate("field => field.matches(':invalid:focus')")
    assert page.get_by_role("button", name="Train").is_visible()


def test_nothing_is_loaded_before_the_reader_asks(smoke_site, served, reader):
    window = reader(served(smoke_site))
    window.open(f"en/{CLAIM}#again")
    assert not [request for request in window.requests if "/engine/" in request or "/data/" in request]


def test_a_verdict_wider_than_a_phone_wraps(opened):
    page = opened(viewport=PHONE)
    page.locator(".answer .badge").evaluate("badge => badge.append(' and less than a factor of 1.25'.repeat(2))")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
