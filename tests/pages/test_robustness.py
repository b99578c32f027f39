"""A study under other circumstances: what is compared, how they are brought about, what pages say of it."""

import json
import math
import os
import subprocess
import sys

import pandas as pd
import pytest
from support.pages import VERDICTS, context, sources_of, verdict, with_findings
from support.project import ROOT

from benchmarks import circumstances
from benchmarks.circumstances import CIRCUMSTANCES, Circumstance, compare_verdicts, count_moved_runs
from ontrial.errors import InputError
from ontrial.judge.records import Verdicts
from ontrial.report.pages.page import Page
from ontrial.report.pages.studies.robustness import Circumstances, sentences
from ontrial.report.site.templates import render
from ontrial.steps import collect
from ontrial.storage import machine, versions
from ontrial.study import configuration

SMOKE = str(ROOT / "config/smoke.yaml")


def verdicts(conclusion: str, *found: tuple[str, float | None]) -> Verdicts:
    contexts = (
        context(outcome, {"policy": policy}, estimate=math.nan if estimate is None else estimate)
        for policy, (outcome, estimate) in zip(("fixed", "linear", "tuned"), found, strict=False)
    )
    return Verdicts("tiny", (verdict("small", conclusion, *contexts), VERDICTS["usual"]))


BEFORE = verdicts("inconclusive", ("positive", 1.5), ("undecided", 0.5), ("undecided", None))
AFTER = verdicts("supported", ("positive", 1.25), ("positive", 1.0), ("undecided", 3.0))


def test_a_claim_is_compared_context_by_context_and_one_without_contexts_is_left_out():
    assert compare_verdicts(BEFORE, AFTER) == [
        {
            "claim": "small",
            "kind": "measured",
            "verdict": "supported",
            "verdict_before": "inconclusive",
            "contexts": 3,
            "contexts_moved": 1,
            "contexts_opposite": 0,
            "contexts_open": 1,
            "moved": "policy=linear: undecided → positive",
            "largest_change": 0.5,  # the third context had no estimate before
            "unit": "points",
            "smallest_effect": 1.0,
        }
    ]
    (still,) = compare_verdicts(BEFORE, BEFORE)
    assert (still["contexts_moved"], still["moved"], still["largest_change"]) == (0, "", 0.0)


def test_a_run_moved_if_any_digit_differs_but_not_if_both_are_missing():
    before = pd.DataFrame({"seed": [1, 2, 3, 4], "test_loss": [0.5, 0.25, None, None], "hidden": ["16"] * 4})
    after = before.assign(test_loss=[0.5, 0.25000001, None, 0.125])
    assert count_moved_runs(before, after) == 2
    assert count_moved_runs(before, before) == 0


BASELINE = Circumstance("baseline")
SEEDS = CIRCUMSTANCES["seeds"]


def test_probe_names_the_kernel_that_really_runs():
    probed = circumstances.probe(CIRCUMSTANCES["kernel-nehalem"])
    assert probed[-1] == "Nehalem"
    assert probed[:-1] == circumstances.probe(BASELINE)[:-1]
    assert circumstances.probe(BASELINE)[-1] == versions.blas_kernel()


@pytest.mark.parametrize(("name", "first"), [("seeds", 100_101), ("seeds-2", 200_101)])
def test_a_laboratory_has_seeds_of_its_own_in_the_same_roles(name, first, tmp_path):
    checked = configuration.read_study(SMOKE)
    shifted = configuration.read_study(tmp_path / circumstances.write_study(checked, tmp_path, CIRCUMSTANCES[name]))
    assert checked.experiments["batch-size"].confirmatory == tuple(range(101, 113))
    assert shifted.experiments["batch-size"].confirmatory == tuple(range(first, first + 12))
    assert shifted.docket.resolve() == ROOT / "config/claims.yaml"
    assert shifted.claims == checked.claims


def test_laboratories_of_a_study_with_large_seeds_share_none_with_it(tmp_path):
    content = json.loads(configuration.read_study(SMOKE).to_json())
    for key in ("docket", "claims"):
        del content[key]
    del content["experiments"]["main-grid"]  # not repeated
    content["experiments"]["batch-size"]["seeds"] = {"confirmatory": {"from": 100_050, "to": 100_061}}
    checked = configuration.parse(content, "large.yaml")
    used = [
        {seed for cell in study.cells.values() for seed in cell.seeds}
        for study in (
            checked,
            *(
                configuration.read_study(tmp_path / circumstances.write_study(checked, tmp_path, CIRCUMSTANCES[name]))
                for name in ("seeds", "seeds-2")
            ),
        )
    ]
    assert len(set().union(*used)) == sum(map(len, used))


def test_seeds_of_later_looks_are_shifted_too(tmp_path):
    content = {
        key: value for key, value in json.loads(configuration.read_study(SMOKE).to_json()).items() if key != "claims"
    }
    del content["docket"]
    content["experiments"]["batch-size"]["seeds"] = {"confirmatory": {"from": 101, "looks": [12, 140]}}
    checked = configuration.parse(content, "looks.yaml")
    shifted = configuration.read_study(tmp_path / circumstances.write_study(checked, tmp_path, SEEDS))
    assert shifted.experiments["batch-size"].looks == (12, 140)
    assert shifted.experiments["batch-size"].confirmatory == tuple(range(100_101, 100_113))


def test_only_runs_and_measures_of_both_sides_are_compared():
    cell = dict.fromkeys(collect.RUN, 1) | {"experiment": "speed"}
    grid = cell | {"experiment": "main-grid", "dead_units": 0.5, "loss_of_run": 0.1}
    before = pd.DataFrame([grid, cell | {"seed": 2, "loss_of_run": 0.3}, cell | {"seed": 1, "loss_of_run": 0.2}])
    after = pd.DataFrame([cell | {"seed": seed, "loss_of_run": 0.1 * seed} for seed in (2, 3)])
    old, new = circumstances.matching_runs(before, after)
    assert list(old.columns) == list(new.columns) == ["loss_of_run"]
    assert (old["loss_of_run"].tolist(), new["loss_of_run"].tolist()) == ([0.3], [0.2])
    assert count_moved_runs(old, new) == 1


def test_another_python_and_another_numpy_start_in_environments_of_uv(tmp_path, monkeypatch):
    uv = tmp_path / "uv"
    uv.write_text('#!/bin/sh\nwords=$*\nprintf \'["%s"]\' "${words%% -c *}"\n')
    uv.chmod(0o755)
    monkeypatch.setattr(machine, "environment", lambda: {"PATH": f"{tmp_path}:/usr/bin:/bin"})
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for name, words in {
        "numpy-2.3": f"--python {sys.executable} --with numpy==2.3.* python -P",
        "python-3.13": f"--isolated --python 3.13 --with-requirements {ROOT}/requirements/run.lock "
        f"--with-editable {ROOT} python -P",
    }.items():
        assert circumstances.probe(CIRCUMSTANCES[name]) == [f"run --quiet --no-project {words}"]


def test_a_circumstance_like_the_baseline_or_that_cannot_run_is_refused():
    with pytest.raises(InputError, match=r"^this is the same as the baseline\.$"):
        circumstances.require_difference(Circumstance("kernel", variables={"NOTHING": "1"}), BASELINE)
    for name in ("seeds", "float64"):  # a test program sees neither
        circumstances.require_difference(CIRCUMSTANCES[name], BASELINE)
    with pytest.raises(InputError, match=r"^this machine can't run it: (.|\n)*No module named 'encodings'"):
        circumstances.require_difference(Circumstance("kernel", variables={"PYTHONHOME": "/nowhere"}), BASELINE)
    with pytest.raises(InputError, match=r"^no-uv does not start: No such file or directory\.$"):
        circumstances.require_difference(Circumstance("python", python=("no-uv", "run")), BASELINE)


TINY = """\
study: tiny
docket: claims.yaml
claims: [small-batch-accuracy, sigmoid-two-classes]
experiments:
"""


@pytest.fixture
def tiny(tmp_path):
    """Return a folder with a small study that has verdicts."""
    smoke = (ROOT / "config/smoke.yaml").read_text(encoding="utf-8")
    experiments = smoke[smoke.index("  batch-size:") :].replace("[1, 4, 16, 64, 256, full]", "[16, 256]")
    experiments = experiments.replace("[1, 4, 16, 64, 256]", "[16, 256]").replace("updates: 100", "updates: 10")
    (tmp_path / "tiny.yaml").write_text(TINY + experiments.replace("epochs: 2", "epochs: 1"))
    for name in ("claims.yaml", "claims.times.json"):
        (tmp_path / name).write_bytes((ROOT / "config" / name).read_bytes())
    return tmp_path


def run(folder, *only: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "benchmarks.circumstances", "--study", "tiny.yaml", "--cores", "2"]
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    return subprocess.run([*command, "--only", *only], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.slow
def test_a_study_runs_under_other_circumstances_and_what_is_finished_is_kept(tiny):
    result = run(tiny, "kernel-nehalem", "float64", "seeds")
    assert result.returncode == 0, result.stderr
    table = pd.read_csv(tiny / "results/tiny/circumstances.csv")
    assert list(dict.fromkeys(table["circumstance"])) == ["baseline", "kernel-nehalem", "float64", "seeds"]
    by_name = table.drop_duplicates("circumstance").set_index("circumstance")
    assert by_name.loc["kernel-nehalem", "blas_kernel"] == "Nehalem"
    assert by_name.loc["baseline", "runs_moved"] == 0
    assert by_name.loc["kernel-nehalem", "runs_moved"] > 0  # else the kernel didn't run, or nothing was trained
    assert by_name.loc["float64", "runs_moved"] == by_name.loc["baseline", "runs"]
    assert pd.isna(by_name.loc["seeds", "runs_moved"])
    assert (table["claim"].value_counts() == 4).all()
    verdict = next(
        claim["verdict"]
        for claim in json.loads((tiny / "results/tiny/verdicts.json").read_text())["claims"]
        if claim["id"] == "small-batch-accuracy"
    )
    assert set(table.loc[table["claim"] == "small-batch-accuracy", "verdict_before"]) == {verdict}
    assert "baseline:" in result.stderr
    assert "kernel-nehalem" in result.stdout

    files = sorted((tiny / ".circumstances").rglob("*.parquet"))
    before = [(path.stat().st_mtime_ns, path.read_bytes()) for path in files]
    assert files
    assert run(tiny, "kernel-nehalem", "float64", "seeds").stdout == result.stdout
    assert [(path.stat().st_mtime_ns, path.read_bytes()) for path in files] == before


def test_a_study_without_claims_is_refused(tmp_path):
    written = (ROOT / "config/smoke.yaml").read_text(encoding="utf-8")
    docket = written[written.index("docket:") : written.index("experiments:")]
    (tmp_path / "tiny.yaml").write_text(written.replace(docket, ""))
    with pytest.raises(InputError, match=r"tiny\.yaml: the study tests no claims, so no verdict can move\."):
        circumstances.measure(str(tmp_path / "tiny.yaml"), ["seeds"], "1", False)


def published() -> pd.DataFrame:
    common = {
        "study": "tiny", "python": "3.11.7", "numpy": "2.4.6", "blas": "openblas 0.3", "processor": "A <fine> one",
        "commit": "0123456789abcdef",
    }  # fmt: skip
    kinds = {
        "baseline": ("baseline", "SkylakeX", BEFORE, 0),
        "kernel-haswell": ("kernel", "Haswell", AFTER, 50),
        "numpy-2.3": ("numpy", "SkylakeX", BEFORE, 0),
        "float64": ("precision", "SkylakeX", BEFORE, 200),
        "seeds": ("seeds", "SkylakeX", AFTER, None),
    }
    return pd.DataFrame(
        {
            **common,
            "circumstance": name,
            "differs": kind,
            "blas_kernel": kernel,
            "runs": 200,
            "runs_moved": moved,
            **row,
        }
        for name, (kind, kernel, after, moved) in kinds.items()
        for row in compare_verdicts(BEFORE, after)
    )


@pytest.fixture
def page(results):
    return Page(with_findings(sources_of(results), measurements={"robustness": published()}), "statistics.md")


def test_verdicts_that_moved_are_counted_by_what_differed(page):
    shown = Circumstances(page)
    assert shown.moved("kernel") == 1
    assert shown.moved("kernel", "seeds") == 1  # the same claim
    assert shown.moved("numpy", "python") == 0
    assert shown.tried("kernel", "seeds") == 2
    assert shown.baseline["processor"] == "A <fine> one"  # escaped where it is shown
    assert (shown.baseline["commit"], shown.baseline["runs"]) == ("0123456789ab", "200")


def test_the_overview_has_a_line_for_each_circumstance(page):
    lines = Circumstances(page).table.replace("\N{NO-BREAK SPACE}", " ").splitlines()[2:]
    assert lines == [
        "| nothing (the original study) | 3.11.7 | 2.4.6 | SkylakeX | 0.0% | 0 / 3 | 0 / 1 | 0 |",
        "| kernel: Haswell | 3.11.7 | 2.4.6 | Haswell | 25.0% | 1 / 3 | 1 / 1 | 0.50 |",
        "| NumPy 2.3 | 3.11.7 | 2.4.6 | SkylakeX | 0.0% | 0 / 3 | 0 / 1 | 0 |",
        "| numbers of 64 bits instead of 32 | 3.11.7 | 2.4.6 | SkylakeX | 100.0% | 0 / 3 | 0 / 1 | 0 |",
        "| all seeds | 3.11.7 | 2.4.6 | SkylakeX | – | 1 / 3 | 1 / 1 | 0.50 |",
    ]


def test_claims_with_a_moved_context_are_listed_with_both_verdicts(page):
    (line,) = Circumstances(page).moves("kernel", "numpy").splitlines()[2:]
    assert "[small &#60;b&#62;holds&#60;/b&#62;](evidence/small.md)" in line
    assert line.index("badge-inconclusive") < line.index("badge-supported")
    assert Circumstances(page).moves("numpy") == ""
    other = Page(
        with_findings(page.sources, measurements={"robustness": published().assign(claim="of-another-study")}),
        "statistics.md",
    )
    assert "| <code>of-another-study</code> |" in Circumstances(other).moves("kernel")


def test_a_site_shows_the_rows_of_its_own_study_or_else_of_the_default_one(page):
    rows = [published().assign(study=name, runs=runs) for name, runs in (("atlas", 300), ("default", 400))]
    both = Page(with_findings(page.sources, measurements={"robustness": pd.concat(rows)}), "statistics.md")
    assert Circumstances(both).baseline["runs"] == "400"
    three = pd.concat([*rows, published()])
    all_three = Page(with_findings(page.sources, measurements={"robustness": three}), "statistics.md")
    assert Circumstances(all_three).baseline["runs"] == "200"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_methods_page_says_what_moved_or_how_to_find_out(results, language):
    written = (ROOT / f"docs/{language}/statistics.md").read_text(encoding="utf-8")
    section = written[written.index("{#circumstances}") : written.index("{#tries}")]
    bare = sources_of(results, language)
    full = with_findings(bare, measurements={"robustness": published()})
    empty, full = (render(section, "statistics.md", Page(sources, "statistics.md").names) for sources in (bare, full))
    assert "make measure WHAT=circumstances" in empty
    assert "badge" not in empty
    assert full.count("badge-supported") == 2
    assert "Haswell" in full
    only = with_findings(bare, measurements={"robustness": published().query("differs in ('baseline', 'seeds')")})
    full = render(section, "statistics.md", Page(only, "statistics.md").names)
    assert "badge-supported" in full
    assert "NumPy**" not in full.replace("NumPy and Python**", "NumPy**")  # the page names only circumstances that ran
    with pytest.raises(InputError, match=r'"robustness" is not published'):
        Circumstances(Page(bare, "statistics.md")).moved("kernel")


def test_the_page_of_a_claim_names_the_circumstances_that_change_its_answers(results):
    row = {"claim": "small", "verdict_before": VERDICTS["small"].conclusion, "contexts_opposite": 0, "contexts_open": 0}
    rows = [row | {"differs": "kernel"}, row | {"differs": "seeds", "contexts_open": 1}, row | {"differs": "seeds"}]
    table = pd.DataFrame([*rows, row | {"differs": "precision", "verdict_before": "refuted"}]).assign(study="tiny")
    sources = sources_of(results)
    assert sentences(Page(sources, "evidence/small.md"), "small") == ""
    page = Page(with_findings(sources, measurements={"robustness": table}), "evidence/small.md")
    assert sentences(page, "small") == (
        "No answer changes with: other kernels. A setting is decided on one side only with: other seeds."
    )
    opposite = table.assign(contexts_opposite=1).query("differs == 'kernel'")
    page = Page(with_findings(sources, measurements={"robustness": opposite}), "evidence/small.md")
    assert sentences(page, "small") == "The opposite answer appears in some setting with: other kernels."
