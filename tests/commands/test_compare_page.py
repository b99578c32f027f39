"""The HTML page of `ontrial compare`: every context that moved, before and after, in one file that sends no request."""

import copy
import json
import math
from html.parser import HTMLParser
from pathlib import Path

import pytest
from support.browser import CHROMIUM, DESK, OVERFLOW, PHONE

from ontrial.commands import compare as command
from ontrial.judge import records
from ontrial.judge.records import VERSION
from ontrial.report.pages.studies import comparison_page
from ontrial.report.summaries import comparison

HOSTILE = '"><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>{{ 7 * 7 }}&amp;\u202e\n|`'
VOID = {"meta", "rect", "path", "circle"}


def context(policy: str, estimate: float | None, outcome: str = "positive", unit: str = "points") -> dict:
    ends = (estimate, estimate and estimate - 1, estimate and estimate + 1)
    result = dict(zip(("estimate", "low", "high"), ends, strict=True))
    return {"policy": policy, "outcome": outcome, **result, "n": 10, "unit": unit, "censored": estimate is None}


def claim(id: str, verdict: str, *contexts: dict, **changes) -> dict:
    fixed = {"kind": "measured", "hash": "a" * 64, "test_hash": "a" * 64, "unit": "points", "smallest_effect": 0.5}
    return {"id": id, "verdict": verdict, **fixed, "contexts": list(contexts), **changes}


def study(*claims: dict) -> dict:
    return {"version": VERSION, "study": "tiny", "claims": list(claims)}


BEFORE = study(claim("small", "supported", context("fixed", 2.0), context("tuned", 1.0)), claim("deep", "refuted"))
AFTER = study(
    claim("small", "depends", context("fixed", -2.0, "reversed"), context("tuned", 1.0)),
    claim("wide", "inconclusive", context("tuned", None, "undecided")),
)


def page(before: dict, after: dict, timed: tuple[dict, dict] | None = None) -> str:
    changes = changes_between(*timed) if timed else []
    return comparison_page.page(("tiny", "tiny"), changes_between(before, after), changes)


def changes_between(before: dict, after: dict) -> list[comparison.Change]:
    return comparison.changes(records.decode(before), records.decode(after))


@pytest.mark.parametrize("unit", ["points", "log2", "loss per doubling"])
@pytest.mark.parametrize("effect", [1e-30, 1.0, 1e30])
@pytest.mark.parametrize("ends", [(-1e30, 1e30), (1e30, 1e30), (-1e30, -1e30), (1e-30, 2e-30), (-1e30, math.inf)])
def test_the_largest_numbers_that_verdicts_may_contain_are_drawn(unit, effect, ends):
    low, high = ends
    extreme = {
        "policy": "fixed",
        "outcome": "positive",
        "estimate": low,
        "low": low,
        "high": high,
        "n": 10,
        "unit": unit,
    }
    after = study(claim("small", "depends", extreme | {"censored": False}, unit=unit, smallest_effect=effect))
    assert "small" in Page(page(BEFORE, after)).text


class Page(HTMLParser):
    """Collects the elements of a page and its text, and fails if elements are not nested."""

    def __init__(self, html: str):
        super().__init__()
        self.elements, self.attributes, self.open, self.text = [], {}, [], ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag: str, **attributes) -> list[dict]:
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]


def test_both_outcomes_and_both_intervals_of_a_moved_context_are_shown():
    shown = Page(page(BEFORE, AFTER))
    badges = [found["class"] for found in shown.all("span") if found.get("class", "").startswith("badge")]
    assert badges[:4] == ["badge supported", "badge depends", "badge positive", "badge reversed"]
    assert len(shown.all("figure")) == 2  # policy=tuned of `small` did not move
    assert shown.all("g", **{"class": "before positive"})
    assert shown.all("g", **{"class": "after reversed"})
    assert "1 context of this claim did not move." in shown.text
    assert "positive: 2.00 (1.00 to 3.00) points" in shown.text
    assert "reversed: −2.00 (−3.00 to −1.00) points" in shown.text
    assert "3 of 3 verdicts moved, 2 of 3 contexts." in shown.text


def test_new_and_removed_claims_say_so():
    shown = Page(page(BEFORE, AFTER)).text
    assert "new claim" in shown
    assert "removed" in shown


def test_nothing_moved():
    shown = Page(page(BEFORE, BEFORE))
    assert "No verdict moved: 2 verdicts and 2 contexts are the same." in shown.text
    assert not shown.all("section")


def drawing_of(before: dict | None, after: dict, smallest_effect: float) -> dict:
    sides = {"before": before and records.decode_context(before), "after": records.decode_context(after)}
    return comparison_page.drawing(sides, smallest_effect)


def test_positions_in_a_drawing_are_in_order_and_unbounded_ends_have_arrows():
    drawing = drawing_of(None, context("fixed", 2.0) | {"high": math.inf}, 0.5)
    after = drawing["intervals"]["after"]
    (low, high), (left, right) = after["line"], drawing["band"]
    assert 0 < left < drawing["zero"] < right < low < after["estimate"] < high == comparison_page.WIDTH
    assert after["unbounded"] == ["right"]
    assert "before" not in drawing["intervals"]
    assert "0" in [label for _, label in drawing["ticks"]]
    assert 3 <= len(drawing["ticks"]) <= 12


@pytest.mark.parametrize(("unit", "name"), [("log2", "factor"), ("log2 per layer", "factor per layer")])
def test_a_ratio_has_factors_on_its_axis(unit, name):
    drawing = drawing_of(None, context("fixed", 2.0, unit=unit), 1.0)
    assert {"1", "2", "4"} <= {label for _, label in drawing["ticks"]}
    assert drawing["unit"] == name


@pytest.mark.parametrize("size", [1e-12, 1.0, 1e12])
def test_an_axis_of_any_size_has_a_few_ticks(size):
    assert 3 <= len(comparison_page.ticks(-size, 1.7 * size)) <= 7


def test_an_unbounded_interval_without_an_estimate_is_drawn():
    nothing = context("fixed", None, "undecided")
    drawing = drawing_of(nothing, nothing, 0.5)
    assert drawing["intervals"]["after"] == {
        "line": (0.0, comparison_page.WIDTH),
        "estimate": None,
        "unbounded": ["left", "right"],
    }


def test_a_reading_has_outcomes_and_no_drawing():
    reading = {"reading": "its value", "outcome": "holds", "estimate": None, "low": None, "high": None}
    reading |= {"n": None, "unit": None, "censored": False}
    made = {"id": "identity", "kind": "by_construction", "verdict": "by_construction", "hash": "a" * 64}
    before = study(made | {"test_hash": "a" * 64, "contexts": [reading]})
    after = copy.deepcopy(before)
    after["claims"][0] |= {"verdict": "refuted", "contexts": [reading | {"outcome": "fails"}]}
    shown = Page(page(before, after))
    assert shown.all("span", **{"class": "badge fails"})
    assert len(shown.all("svg")) == 3  # of the key alone


def test_times_are_apart():
    shown = page(BEFORE, BEFORE, timed=(BEFORE, AFTER))
    assert "No verdict moved" in shown
    assert shown.index("<details>") < shown.index("<code>small</code>")


def hostile() -> tuple[dict, dict]:
    before = study(claim(HOSTILE, "supported", context(HOSTILE, 2.0, unit=HOSTILE)))
    after = study(claim(HOSTILE, "depends", context(HOSTILE, -2.0, "reversed", unit=HOSTILE)))
    return before | {"study": HOSTILE}, after | {"study": HOSTILE}


def test_hostile_texts_are_shown_as_text():
    before, after = hostile()
    changes = changes_between(before, after)
    shown = Page(comparison_page.page((HOSTILE, HOSTILE), changes, changes))
    assert {tag for tag, _ in shown.elements} <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "header",
            "main",
            "h1",
            "h2",
            "p",
            "span",
            "code",
            "section",
        ),
        *("figure", "figcaption", "dl", "div", "dt", "dd", "details", "summary"),
        *("svg", "g", "path", "circle", "rect", "text"),
    }
    assert "<script>alert(1)</script>" in shown.text
    assert "{{ 7 * 7 }}" in shown.text
    assert "\u202e" not in shown.text
    assert not any(
        name in ("src", "href", "style") or name.startswith("on") for _, found in shown.elements for name in found
    )


def test_the_page_may_load_and_run_nothing():
    html = page(BEFORE, AFTER)
    (policy,) = (found["content"] for found in Page(html).all("meta", **{"http-equiv": "Content-Security-Policy"}))
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "url(" not in html


def test_the_command_writes_the_page_next_to_the_table(tmp_path, capsys):
    for folder, content in (("before", BEFORE), ("after", AFTER)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "verdicts.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(SystemExit):
        command.compare(tmp_path / "before", tmp_path / "after", tmp_path / "new/changes.html")
    assert capsys.readouterr().out.startswith("## What changed in study tiny")
    assert "<code>small</code>" in (tmp_path / "new/changes.html").read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: install chromium")
@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
def test_the_page_in_a_browser(chromium, tmp_path, window):
    before, after = hostile()
    before["claims"] += BEFORE["claims"]
    after["claims"] += AFTER["claims"]
    path = Path(tmp_path, "changes.html")
    path.write_text(page(before, after), encoding="utf-8")
    view = chromium.new_context(viewport=window).new_page()
    complaints, requests = [], []
    view.on("console", lambda message: complaints.append(message.text))
    view.on("dialog", lambda dialog: complaints.append(dialog.message))
    view.on("request", lambda request: requests.append(request.url))
    view.goto(path.as_uri())
    assert (complaints, requests) == ([], [path.as_uri()])
    assert view.evaluate(OVERFLOW) == []
    assert view.locator("figure svg").first.bounding_box()["width"] > 200
