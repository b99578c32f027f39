"""What the page "Use it elsewhere" gives to copy. test_embed.py shows its frame in a browser."""

import argparse
import json
import re
import shlex
import subprocess
import sys

import pandas as pd
from support.project import ROOT

from ontrial.commands import judge

PAGE = (ROOT / "docs/en/elsewhere.md").read_text(encoding="utf-8")  # in the other language, code is the same
SITE = "https://SITE"


def snippet(language: str) -> str:
    """Return the first code of a language on the page."""
    return re.search(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[1]


def test_the_page_leads_with_three_snippets():
    before_headings = PAGE.partition("\n## ")[0]
    assert re.findall(r"^```(\w+)$", before_headings, re.MULTILINE) == ["html", "sh", "python"]


def test_the_command_judges_a_table_of_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ahead = {"adam": 2, "sgd": 0}
    rows = [
        (name, seed, 90 + seed / 10 + lead + lead * (seed % 3) / 10)
        for name, lead in ahead.items()
        for seed in range(8)
    ]
    pd.DataFrame(rows, columns=["optimiser", "seed", "accuracy"]).to_csv("runs.csv", index=False)
    _, command, *words = shlex.split(snippet("sh"))
    assert command == "judge"
    parser = argparse.ArgumentParser()
    judge.add_arguments(parser)
    options = vars(parser.parse_args(words))
    options.pop("input_error_code")
    options.pop("function")(**options)
    assert "Supported" in capsys.readouterr().out


def test_the_verdicts_are_read_in_python(smoke_site, served):
    code = snippet("python").replace(SITE, served(smoke_site))
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    claims = json.loads((smoke_site / "verdicts/claims.json").read_text(encoding="utf-8"))["claims"]
    assert run.stdout.splitlines() == [f"{claim['verdict']}: {claim['statement']['en']}" for claim in claims]
