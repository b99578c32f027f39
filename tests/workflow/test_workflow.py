import functools
import html
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from support.project import (
    ROOT,
    SMOKE,
    cells,
    copy_project,
    edited,
    jobs_by_rule,
    ontrial,
    output_of,
    planned_jobs,
    snakemake,
)
from support.rules import BLOCKS
from support.shared import copy

from ontrial.storage import files, versions
from ontrial.study import configuration, estimate

slow = functools.partial(pytest.param, marks=pytest.mark.slow)


@pytest.fixture
def checkout(smoke, tmp_path) -> Path:
    """A fresh checkout, whose files are all new, with what was cached of a finished run."""
    folder = copy_project(tmp_path / "project")
    for path in folder.rglob("*"):
        os.utime(path, follow_symlinks=False)
    for path in (SMOKE, ".snakemake/metadata"):
        copy(smoke / path, folder / path)
    return folder


@pytest.mark.parametrize("project", ["checkout", slow("smoke")])
def test_a_finished_run_is_up_to_date_also_in_a_fresh_checkout(request, project):
    assert planned_jobs(request.getfixturevalue(project)) == {}


@pytest.mark.slow
def test_a_changed_sentence_rebuilds_only_the_site_of_its_language(checkout):
    with edited(checkout / "docs/ko/index.md", "\n", "\n\n한 문장 더.\n"):
        jobs = planned_jobs(checkout)
    assert jobs == {"all": 1, "write": 1, "build": 1, "assemble": 1, "total": 4}


@pytest.mark.slow
def test_a_changed_word_of_pages_draws_no_figure_again(checkout):
    with edited(checkout / "docs/words.yaml", "{en: Copied,", "{en: It is copied,"):
        assert set(planned_jobs(checkout)) == {"all", "write", "build", "assemble", "total"}
    with edited(checkout / "docs/words.yaml", "{en: hidden layer,", "{en: a hidden layer,"):
        assert {"draw", "write"} < set(planned_jobs(checkout))


@pytest.mark.slow
def test_a_changed_colour_redraws_and_a_changed_activation_retrains_every_cell(checkout):
    with edited(checkout / "src/ontrial/report/figures/drawing.py", "#", "# a comment\n#"):
        jobs = planned_jobs(checkout)
    assert "draw" in jobs
    assert not {"train", "collect", "judge"} & set(jobs)
    with edited(checkout / "src/ontrial/nn/activations.py", "\n", "\n# a comment\n"):
        assert planned_jobs(checkout)["train"] == cells(checkout)


@pytest.mark.slow
def test_an_edited_claim_is_judged_again_but_changed_checks_are_not(checkout):
    with edited(checkout / "config/claims.yaml", "ends at a higher accuracy", "ends better"):
        jobs = planned_jobs(checkout)
    assert {"docket", "judge", "write"} < set(jobs)
    assert not {"plan", "train", "collect", "explore"} & set(jobs)
    with edited(checkout / "config/claims.yaml", "\n", "\n# a comment\n"):
        assert planned_jobs(checkout) == {}
    with edited(checkout / "src/ontrial/study/checking.py", "\n", "\n# a comment\n"):
        jobs = planned_jobs(checkout)
    assert not {"plan", "docket", "train", "collect", "judge", "draw"} & set(jobs)


@pytest.mark.slow
def test_tables_depend_on_the_grid(checkout):
    with edited(checkout / "config/smoke.yaml", "batch_size: [1, ", "batch_size: ["):
        jobs = planned_jobs(checkout)
    assert "collect" in jobs
    assert "train" not in jobs  # with one value less, all remaining cells already exist


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "config/smoke.yaml",
            "[sigmoid, relu]",
            "[sigmoid, rellu]",
            'unknown activation "rellu". Did you mean "relu"?',
        ),
        slow("docs/ko/losses.md", "[[ answer(", "[[ anser(", 'unknown name "anser". Did you mean "answer"?'),
    ],
    ids=lambda value: value if "/" in value else "",
)
def test_a_mistake_is_reported_before_any_job_starts(smoke_copy, file, old, new, message):
    """The functions that report mistakes have tests of their own. Here, each is called before the first job."""
    with edited(smoke_copy / file, old, new):
        run = snakemake(smoke_copy)
    assert run.returncode == 1
    assert message in output_of(run)
    assert "Nothing was started." in output_of(run)
    assert "Traceback" not in output_of(run)


def commands(page) -> list[str]:
    """Commands under the figures of a page of the site."""
    escaped = re.findall(r"<pre><code>(snakemake .*?)</code>", page.read_text(encoding="utf-8"))
    return [html.unescape(command) for command in escaped]


@pytest.mark.slow
def test_the_commands_under_a_figure_rebuild_only_the_figures_and_one_cell(smoke_copy):
    draw, train = dict.fromkeys(commands(smoke_copy / SMOKE / "site/en/batch-size.html")[-2:])
    arguments = [command.split()[3:] for command in (draw, train)]
    assert [words[:3] for words in arguments] == [["--config", "study=config/smoke.yaml", "--force"]] * 2
    assert planned_jobs(smoke_copy, *arguments[0][2:]) == {"draw": 1, "total": 1}
    before = (smoke_copy / arguments[1][3]).read_bytes()
    run = snakemake(smoke_copy, *arguments[1][2:])
    assert run.returncode == 0
    assert jobs_by_rule(run) == {"train": 1, "total": 1}
    assert (smoke_copy / arguments[1][3]).read_bytes() == before
    assert planned_jobs(smoke_copy) == {}


@pytest.mark.slow
def test_one_failing_figure_costs_neither_the_others_nor_the_site(judged_by_looks, tmp_path):
    project = copy(judged_by_looks, tmp_path / "project")
    drawing = project / "src/ontrial/report/figures/evidence.py"
    with edited(drawing, "    verdict, estimand = ", '    assert claim != "open"\n    verdict, estimand = '):
        run = snakemake(project, study="config/looks.yaml")
    assert run.returncode != 0
    assert "results/looks/site/index.html: the site is ready, but these figures could not be drawn:" in run.stderr
    assert "- evidence-open: AssertionError" in run.stderr
    failed, other = (project / f"results/looks/site/en/evidence/{name}.html" for name in ("open", "decided"))
    assert "could not be drawn: AssertionError" in failed.read_text(encoding="utf-8")
    assert "evidence-open-en-light.svg" not in failed.read_text(encoding="utf-8")
    assert "evidence-decided-en-light.svg" in other.read_text(encoding="utf-8")
    assert planned_jobs(project, study="config/looks.yaml")["draw"] == 1  # the figure is there again


def test_times_are_positive_and_stay_out_of_deterministic_files(smoke):
    times = json.loads((smoke / SMOKE / "timing/time.json").read_text(encoding="utf-8"))
    assert times["rules"]["train"]["jobs"] == cells(smoke)
    assert all(spent["seconds"] > 0 for spent in times["rules"].values())
    assert set(times["rules"]) <= set(BLOCKS)
    assert "seconds" not in json.loads((smoke / SMOKE / "provenance.json").read_text(encoding="utf-8"))


def test_the_site_packs_into_one_file_that_opens_anywhere(smoke, tmp_path):
    page = (ROOT / "docs/classes.md").read_text(encoding="utf-8")
    command = re.search(r"^python (-m zipfile -c \S+ \S+)$", page, re.MULTILINE)[1].split()
    command[3:] = [str(tmp_path / command[3]), command[4].replace("results/default", str(SMOKE))]
    subprocess.run([sys.executable, *command], cwd=smoke, check=True)
    assert {"site/index.html", "site/en/index.html"} <= set(zipfile.ZipFile(command[3]).namelist())


def test_no_job_warns(smoke):
    logs = {path: path.read_text(encoding="utf-8") for path in (smoke / SMOKE / "logs").rglob("*.log")}
    assert len(logs) > cells(smoke)
    assert {str(path): text for path, text in logs.items() if re.search(r"\w*Warning\b", text)} == {}


@pytest.mark.slow
def test_a_study_above_the_memory_of_the_machine_is_refused(tiny, tmp_path):
    """A hundred such jobs at a time take a terabyte. A single one asks a cluster for what it needs."""
    study = tmp_path / "wide.yaml"
    grid = {"dataset": "moons", "hidden": [4096] * 40, "activation": "relu", "initialisation": "own"}
    grid |= {"objective": "softmax+cross_entropy"}
    experiment = {name: [value] for name, value in grid.items()} | {
        "batch_size": [*range(1, 101)],
        "purpose": "Be large.",
    }
    experiment |= {"learning_rates": [0.1], "seeds": {"descriptive": {"from": 1, "to": 1}}, "budget": {"updates": 0}}
    study.write_text(json.dumps({"study": "wide", "may_take_hours": True, "experiments": {"wide": experiment}}))
    run = snakemake(tiny, "--dry-run", "--cores", "100", study=str(study))
    assert run.returncode != 0
    assert "GB of memory on 100 cores, and this machine has" in output_of(run)
    cell = next(iter(configuration.read_study(study).cells.values()))
    run = snakemake(tiny, "--dry-run", "--cores", "1", f"results/wide/runs/{cell.path}.parquet", study=str(study))
    (megabytes,) = re.findall(r"mem_mb=(\d+)", output_of(run))
    assert estimate.memory(cell) / 1e6 < int(megabytes) < 2 * estimate.memory(cell) / 1e6 + 500


def test_provenance_has_the_path_of_the_configuration_as_the_user_wrote_it(smoke):
    record = json.loads((smoke / SMOKE / "provenance.json").read_text(encoding="utf-8"))
    assert record["configuration_file"] == "config/smoke.yaml"
    assert record["blas_kernel"] == versions.blas_kernel()
    assert record["runs"] == record["runs_of_first_look"] == len(pd.read_parquet(smoke / SMOKE / "tables/runs.parquet"))
    assert record["tables_sha256"] == {
        path.name: files.sha256(path) for name in ("tables/*", "verdicts.*") for path in (smoke / SMOKE).glob(name)
    }
    dry = ("--dry-run", "--printshellcmds", "--forcerun", "provenance")
    run = snakemake(smoke, *dry, "--configfile", "config/smoke.yaml", study=None)
    assert "    --configuration config/smoke.yaml \\\n" in run.stdout


@pytest.mark.slow
def test_the_report_contains_figures_tables_and_verdicts_and_needs_no_network(smoke_copy, tmp_path):
    run = ontrial(smoke_copy, "report", "--study", "config/smoke.yaml")
    assert run.returncode == 0, run.stderr
    assert run.stdout == "results/smoke/report.zip: unpack it anywhere and open report.html in a browser.\n"
    packed = zipfile.ZipFile(smoke_copy / SMOKE / "report.zip")
    packed.extractall(tmp_path)
    (page,) = tmp_path.glob("*/report.html")
    names = {path.name for path in page.parent.rglob("*") if path.is_file()}
    assert names >= {"runs.csv", "verdicts.csv", "provenance.json", "time.json"}
    assert {"activation-curves-en-light-wide.svg", "activation-curves-ko-light-wide.svg"} <= names
    assert not {name for name in names if "-dark" in name}
    written = page.read_text(encoding="utf-8")
    for text in ("Figures", "Verdicts", "Tables", "Provenance", "Timing", "the audit appendix", "fingerprint"):
        assert text in written, text
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?(?:https?:)?//", written)
    assert not list((smoke_copy / SMOKE).glob(".report*"))


def test_a_report_of_an_unfinished_study_is_refused(smoke):
    run = ontrial(smoke, "report", "--study", "config/config.yaml")
    assert run.returncode == 1
    assert run.stderr == "results/default: the study is not finished. Run it with: make STUDY=config/config.yaml\n"


def test_a_figure_that_is_drawn_again_is_the_same(smoke, tmp_path):
    run = ontrial(
        smoke, "draw", "evidence-relu-cheap", "neuron", "--study", "config/smoke.yaml", "--folder", str(tmp_path)
    )
    assert run.returncode == 0, run.stderr
    assert {Path(path).name for path in run.stdout.split()} == {path.name for path in tmp_path.glob("*.svg")}
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (smoke / "results/smoke/figures" / path.name).read_bytes(), path
