"""`ontrial judge`: what it prints, its files, its exit codes, and the questions that it refuses."""

import argparse
import base64
import contextlib
import hashlib
import json
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from support.messages import message_of

from ontrial.commands import judge
from ontrial.judge.ledger import Ledger, encode
from ontrial.storage import process
from ontrial.study.schema_files import load_schema
from ontrial_judge.core.verdict_files import decode
from ontrial_judge.core.verdicts import Conclusion

QUESTION = [
    *("--metric", "accuracy", "--compare", "optimiser=adam,sgd", "--pair", "seed"),
    *("--contexts", "dataset", "--smallest-effect", "0.5 points"),
]
MOST_MODULES = {"--help": 20, "My runs.csv": 60}  # of this package, for a part of the command


@pytest.fixture
def table(tmp_path, monkeypatch) -> str:
    """A file of runs with 10 seeds: adam leads by 2 points on one data set; on the other, a run is missing."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(1)
    rows = [
        {"config.optimiser": optimiser, "seed": seed, "dataset": dataset, "accuracy": 90 + lead * (optimiser == "adam")}
        for dataset, lead in (("[red]moons", 2.0), ("digits", 0.1))
        for seed in range(10)
        for optimiser in ("adam", "sgd")
    ]
    runs = pd.DataFrame(rows[:-1])
    runs["accuracy"] += random.normal(size=len(runs)) / 20
    runs.to_csv("My runs.csv", index=False)
    return "My runs.csv"


def run(*words: str) -> None:
    """Run the subcommand with these words of a command line."""
    parser = argparse.ArgumentParser()
    judge.add_arguments(parser)
    options = vars(parser.parse_args(words))
    assert options.pop("input_error_code") == 2
    options.pop("function")(**options)


@pytest.mark.parametrize("words", [["--help"], ["My runs.csv", *QUESTION, "--json"]])
def test_it_imports_no_more_than_it_needs(table, words):
    absent = ["jsonschema_rs", "matplotlib", "mkdocs", "openpyxl", "pyarrow", "snakemake", "yte"]
    if words == ["--help"]:
        absent += ["jinja2", "numpy", "pandas", "rich", "scipy", "yaml"]
    code = f"""import sys
for name in {absent}:
    sys.modules[name] = None
sys.argv[1:] = {["judge", *words]}
from ontrial.__main__ import main
try:
    main()
finally:
    print(*sorted(name for name in sys.modules if name.startswith("ontrial")), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = done.stderr.split("\n")[-2].split()
    assert "ontrial.commands.judge" in loaded
    assert len(loaded) <= MOST_MODULES[words[0]], loaded


def test_it_prints_what_it_uses_and_then_the_verdict(table, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    run(table, *QUESTION)
    printed = capsys.readouterr().out.replace("\xa0", " ")
    used, verdict = printed.split("┏")
    assert "table           My runs.csv" in used
    assert max(map(len, used.splitlines())) <= 80  # a hash is in one line
    assert "optimiser (column config.optimiser): adam with sgd" in used
    assert "20 with adam and 19 with sgd" in used
    assert "[red]moons" in verdict
    assert "as claimed, by at least 0.5 points" in verdict
    assert "Depends: accuracy is higher with optimiser adam than with optimiser sgd, by 0.5 points or more" in verdict
    assert "Left out, because a run of the pair is missing: 1. dataset=digits; seed=9 (no run of sgd)." in verdict


def test_a_quiet_judge_prints_the_verdict_alone(table, capsys):
    run(table, *QUESTION, "--quiet")
    assert re.fullmatch(r"Depends: [^\n]*\n", capsys.readouterr().out.replace("\xa0", " "))


def several(capsys, *words: str) -> str:
    """Return what is said of three changes against one arm, over tasks of three seeds."""
    random = np.random.default_rng(1)
    leads = {"up": 3.0, "same": 0.0, "down": -3.0, "base": 0.0}
    runs = [
        {"arm": arm, "task": f"t{task}", "seed": seed, "accuracy": 80 + task + lead + random.normal() / 4}
        for arm, lead in leads.items()
        for task in range(12)
        for seed in range(3)
    ]
    pd.DataFrame(runs).to_csv("tasks.csv", index=False)
    asked = ["tasks.csv", "--metric", "accuracy", "--compare", "arm=up,same,down", "--against", "base", "--unpaired"]
    run(*asked, "--smallest-effect", "0.5 points", *words)
    return capsys.readouterr().out.replace("\xa0", " ")


def test_several_changes_are_named_with_what_is_certain_of_each(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    verdict = (
        "3 changes against base: up: as claimed, by at least 0.5 points; same: less than 0.5 points in either "
        "direction; down: in the opposite direction, by at least 0.5 points. They share the error"
    )
    assert several(capsys, "--over", "task", "--quiet").startswith(verdict)
    printed = several(capsys, "--over", "task", "--html", "verdict.html")
    assert "compared        arm: up, same, down with base" in printed
    assert "metric          accuracy, higher is better" in printed
    assert "36 with up, 36 with base, 36 with same, 36 with down, in per cent" in printed
    assert "not judged" not in printed
    assert verdict in printed
    assert "typical run" not in printed
    assert "as asked" not in printed
    assert "(98.3%: " in printed
    assert "same: Intervals of 96.7% are those of two one-sided tests" in printed
    html = Path("verdict.html").read_text(encoding="utf-8")
    svg = base64.b64decode(re.search(r'<img src="data:image/svg\+xml;base64,([^"]*)"', html)[1]).decode()
    assert [text in svg for text in ("arm=up", "arm=same", "arm=down", "← base: higher", "base: lower →")] == 5 * [True]


def test_contexts_with_too_few_runs_are_refused_once_with_the_remedy(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert message_of(several, capsys, "--contexts", "task") == (
        "arm=up, arm=same, arm=down: task=t0, task=t1, task=t10, task=t11, task=t2 and 7 more: 3 and 3 runs are too "
        "few for any outcome. 4 of each arm would do. For one effect over all contexts, say --over task in place of "
        "--contexts."
    )


def test_no_direction_is_printed_before_it_is_asked_for(table, capsys):
    pd.read_csv(table).rename(columns={"accuracy": "loss"}).to_csv(table, index=False)
    words = [word.replace("accuracy", "loss").replace("0.5 points", "0.5") for word in QUESTION]
    assert "is a lower number better?" in message_of(run, table, *words)
    assert re.search(r"^metric +loss *$", capsys.readouterr().out, re.MULTILINE)


def test_what_is_used_is_printed_before_values_are_refused(table, capsys):
    runs = pd.read_csv(table)
    runs["accuracy"] = "lost"
    runs.to_csv(table, index=False)
    assert 'row 1: "accuracy" is "lost"' in message_of(run, table, *QUESTION)
    printed = capsys.readouterr().out
    assert "optimiser (column config.optimiser): adam with sgd" in printed
    assert "judged" not in printed


@pytest.mark.parametrize(("rule", "fate"), [("drop", "left out"), ("worst=0", "counted as 0")])
def test_failed_runs_are_counted_by_arm(table, capsys, rule, fate):
    runs = pd.read_csv(table)
    runs.loc[0, "accuracy"] = np.nan
    runs.to_csv(table, index=False)
    run(table, *QUESTION, "--failed", rule, "--html", "verdict.html")
    assert f"1 with adam, {fate}" in capsys.readouterr().out
    assert f"1 with adam, {fate}" in Path("verdict.html").read_text(encoding="utf-8")


def test_json_is_in_the_form_of_verdicts(table, capsys):
    run(table, *QUESTION, "--json")
    printed = capsys.readouterr()
    content = json.loads(printed.out)
    schema = deepcopy(load_schema("verdicts"))
    del schema["$defs"]["axis"]["enum"]  # the axes of a table have any names
    schema["$defs"]["context"]["additionalProperties"].pop("pattern")
    Draft202012Validator(schema).validate(content)
    assert content["table"] == {"doubts": [], "arms_differ_in": {}}
    (verdict,) = decode(content).claims
    assert (content["study"], verdict.claim, verdict.conclusion) == ("my-runs", "optimiser-adam-over-sgd", "depends")
    assert [context.n for context in verdict.contexts] == [10, 9]
    assert "Depends:" in printed.err


@pytest.mark.parametrize("required", judge.REQUIRABLE)
def test_the_exit_code_says_whether_the_verdict_is_the_required_one(table, capsys, required):
    if required == Conclusion.DEPENDS:
        run(table, *QUESTION, "--require", required)
        return
    with pytest.raises(SystemExit) as end:
        run(table, *QUESTION, "--require", required)
    assert end.value.code == 1
    assert f"The verdict is depends, and {required} is required." in capsys.readouterr().err


def test_a_question_is_saved_before_there_are_runs_and_asked_later(table, capsys):
    run(*QUESTION, "--save", "claim.yaml")
    saved = capsys.readouterr().out
    run(table, "--claim", "claim.yaml", "--json")
    asked = json.loads(capsys.readouterr().out)
    run(table, *QUESTION, "--json")
    assert json.loads(capsys.readouterr().out) == asked
    assert asked["claims"][0]["hash"] in saved
    run(*QUESTION, "--save", "claim.yaml")
    assert "claim.yaml: the file has another question." in message_of(
        run, *QUESTION, "--lower-is-better", "--save", "claim.yaml"
    )
    run(table, "--claim", "claim.yaml", "--json")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["My runs.csv", "--save", "claim.yaml", *QUESTION], "a question is saved before its runs arrive"),
        ([*QUESTION, "--metric", "latency_ms", "--save", "claim.yaml"], '"latency_ms": is a lower number better?'),
        (["My runs.csv", "--claim", "claim.yaml", "--metric", "loss"], "has the whole question, and its hash says"),
        (QUESTION, "Name a table of runs, or - for standard input."),
        (["My runs.csv", *QUESTION, "--unpaired"], "--pair and --unpaired contradict each other. Use one of them."),
        (["My runs.csv", "--metric", "accuracy"], "Name what both runs of a pair share"),
        (["My runs.csv", "--pair", "seed"], "The question lacks --metric, --compare, --smallest-effect."),
        (
            ["My runs.csv", "--target", "accuracy >= 90", "--compare", "optimiser=adam", "--run", "seed"],
            "run names the columns that identify a run, and last that of its steps. Write both.",
        ),
        (["no.csv", *QUESTION], "no.csv: there is no such file."),
        (["My runs.csv", "--claim", "no.yaml"], "no.yaml: there is no such file."),
    ],
)
def test_what_the_question_lacks_is_named(table, words, message):
    assert message in message_of(run, *words)


def test_a_question_is_not_read_through_a_link_out_of_the_working_folder(table, tmp_path_factory):
    private = tmp_path_factory.mktemp("private") / "token"
    private.write_text("a secret")
    Path("claim.yaml").symlink_to(private)
    message = message_of(run, table, "--claim", "claim.yaml")
    assert "claim.yaml: a link leads out of the working folder." in message
    assert "secret" not in message


def test_conditions_are_written_with_signs():
    where = ("--where", "dataset=[red]moons,digits", "--where", "seed>=2", "--where", "seed<=8", "--where", "seed!=5")
    parsed = [judge._condition_of(text) for text in where[1::2]]
    assert judge._merged(parsed) == {
        "dataset": ["[red]moons", "digits"],
        "seed": {"at_least": 2.0, "at_most": 8.0, "not": ["5"]},
    }
    assert judge._condition_of("a=b") == ("a", "b")
    assert 'names "a" twice' in message_of(judge._merged, [("a", "b"), ("a", {"not": ["c"]})])
    for text in ("a", "a>=b", "=b"):
        with pytest.raises(argparse.ArgumentTypeError):
            judge._condition_of(text)


def test_items_with_commas_are_in_quotes(table):
    assert judge.split('"[32,32]",  64') == ["[32,32]", "64"]


def formats(capsys, table: pd.DataFrame, *words: str) -> dict[str, str]:
    """Return what the subcommand says of a table in each format, by its name."""
    table.to_csv("table.csv", index=False)
    question = [
        "table.csv",
        "--metric",
        "accuracy",
        "--compare",
        "optimiser=adam,sgd",
        "--smallest-effect",
        "50",
        *words,
    ]
    found = {}
    for name in ("json", "markdown"):
        run(*question, f"--{name}", "--html", "verdict.html")
        printed = capsys.readouterr()
        found |= {name: printed.out, "terminal": printed.err}
    found["html"] = Path("verdict.html").read_text(encoding="utf-8")
    return {name: " ".join(text.replace("\xa0", " ").split()) for name, text in found.items()}


@pytest.mark.parametrize(("pairs", "collapsed"), [(("--pair", "seed"), 1), (("--unpaired",), 2)])
def test_each_format_says_that_an_arm_collapses_and_what_the_mean_is(tmp_path, monkeypatch, capsys, pairs, collapsed):
    monkeypatch.chdir(tmp_path)
    rows = [  # as two of ten runs of a walker
        {"optimiser": optimiser, "seed": seed, "lr": lr, "accuracy": 955.5 + 3 * ((7 * seed + shift) % 10)}
        for optimiser, shift, lr in (("adam", 0, 0.1), ("sgd", 3, 0.01))
        for seed in range(10)
    ]
    table = pd.DataFrame(rows)
    table.loc[[14, 17][:collapsed], "accuracy"] = [29.25, 24.5][:collapsed]
    said = formats(capsys, table, *pairs)
    (context,) = json.loads(said["json"])["claims"][0]["contexts"]
    assert context["outcome"] == "undecided"
    assert {each["way"]: each["outcome"] for each in context["alternatives"]}["typical"] == "negligible"
    assert json.loads(said["json"])["table"]["arms_differ_in"] == {"lr": {"adam": ["0.1"], "sgd": ["0.01"]}}
    del said["json"]
    for text in said.values():
        assert "The arms also differ in: lr (0.1; 0.01)." in text
        assert "in the typical run less than 50" in text
        assert re.search(r"on average (undecided, )?(9|18)\d", text)
        assert f"{collapsed} of 10 runs of sgd ended at 29.25 or below" in text
        assert text.index("also differ") < text.rindex("Inconclusive")


def test_each_format_gives_the_interval_that_decided_with_its_level_and_counts_ties(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    base = 900 + np.arange(100.0) % 10
    rows = {"optimiser": np.repeat(["adam", "sgd"], 100), "seed": np.tile(np.arange(100), 2)}
    ties = np.where(np.arange(100) % 6 == 0, 5.0, 0.0)
    said = formats(capsys, pd.DataFrame(rows | {"accuracy": np.concatenate([base + ties, base])}), "--pair", "seed")
    assert json.loads(said.pop("json"))["claims"][0]["contexts"][0]["level"] == 0.9
    for text in said.values():
        assert "83 of 100 pairs are equal" in text
        assert "90% interval" in text
        assert "(90%: " in text


TRY = ["--metric", "accuracy", "--compare", "optimiser=adam,sgd", "--pair", "seed", "--smallest-effect", "0.5 points"]
BETTER, LUCK = ("--where", "dataset=[red]moons"), ("--where", "dataset=digits")


def judged_in(ledger: str, capsys, *words: str) -> str:
    run("My runs.csv", *TRY, "--ledger", ledger, *words)
    return " ".join(capsys.readouterr().out.split())


def test_a_ledger_keeps_tries_and_says_what_is_left(table, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    first = judged_in("tries.jsonl", capsys, *LUCK)
    assert "94.1% interval" in first  # the one that decided
    assert "Ledger: try 1 of 1, not kept, which costs 1.46%." in first
    assert (
        "Error spent: 1.46% of 5%; 3.54% left. In the next try, a paired change needs 8 pairs or more to be kept."
        in first
    )
    assert "Kept: none of 1." in first
    second = judged_in("tries.jsonl", capsys, *BETTER)
    assert "Ledger: try 2 of 2, kept, which costs nothing. Error spent: 1.46% of 5%" in second
    assert "Kept: 1 of 2. The chance that any of them is not such an improvement is at most 5%." in second
    assert "accuracy is higher with optimiser adam than with optimiser sgd (try 2)." in second
    run("My runs.csv", *TRY, *LUCK, "--ledger", "tries.jsonl", "--json")
    level = pytest.approx(0.0146447, rel=1e-5)
    assert json.loads(capsys.readouterr().out)["ledger"] == {
        **{"try": 1, "tries": 2, "kept": False, "level": level, "spent": level},
        **{"total_error": 0.05, "total_spent": level, "left": pytest.approx(0.0353553, rel=1e-5)},
        "hash": hashlib.sha256(Path("tries.jsonl").read_bytes().splitlines()[-1]).hexdigest()[:16],
    }


def test_the_same_question_on_the_same_runs_costs_nothing_again(table, capsys, tmp_path):
    first = judged_in("tries.jsonl", capsys, *LUCK)
    before = (tmp_path / "tries.jsonl").read_bytes()
    pd.read_csv(table).iloc[::-1].to_csv(table, index=False)  # the same runs in another order
    assert judged_in("tries.jsonl", capsys, *LUCK) == first
    assert (tmp_path / "tries.jsonl").read_bytes() == before


def test_a_try_with_too_few_pairs_for_its_level_is_refused_and_costs_nothing(table, tmp_path):
    pd.read_csv(table)[:10].to_csv(table, index=False)
    assert "too few pairs for any outcome: 5" in message_of(run, table, *TRY, *BETTER, "--ledger", "tries.jsonl")
    assert (tmp_path / "tries.jsonl").read_bytes() == b""


HOSTILE = "::error file=a.py,line=1::x"  # at the start of a line, a log of GitHub takes it for a command
BREAKS = ("\n", "x" * 70 + " ")


@pytest.mark.parametrize("n", [2, 10])  # too few pairs, and enough
@pytest.mark.parametrize("break_", BREAKS)
@pytest.mark.parametrize("column", ["optimiser", "dataset", "seed", "accuracy"])
def test_no_value_of_a_table_or_ledger_commands_a_log(tmp_path, monkeypatch, capfd, column, break_, n):
    monkeypatch.chdir(tmp_path)
    hostile = f"{break_}{HOSTILE} ##[add-mask]a @octocat http://evil.example www.evil.example"
    arms = ("adam" + hostile if column == "optimiser" else "adam", "sgd")
    runs = pd.DataFrame(
        [
            {"optimiser": arm, "dataset": "a", "seed": seed, "accuracy": 90 + seed / 7 + len(arm) / 999}
            for seed in range(n)
            for arm in arms
        ]
    ).astype(object)
    if column == "seed":
        runs["seed"] = runs["seed"].astype(str) + hostile
    elif column != "optimiser":
        runs.loc[runs.index[n > 1 and column == "accuracy" :], column] = hostile
    runs.to_csv("runs.csv", index=False)
    question = {
        **{"metric": "accuracy", "compare": ("optimiser", '"{}","{}"'.format(*arms)), "pair": ["seed"]},
        **{"contexts": ["dataset"], "smallest_effect": "1 point"},
    }
    ledger = tmp_path / "tries.jsonl"
    forged = Ledger(0.05).add(HOSTILE, "c", "d", Conclusion.SUPPORTED).add(hostile, "c", "e", Conclusion.SUPPORTED)
    ledger.write_text("".join(f"{line}\n" for line in encode(forged)))
    rest = dict.fromkeys(("save", "claim", "total_error", "html", "verdicts", "require", "against", "target")) | {
        "ledger": ledger
    }
    with contextlib.suppress(SystemExit):
        flags = {"json": False, "markdown": True, "quiet": False}
        process.call(judge.judge, {"table": "runs.csv", **flags, **question, **rest})
    printed = capfd.readouterr()
    lines = (printed.out + printed.err).splitlines()
    assert (column, n) == ("seed", 2) or any("error file" in line or ".example" in line for line in lines)
    assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
    assert not re.search(r"@octocat|http://|www\.", printed.out)
    assert "&#60;&#33;-- --" not in printed.out  # the comment that breaks them is one


def test_a_total_error_is_declared_once_and_for_a_ledger(table, capsys):
    judged_in("tries.jsonl", capsys, *BETTER, "--total-error", "0.1")
    again = (table, *TRY, *LUCK, "--total-error", "0.05")
    assert "total error of 0.1, not 0.05" in message_of(run, *again, "--ledger", "tries.jsonl")
    assert "--ledger tries.jsonl" in message_of(run, *again)
    with pytest.raises(SystemExit):
        run(*again[:-1], "0.5", "--ledger", "tries.jsonl")
    assert '"0.5" is not between 0 and 0.5' in capsys.readouterr().err
