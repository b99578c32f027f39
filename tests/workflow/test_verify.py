"""A study gives the same bytes whatever the cores, hash seed, time zone, locale and folder."""

import functools

import pytest
from support.messages import message_of
from support.project import ROOT, active, python

from ontrial.commands import verify
from ontrial.errors import InputError
from ontrial.storage import workflow

SMOKE = "results/smoke"


@pytest.mark.slow
def test_a_second_run_under_other_circumstances_has_the_same_bytes(smoke, tmp_path, monkeypatch):
    monkeypatch.setattr(verify.shipped, "SNAKEFILE", smoke / "workflow/Snakefile")
    variables = active(smoke)
    monkeypatch.setattr(workflow.machine, "environment", lambda: variables)
    start = functools.partial(workflow.run, python=(python(smoke), "-P"))
    monkeypatch.setattr(workflow, "run", start)
    verify.second_run(str(smoke / "config/smoke.yaml"), tmp_path / "the second", smoke / SMOKE)
    first, second = (verify.digests(folder / SMOKE) for folder in (smoke, tmp_path / "the second"))
    assert verify.differing(first, second) == []
    kinds = {path.split("/")[0] for path in first}
    assert kinds >= {
        "study.json", "runs", "tables", "verdicts.json", "verdicts.csv", "figures", "timing", "pages", "site",
    }  # fmt: skip


@pytest.mark.long
def test_two_runs_of_the_default_study_have_the_same_bytes(capsys):
    verify.verify(str(ROOT / "config/config.yaml"))
    assert "files have the same bytes in two runs" in capsys.readouterr().out


@pytest.fixture
def simulated(monkeypatch):
    """Replace runs by ones that write files. Return a dictionary: path → content as a function of the cores."""
    content = {}

    def run(study_file, folder, cores, variables, *targets, trust_code=False):
        results = folder / "results/smoke"
        for name, make in content.items():
            (results / name).parent.mkdir(parents=True, exist_ok=True)
            if not (results / name).exists():  # as the workflow does
                (results / name).write_text(make(cores))

    monkeypatch.setattr(verify, "run", run)
    return content


def test_files_that_differ_or_are_missing_are_listed(simulated):
    simulated |= {"verdicts.json": str, "tables/runs.csv": lambda cores: "same", "site/a.html": str}
    assert message_of(verify.verify, str(ROOT / "config/smoke.yaml")).splitlines() == [
        "Study smoke: 2 files differ between two runs:",
        "site/a.html",
        "verdicts.json",
    ]
    assert verify.differing({"a": "1", "b": "2"}, {"a": "1", "c": "2"}) == ["b", "c"]


def test_files_that_may_differ_are_listed_with_the_reason(simulated, capsys):
    simulated |= {
        "logs/train/x.log": str,
        "benchmarks/draw.tsv": str,
        "provenance.json": str,
        "study.json": lambda _: "",
    }
    verify.verify(str(ROOT / "config/smoke.yaml"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Study smoke: 1 files have the same bytes in two runs. These may differ:"
    assert "  logs/*                what each job said" in lines
    assert len(lines) == 1 + len(verify.reasons_by_pattern())


def test_the_output_of_a_failed_run_is_shown(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("study: [")
    with pytest.raises(InputError, match=r"the run failed:\n(.*\n)*.*Nothing was started"):
        verify.run(str(broken), tmp_path / "run", *verify.FIRST)
