"""The judge of the page against that of the command: the same verdict in the same words, or none."""

import json
import re
import subprocess
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import judged
from support.project import ROOT
from support.scripts import ASSETS

from ontrial.report.pages.judgements.report import report
from ontrial.runs import phrases
from ontrial_book.teaching import pages_judging

RULES, *FIXTURES = map(json.loads, (ROOT / "tests/scripts/judgements.jsonl").read_text(encoding="utf-8").splitlines())


def on_page(cases: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """Return what the page says of tables and questions."""
    words = pages_judging.words(phrases(language))
    tasks = [{"table": each["table"], "question": each["question"], "words": words} for each in cases]
    script = ROOT / "tests/scripts/run_judge.js"
    text = json.dumps({"rules": pages_judging.rules(), "cases": tasks})
    process = subprocess.run(["node", script], input=text, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


def differences(case: dict[str, Any], found: dict[str, Any], language: str) -> list[str]:
    """Return in what the page says something else than the command of a table that the command judges."""
    expected = report(judged.judge(case["table"], case["asked"]), phrases(language))
    texts = found.pop("texts")
    said = {
        "sentence": (expected.sentence, texts["sentence"]),
        "heads": (expected.heads[:-1], texts["heads"]),  # all but the noise floor
        "rows": ([row[:-1] for row in expected.rows], texts["rows"]),
        "arms": ([expected.arm_heads, *expected.arms], [texts["armHeads"], *texts["arms"]]),
        "numbers": (True, judged.is_close(judged.described(case["table"], case["asked"]), found)),
        "notes": (True, set(texts["notes"]) <= set(expected.notes)),
    }
    if language == "en":  # the command gives the reason for what is left out in English alone
        said["doubts"] = (expected.doubts, texts["doubts"])
        said["ways"] = tuple(
            [note for note in notes if "on average" in note] for notes in (expected.notes, texts["notes"])
        )
    return [f"{part}: {one} is not {other}" for part, (one, other) in said.items() if one != other]


def test_the_fixtures_are_what_the_judge_says():
    """If this fails on purpose, write them again: see tests/support/judged.py."""
    assert judged.is_close([RULES, *FIXTURES], json.loads(json.dumps([*judged.fixtures()])))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_says_what_the_command_says(language):
    for case, found in zip(FIXTURES, on_page(FIXTURES, language), strict=True):
        assert ("refused" in found) == ("refused" in case), case["name"]
        if "refused" not in case:
            assert differences(case, found, language) == [], case["name"]


def test_every_text_of_the_page_is_there():
    scripts = "".join(path.read_text(encoding="utf-8") for path in (ASSETS / "judge").glob("*.js"))
    calls = r'(?:refuseIf\([^;]*?|new Refusal\(|say\(|menu\(|boxes\()"([^"]+)"'
    used = set(re.findall(calls, scripts)) - {"log2"}
    words = pages_judging.words(phrases())
    assert len(used) > 30
    assert {term for term in used if f"judge page {term}" not in words} == set()


def test_the_page_judges_no_table_that_the_command_refuses():
    cases = [random_case(seed) for seed in range(60)]
    counts = {"judged": 0, "refused": 0}
    for case, found in zip(cases, on_page(cases, "en"), strict=True):
        expected = judged.described(case["table"], case["asked"])
        counts["refused" if "refused" in expected else "judged"] += 1
        assert ("refused" in found) == ("refused" in expected), (case["asked"], found.get("refused"))
        if "refused" not in found:
            assert differences(case, found, "en") == [], case["asked"]
    assert min(counts.values()) > 10


def random_case(seed: int) -> dict[str, Any]:
    """Return a table of some form, with faults, and a question that it may not answer."""
    random = np.random.default_rng(seed)

    def maybe(share: float) -> bool:
        return random.uniform() < share

    forms = {
        "normal": lambda lead, n: random.normal(90 + lead, 1, n).round(3),
        "skewed": lambda lead, n: (90 + lead - random.lognormal(0, 1, n)).round(3),
        "ties": lambda lead, n: np.where(random.uniform(size=n) < 0.8, 90.0, 92.0 + lead),
        "steps": lambda lead, n: np.round(random.normal(90 + lead, 2, n) * 4) / 4,
        "collapses": lambda lead, n: np.where(random.uniform(size=n) < 0.15, 12, random.normal(90 + lead, 1, n)).round(
            2
        ),
        "shares": lambda lead, n: (random.normal(90 + lead, 1, n) / 100).round(4).clip(0, 1),
        "factors": lambda lead, n: random.lognormal(lead / 4, 0.3, n).round(4),
    }
    form = forms[random.choice(list(forms))]
    n, contexts = int(random.integers(3, 26)), int(random.integers(1, 4))
    leads = [float(random.choice([0, 0.5, 1, 2, -2])) for _ in range(contexts)]
    parts = [judged.rows(form(lead, n), form(0, max(n - maybe(0.3), 2)), depth=i) for i, lead in enumerate(leads)]
    table = pd.concat(parts, ignore_index=True).astype({"accuracy": str})
    effect = random.choice(["1 point", "0.5 points", "1", "factor 1.1", "0.02"])
    asked = {"metric": "accuracy", "compare": {"arm": ["new", "old"]}, "smallest_effect": str(effect)}
    asked |= {"pair": ["seed"] if maybe(0.6) else [], "contexts": ["depth"] if contexts > 1 else []}
    asked |= {"lower_is_better": True} if maybe(0.3) else {}
    asked |= {"failed": str(random.choice(["drop", "worst=10", "worst=0.1"]))} if maybe(0.35) else {}
    if maybe(0.25):
        table.loc[random.integers(len(table), size=2), "accuracy"] = random.choice(["", "nan", "inf", "x", " 90.5"])
    if maybe(0.2):
        table = table.drop(index=random.choice(len(table), 2, replace=False))
    if maybe(0.15):
        table["lr"] = np.where(table["arm"] == "new", 0.1, 0.01)
    if maybe(0.1):
        table["state"] = ["finished"] * (len(table) - 1) + ["failed"]
    if maybe(0.1):
        table["run_id"] = np.arange(len(table)) % (len(table) - 1)
    if maybe(0.1):
        table["epochs"] = random.integers(1, 20, len(table))
    if maybe(0.15):
        table = table.rename(columns={"accuracy": "summary.accuracy", "arm": "config.arm"})
    return {"table": table.to_csv(index=False), "asked": asked, "question": judged.of_page(asked)}
