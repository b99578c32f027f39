"""Widgets as Python sees them: what is checked before anything is shown, and what a frame has."""

import json
import re
import subprocess
import sys
from urllib.parse import parse_qs

import pytest
from support.messages import message_of
from support.project import ROOT

from ontrial.book.teaching.pages_playground import START
from ontrial.storage import machine
from ontrial.widget import playground, trial
from ontrial.widget.frame import ASSETS, POLICY, frame
from ontrial.widget.tools import published

CLAIM = "relu-faster-than-tanh"


def tool_of(widget):
    """Return the values that the script of a frame reads."""
    return json.loads(re.search(r'<script type="application/json" id="tool">(.*?)</script>', widget.page)[1])


def choice_of(**settings):
    """Return the choice that the playground starts with, as a list of values for each setting."""
    choice = parse_qs(tool_of(playground(**settings))["choice"], strict_parsing=bool(settings))
    return {name: values.split(",") for name, (values,) in choice.items()}


def test_the_trial_has_the_claim_with_its_published_verdict_as_it_is():
    widget = trial(CLAIM)
    claim, verdict = published("en").results.claims[CLAIM], published("en").results.verdicts[CLAIM]
    assert f"<h1>“{claim.statement['en']}”</h1>" in widget.page
    data = tool_of(widget)["data"]
    estimates = [context.effect.estimate for context in verdict.contexts]
    assert [context["published"]["estimate"] for context in data["contexts"]] == pytest.approx(estimates, rel=1e-5)
    assert all(arm["rate"] > 0 for context in data["contexts"] for arm in context["arms"])
    results = published("en").results
    assert all(verdict.hash == results.claims[id].hash for id, verdict in results.verdicts.items())


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("relu-fastr-than-tanh", f'unknown claim "relu-fastr-than-tanh". Did you mean "{CLAIM}"? Known: activation-'),
        ("relu-cheap", 'claim "relu-cheap": A browser can’t repeat this claim: it is about seconds in NumPy.'),
        ("sigmoid-range", 'claim "sigmoid-range": its verdict rests on no networks that a browser could train.'),
    ],
)
def test_a_claim_that_cannot_be_tried_is_explained(claim, message):
    assert message_of(trial, claim).startswith(message)
    assert "browser" not in message or message_of(trial, claim, language="ko") == message  # of Python, in English


def test_the_playground_takes_settings_by_their_names_in_a_study():
    assert choice_of() == {}
    assert choice_of(dataset="moons", hidden=[16, 16], learning_rate=0.5, batch_size="full", seed=7) == {
        "dataset": ["moons"], "depth": ["2"], "width": ["16"], "learning_rate": ["0.5"], "batch_size": ["full"],
        "seed": ["7"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("hidden", "depth", "width"),
    [
        ([], ["0"], [str(START["width"])]),
        ((4,), ["1"], ["4"]),
        ([[16], [16, 16]], ["1", "2"], ["16"]),
        ([[], [16]], ["0", "1"], ["16"]),
        ([[4, 4], [16, 16]], ["2"], ["4", "16"]),
    ],
)
def test_hidden_layers_have_a_depth_and_a_width(hidden, depth, width):
    choice = choice_of(hidden=hidden, activation=["relu", "tanh"])
    assert (choice["depth"], choice["width"], choice["activation"]) == (depth, width, ["relu", "tanh"])


WIDTHS = "is neither a list of widths, such as [8, 8], nor a list of two such lists."


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"activtion": "relu"}, 'unknown setting of the playground "activtion". Did you mean "activation"?'),
        ({"depth": 2}, 'unknown setting of the playground "depth". Known: activation, batch_size, dataset, '),
        ({"activation": "rellu"}, 'unknown activation "rellu". Did you mean "relu"?'),
        ({"learning_rate": 0.1}, "learning_rate: the playground lacks 0.1. It has: 0.000244140625, "),
        ({"seed": [1, 2]}, "seed: 2 values. Give one."),
        ({"seed": -1}, "seed: -1 is not a whole number of at most nine digits."),
        ({"hidden": 8}, f"hidden: 8 {WIDTHS}"),
        ({"hidden": "8-8"}, f"hidden: '8-8' {WIDTHS}"),
        ({"hidden": [[8], 8]}, f"hidden: [[8], 8] {WIDTHS}"),
        ({"hidden": [[8], [8], [8]]}, f"hidden: [[8], [8], [8]] {WIDTHS}"),
        ({"hidden": [16, 8]}, "hidden: layers of the playground have the same width, but [16, 8] has several."),
        ({"hidden": [33]}, "width: the playground lacks 33. It has: 1, 2, 4, "),
        ({"language": "de"}, 'unknown language "de". Known: en, ko.'),
    ],
)
def test_mistakes_are_explained_before_anything_is_shown(settings, message):
    assert message_of(playground, **settings).startswith(message)


@pytest.mark.parametrize("show", [playground, lambda **options: trial(CLAIM, **options)])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_frame_has_all_that_it_needs_and_may_load_nothing(show, language):
    page = show(language=language).page
    assert f'<html lang="{language}">' in page
    assert re.search(r"<h1>[^<{]+</h1>", page)
    assert f'content="{POLICY}"' in page
    assert not re.search(r"<(script|link|img)[^>]* (src|href)=", page)
    assert len(re.findall("<script", page)) == len(re.findall("</script", page))
    assert page.count("<style>") == page.count("</style") > 1


def test_a_frame_has_the_scripts_of_the_site_and_no_text_ends_its_element():
    page = frame("trial", "</title><script>", "en", {"name": "</script><script>alert(1)</script>"}, {})
    assert "<script>alert" not in page
    assert "<h1>&lt;/title&gt;&lt;script&gt;</h1>" in page
    page = playground().page
    for path in ("engine/training", "engine/network", "playground/tool", "trainer"):
        assert (ASSETS / f"{path}.js").read_text(encoding="utf-8") in page


@pytest.mark.parametrize("missing", ["anywidget", "pandas"])
def test_without_its_extra_the_module_names_it(missing):
    code = f"import sys; sys.modules[{missing!r}] = None; import ontrial.widget"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stderr.splitlines()[-1] == (
        f'ModuleNotFoundError: ontrial.widget needs the extra "widget", but {missing} is not installed. '
        f"{machine.advice('widget')}"
    )
