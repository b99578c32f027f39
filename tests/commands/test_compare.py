"""Compare two results folders: the summary, its empty states, its exit codes and its errors."""

import copy
import json
import math
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from ontrial.__main__ import main
from ontrial.commands._changes import MAX_CONTEXTS, summary
from ontrial.report.summaries import comparison
from ontrial_judge.core import verdict_files
from ontrial_judge.core.verdict_files import VERSION

HASH, OTHER_HASH = "a" * 64, "b" * 64


def context(policy: str, estimate: float | None, outcome: str = "positive") -> dict:
    ends = (
        dict.fromkeys(("estimate", "low", "high"))
        if estimate is None
        else {"estimate": estimate, "low": estimate - 1, "high": estimate + 1}
    )
    censored = estimate is None or math.isinf(estimate)
    rest = {"n": 10, "unit": "points", "censored": censored, "detectable": None if censored else 1.5 + 1e-9}
    return {"policy": policy, "outcome": outcome, **ends, **rest}


def claim(id: str, *contexts: dict, verdict: str = "supported", hash: str = HASH) -> dict:
    verdict_without_contexts = {
        "id": id, "kind": "measured", "verdict": verdict, "hash": hash, "test_hash": HASH, "unit": "points",
        "looks": [10], "smallest_effect": 0.5,
    }  # fmt: skip
    return verdict_without_contexts | {"contexts": list(contexts)}


BEFORE = {
    "version": VERSION,
    "study": "tiny",
    "claims": [
        claim("small", context("fixed", 2.0), context("tuned", 0.123456789)),
        claim("deep", context("tuned", 4)),
    ],
}


def changed(**claims: dict | None) -> dict:
    """BEFORE with some of its claims replaced, added or (None) left out."""
    by_id = {claim["id"]: claim for claim in copy.deepcopy(BEFORE)["claims"]} | claims
    return {"version": VERSION, "study": "tiny", "claims": [claim for claim in by_id.values() if claim]}


def summary_of(after: dict) -> str:
    return summary(("tiny", "tiny"), comparison_of(BEFORE, after), [])


def comparison_of(before: dict, after: dict) -> list[comparison.Change]:
    return comparison.changes(verdict_files.decode(before), verdict_files.decode(after))


def test_nothing_moved_also_in_a_study_without_claims():
    assert summary_of(BEFORE) == (
        "## What changed in study tiny\n\nNo verdict moved: 2 verdicts and 3 contexts are the same.\n"
    )
    empty = {"version": VERSION, "study": "tiny", "claims": []}
    text = summary(("tiny", "tiny"), comparison_of(empty, empty), [])
    assert text.endswith("Neither side has verdicts to compare: no claims were tested.\n")


def test_differences_beyond_the_four_published_digits_are_ignored():
    noisy = changed(small=claim("small", context("fixed", 2.0000001), context("tuned", 0.1234567)))
    assert "No verdict moved" in summary_of(noisy)
    judged = {"version": VERSION, "study": "tiny", "claims": [claim("small", context("fixed", 12.3456))]}
    (rounded,) = comparison.published(verdict_files.decode(judged)).by_claim["small"].contexts
    assert rounded.effect.numbers == (12.35, 11.35, 13.35)
    assert rounded.detectable == 1.5


def test_effects_may_move_while_verdicts_stay():
    after = changed(small=claim("small", context("fixed", 2.25), context("tuned", 0.123456789)))
    assert summary_of(after).splitlines()[2:] == [
        "0 of 2 verdicts moved, 1 of 3 contexts. The verdicts are the same.",
        "",
        "### Effects",
        "",
        "| claim | context | before | after | shift |",
        "| --- | --- | --- | --- | --- |",
        "| `small` | `policy=fixed` | positive: 2.00 (1.00 to 3.00) points | positive: 2.25 (1.25 to 3.25) points"
        " | +0.250 (of interest: 0.500) |",
    ]


def test_a_moved_verdict_is_shown_with_its_outcomes():
    after = changed(small=claim("small", context("fixed", -2.0, "reversed"), context("tuned", 0.1), verdict="depends"))
    head = "**1 of 2 verdicts moved, 2 of 3 contexts.** The answer is the opposite in 1 context."
    assert summary_of(after).splitlines()[2] == head
    assert "| `small` | supported | depends |  | 1 of 2 |" in summary_of(after)
    assert "reversed: −2.00 (−3.00 to −1.00) points | −4.00 (of interest: 0.500) |" in summary_of(after)


def test_claims_that_are_new_removed_or_tried_in_another_way():
    fresh = claim("wide", context("tuned", 1.0), verdict="inconclusive")
    after = changed(deep=None, wide=fresh, small=claim("small", *BEFORE["claims"][0]["contexts"], hash=OTHER_HASH))
    assert summary_of(after).splitlines()[2:] == [
        "**3 of 3 verdicts moved, 2 of 4 contexts.**", "", "| claim | before | after | test | outcomes that moved |",
        "| --- | --- | --- | --- | --- |", "| `small` | supported | supported | test changed | 0 of 2 |",
        "| `wide` | – | inconclusive | new | 1 of 1 |", "| `deep` | supported | – | removed | 1 of 1 |",
    ]  # fmt: skip


def test_hostile_texts_stay_in_their_cell():
    hostile = "a|b`\n\n# <b>@all</b>"
    before, after = (
        {
            "version": VERSION,
            "study": hostile,
            "claims": [claim(hostile, context(hostile, estimate) | {"unit": hostile})],
        }
        for estimate in (1.0, 2.0)
    )
    text = summary((hostile, hostile), comparison_of(before, after), [])
    title, *_, row = text.splitlines()
    assert "<b>" not in title
    assert row.startswith("| `a\\|b'\\n\\n# <b>@all</b>` | `policy=a\\|b'")
    assert row.count("<b>") == 2  # within the two pieces of code


@pytest.mark.parametrize("lost", [None, math.inf])
def test_an_estimate_that_lost_its_bound_comes_first(lost):
    after = changed(
        small=claim("small", context("fixed", 90.0), context("tuned", 0.123456789)),
        deep=claim("deep", context("tuned", lost, "undecided")),
    )
    first = summary_of(after).split("| --- | --- | --- | --- | --- |\n")[1].splitlines()[0]
    assert first == (
        "| `deep` | `policy=tuned` | positive: 4.00 (3.00 to 5.00) points"
        " | undecided: no bound (no bound to no bound) points | – |"
    )


def test_a_long_list_says_how_many_are_left_out():
    many = [
        {"version": VERSION, "study": "tiny", "claims": [claim("c", *(context(f"p{i}", x + i) for i in range(50)))]}
        for x in (1, 2)
    ]
    text = summary(("tiny", "tiny"), comparison_of(*many))
    assert text.count("| `c` |") == MAX_CONTEXTS
    assert f"{50 - MAX_CONTEXTS} more contexts moved less." in text


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


class Run(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def compare(tmp_path, monkeypatch, capsys):
    """Return a function that runs the command in the folder of the test, in this process."""

    def run(*arguments: str) -> Run:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["ontrial", "compare", *arguments])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
        return Run(code, *capsys.readouterr())

    return run


def encoded(content: dict) -> dict:
    return verdict_files.encode(verdict_files.decode(content))


def test_infinity_is_read_as_it_is_written(tmp_path, compare):
    endless = {
        "version": VERSION,
        "study": "tiny",
        "claims": [claim("small", context("fixed", math.inf), context("tuned", -math.inf))],
    }
    for folder in ("before", "after"):
        write(tmp_path / folder / "verdicts.json", encoded(endless))
    assert '"-inf"' in (tmp_path / "before/verdicts.json").read_text(encoding="utf-8")
    assert "1 verdict and 2 contexts are the same." in compare("before", "after").stdout
    write(tmp_path / "after/verdicts.json", encoded(changed(deep=None)))
    assert "| `small` | `policy=fixed` | positive: no bound" in compare("before", "after").stdout


def test_the_exit_code_says_whether_a_verdict_moved(tmp_path, compare):
    write(tmp_path / "results/reference/tiny/verdicts.json", BEFORE)
    write(tmp_path / "results/tiny/verdicts.json", changed(deep=claim("deep", context("tuned", 5))))
    assert compare("results/reference", "results/tiny").returncode == 0
    write(tmp_path / "results/tiny/verdicts.json", changed(deep=claim("deep", context("tuned", 4), verdict="refuted")))
    assert compare("results/reference", "results/tiny").returncode == 1
    assert compare("results/reference/tiny", "results/tiny").returncode == 1
    assert compare("results/tiny", "results/tiny").returncode == 0


@pytest.mark.parametrize(("content", "message"), [
    (None, "results/tiny/verdicts.json: there is no such file. `snakemake --cores all` computes the results"),
    ("{", "results/tiny/verdicts.json: broken JSON."),
    ("[" * 100_000, "results/tiny/verdicts.json: broken JSON."),
    ([], "results/tiny/verdicts.json: top level: [] is not of type 'object'. It was not written by this version."),
    ({"version": VERSION, "study": "tiny"}, "top level: 'claims' is a required property."),
    ({"study": "tiny", "claims": []},
     "results/tiny/verdicts.json: these verdicts have version 1 and follow other rules than version 4, "
     "so they can't be compared. `snakemake --cores all` computes"),
    (changed(deep=claim("deep", verdict="guilty")), "claims[1].verdict: 'guilty' is not one of"),
    ({"version": "\x1b[2J\n::warning::", "claims": []}, r"these verdicts have version '\x1b[2J\n::warning::' and"),
])  # fmt: skip
def test_what_cannot_be_compared_is_reported_with_a_remedy(tmp_path, compare, content, message):
    write(tmp_path / "results/reference/tiny/verdicts.json", BEFORE)
    if content is not None:
        write(tmp_path / "results/tiny/verdicts.json", content)
    run = compare("results/reference", "results/tiny")
    assert run.returncode == 2
    assert message in run.stderr
    assert "Folders with verdicts: results/reference/tiny" in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""


TUNED = "experiment,hidden,learning_rate,mean\ngrid,16,0.5,90.1\ngrid,none,0.25,80\n"


def test_a_table_of_other_cells_counts_and_other_numbers_do_not(tmp_path, compare):
    for folder in ("results/reference/tiny", "results/tiny"):
        write(tmp_path / folder / "verdicts.json", BEFORE)
        write(tmp_path / folder / "tables/tuned.csv", TUNED)
    assert "### Tables" not in compare("results/reference", "results/tiny").stdout
    write(tmp_path / "results/tiny/tables/tuned.csv", TUNED.replace("80", "80.5"))
    run = compare("results/reference", "results/tiny")
    assert (run.returncode, "| `mean, line 3` | `80` | `80.5` |" in run.stdout) == (0, True)
    write(tmp_path / "results/tiny/tables/tuned.csv", TUNED.replace("none", "<script>|`"))
    run = compare("results/reference", "results/tiny")
    assert (run.returncode, "| `hidden, line 3` | `none` | `<script>\\|'` |" in run.stdout) == (1, True)


@pytest.fixture
def published(tmp_path, compare):
    """Two folders of equal published results, and a function that compares them."""
    folders = tmp_path / "base/results/reference", tmp_path / "results/reference"
    for folder in folders:
        write(folder / "tiny/verdicts.json", BEFORE)
        write(folder / "tiny/tables/tuned.csv", TUNED)
    return *folders, lambda: compare("base/results/reference", "results/reference")


def test_every_published_file_that_moved_is_listed(published):
    before, after, compare = published
    for folder in (before, after):
        write(folder / "benchmark.json", {"machine": {"processor": "A"}, "measured": [{"cells": 1, "jobs": 2}]})
    run = compare()
    assert (run.returncode, run.stdout) == (0, "## What changed in published results\n\nNo published file moved.\n")
    write(after / "benchmark.json", {"machine": {"processor": "A\n<b>"}, "measured": [{"cells": 1, "jobs": 3}]})
    write(after / "tiny/verdicts.json", changed(deep=None))
    write(after / "scale.csv", "part\nplan\n")
    run = compare()
    assert run.returncode == 1
    assert "**3 of 4 published files moved.**" in run.stdout
    assert "| `machine.processor` | `A` | `A\\n<b>` |\n| `measured[0].jobs` | `2` | `3` |" in run.stdout
    assert "| `part, line 2` | `None` | `plan` |" in run.stdout
    assert "| `claims[1].id` | `deep` | `None` |" in run.stdout
    assert " more places of this file differ." in run.stdout


def test_what_hides_in_a_published_file_is_found(published):
    _, after, compare = published
    for content in ({}, {"machine": None}):
        write(after / "benchmark.json", content)
        run = compare()
        assert (run.returncode, "**1 of 3 published files moved.**" in run.stdout) == (1, True)
    head, *rows = TUNED.splitlines()
    write(after / "tiny/tables/tuned.csv", "\n".join([f"mean,{head}", *(f"99,{row}" for row in rows)]))
    run = compare()
    assert run.returncode == 2
    assert 'tuned.csv: this is not a table: the column "mean" is there twice.' in run.stderr


def test_a_table_of_verdicts_must_repeat_the_verdicts(published):
    before, after, compare = published
    table = verdict_files.to_csv(verdict_files.decode(BEFORE))
    for folder in (before, after):
        write(folder / "tiny/verdicts.csv", table)
    assert compare().returncode == 0
    write(after / "tiny/verdicts.csv", table.replace("supported", "refuted", 1))
    run = compare()
    assert (run.returncode, "| `verdict, line 2` | `supported` | `refuted` |" in run.stdout) == (1, True)
    write(before / "tiny/verdicts.csv", table.replace("supported", "refuted", 1))  # it has been wrong before
    assert compare().returncode == 1
    (after / "tiny/verdicts.csv").unlink()
    assert compare().returncode == 1


def test_published_files_that_nobody_knows_are_listed(published):
    before, after, compare = published
    for folder in (before, after):
        write(folder / "tiny/notes.txt", "the same")
    assert compare().returncode == 0
    write(after / "tiny/index.html", "<script>")
    run = compare()
    assert (run.returncode, "| `tiny/index.html` | before | after |" in run.stdout) == (1, True)
    assert "| `unknown file, SHA-256` | `None` | `" in run.stdout


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("missing", "results/reference", "missing: there are no published results in this folder."),
        ("results/tiny", "results/reference", "results/tiny: there are no published results in this folder."),
        ("results", "results", "results: these are results of studies. Name the folder of one, or published results."),
        ("missing", "results/tiny", "missing/verdicts.json: there is no such file."),
        ("results/tiny", "missing", "missing/verdicts.json: there is no such file."),
        ("results/tiny", "linked", "linked/timing: this is a link"),
        ("linked", "results/tiny", "linked/timing: this is a link"),
    ],
)
def test_folders_without_results_are_refused(tmp_path, compare, before, after, message):
    for folder in ("results/tiny", "results/reference/tiny", "linked"):
        write(tmp_path / folder / "verdicts.json", BEFORE)
    write(tmp_path / "results/tiny/study.json", {})
    (tmp_path / "linked/timing").symlink_to(tmp_path / "results/tiny")
    run = compare(before, after)
    assert (run.returncode, run.stdout) == (2, "")
    assert message in run.stderr


@pytest.mark.parametrize(
    ("key", "number"), [("estimate", 1e31), ("low", -1e31), ("high", 1e308), ("detectable", 1e31), ("policy", -1e31)]
)
def test_verdicts_with_absurd_numbers_are_refused(tmp_path, compare, key, number):
    write(tmp_path / "before/verdicts.json", BEFORE)
    write(tmp_path / "after/verdicts.json", changed(deep=claim("deep", context("tuned", 4) | {key: number})))
    run = compare("before", "after")
    assert (run.returncode, f"claims[1].contexts[0].{key}: " in run.stderr) == (2, True)


def test_a_bug_is_not_read_as_a_verdict_that_moved(tmp_path, compare, monkeypatch):
    for folder in ("before", "after"):
        write(tmp_path / folder / "verdicts.json", BEFORE)
    monkeypatch.setattr("ontrial.commands.compare.summary", None)
    assert compare("before", "after").returncode == 70
