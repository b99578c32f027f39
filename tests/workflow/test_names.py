"""Names of files are data, and names of this machine and its users stay out of results."""

import getpass
import json
import platform
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.examples import VALID
from support.hostile import FOLDER, NAME, PRIVATE, STUDY_FILE, study_file
from support.messages import message_of
from support.project import ROOT, active, ontrial, output_of, snakemake

from ontrial.commands import compare
from ontrial.errors import InputError
from ontrial.steps import check_figures
from ontrial.storage import shipped
from ontrial.study import configuration

ENVIRONMENT = Path(sys.executable).parent


def make(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    command = ["make", f"BIN={ENVIRONMENT}", "-o", "setup", *arguments]
    return subprocess.run(command, cwd=folder, env=active(folder) | variables, capture_output=True, text=True)


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with the Makefile, and a valid study of a hostile name."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / FOLDER).mkdir()
    (tmp_path / STUDY_FILE).write_text(VALID, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("how", ["argument", "variable"])
def test_make_takes_the_name_of_a_study_literally(folder, how):
    study = f"{FOLDER}/$(shell touch HACKED) $$ {NAME}.yaml"
    (folder / STUDY_FILE).rename(folder / study)
    for target in ("verdicts", "serve"):
        run = make(folder, target, f"STUDY={study}") if how == "argument" else make(folder, target, STUDY=study)
        assert "no such file" not in run.stderr + run.stdout, target
        assert "mine" in run.stderr + run.stdout or study in run.stderr + run.stdout, target
    assert not list(folder.rglob("HACKED"))


@pytest.fixture
def tools(tmp_path) -> Path:
    """A folder with programs of the names that the Makefile runs, which write their arguments to a file."""
    (tmp_path / "bin").mkdir()
    for name in ("snakemake", "ontrial"):
        program = tmp_path / "bin" / name
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" {name} "$@" >> "{tmp_path}/called"\n', encoding="utf-8")
        program.chmod(0o755)
    return tmp_path / "bin"


def test_make_takes_the_names_of_replications_literally(folder, tools):
    replication = folder / f"config/replications/{NAME}.yaml"
    replication.parent.mkdir(parents=True)
    replication.touch()
    run = make(folder, f"BIN={tools.relative_to(folder)}", "measure", "WHAT=replications")
    assert run.returncode == 0, run.stderr
    called = (folder / "called").read_text(encoding="utf-8").splitlines()
    assert f"results/{NAME}/verdicts.json" in called
    study = f"config/replications/{NAME}.yaml"
    assert (called.count(f"study={study}"), called.count(study)) == (1, 1)  # of Snakemake, and of `ontrial publish`
    assert not list(folder.rglob("HACKED"))


def test_only_the_command_line_of_make_trusts_code(folder):
    for arguments, variables, trusted in (
        (["TRUST_CODE=yes"], {}, True),
        ([], {"TRUST_CODE": "yes"}, False),
        (["TRUST_CODE=no"], {"TRUST_CODE": "yes"}, False),
    ):
        run = make(folder, "--dry-run", "site", "report", *arguments, **variables)
        assert ("trust_code=yes" in run.stdout) == ("--trust-code" in run.stdout) == trusted, (arguments, variables)


def test_the_command_that_runs_a_study_is_one_of_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert shipped.run_command("config/config.yaml") == "snakemake --cores all"
    assert shipped.run_command("a.yaml") == "snakemake --cores all --config study=a.yaml"
    assert "`snakemake --cores all` computes" in message_of(compare.read_verdicts, "results/mine/verdicts.json")
    monkeypatch.setattr(shipped, "CHECKOUT", tmp_path)
    assert shipped.run_command("a.yaml") == "make STUDY=a.yaml"
    assert "`make` computes" in message_of(compare.read_verdicts, "results/mine/verdicts.json")


@pytest.mark.slow
def test_a_study_that_snakemake_would_evaluate_is_only_read(tiny, tmp_path):
    made = tmp_path / "HACKED"
    (tmp_path / "study.yaml").write_text(f"__use_yte__: true\n? ?open({str(made)!r}, 'w')\n: {{a: 1}}\n{VALID}")
    run = snakemake(tiny, "--dry-run", study=str(tmp_path / "study.yaml"))
    assert 'study.yaml:1: __use_yte__: unknown key "__use_yte__".' in output_of(run)
    assert not made.exists()


def test_suggested_commands_quote_the_name_of_a_study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shipped, "CHECKOUT", tmp_path)
    assert shlex.split(shipped.run_command(STUDY_FILE)) == ["make", f"STUDY={STUDY_FILE}"]
    (tmp_path / FOLDER).mkdir()
    Path(STUDY_FILE).write_text(VALID, encoding="utf-8")
    Path(FOLDER, "failed.json").write_text('{"losses": "ValueError"}', encoding="utf-8")
    message = message_of(check_figures.check_figures, [f"{FOLDER}/failed.json"], "index.html")
    assert shlex.split(message.partition("rm ")[2].partition(", and")[0]) == [f"{FOLDER}/failed.json"]


@pytest.mark.parametrize("character", ["<", ">", "{", "}", "\n", "\x1b"])
def test_names_that_pages_or_snakemake_would_not_take_literally_are_refused(tmp_path, character):
    path = tmp_path / f"a{character}b.yaml"
    path.write_text(VALID, encoding="utf-8")
    with pytest.raises(InputError, match=r"can't contain < > \{ \} or control characters"):
        configuration.read_study(path)
    text = VALID.replace("study: mine\n", f"study: mine\ndocket: {json.dumps(path.name)}\n")
    with pytest.raises(InputError, match="docket"):
        configuration.parse(text, "c.yaml")


@pytest.mark.slow
def test_a_module_next_to_a_study_is_not_imported(tmp_path):
    (tmp_path / "own.yaml").write_text(VALID, encoding="utf-8")
    for module in ("argparse", "numpy", "ontrial", "json"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('HACKED')\n", encoding="utf-8")
    run = snakemake_in(tmp_path, "results/mine/study.json", "--config", "study=own.yaml")
    assert run.returncode == 0, output_of(run)
    assert (tmp_path / "results/mine/study.json").exists()
    run = snakemake_in(tmp_path, "--until", "plan", "--force", "--config", "study=own.yaml")
    assert "Ready, without what --until or --omit-from left out." in output_of(run)
    assert "The site is ready" not in output_of(run)


def snakemake_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run Snakemake as a program: as a module, it would itself import from the folder."""
    command = [ENVIRONMENT / "snakemake", "--snakefile", ROOT / "Snakefile", "--cores", "1", *arguments]
    return subprocess.run(command, cwd=folder, env=active(ROOT), capture_output=True, text=True)


@pytest.mark.slow
def test_results_name_neither_folders_nor_users_nor_hosts(hostile, tmp_path):
    study = study_file(hostile)
    assert ontrial(hostile, "report", "--study", str(study)).returncode == 0
    shutil.unpack_archive(hostile / "results/hostile/report.zip", tmp_path / "report")
    results = hostile / "results/hostile"
    published = [results / "site", results / "tables", results / "figures", results / "timing"]
    published += [results / "provenance.json", results / "verdicts.json", results / "verdicts.csv", tmp_path / "report"]
    names = {*PRIVATE.split("/")[1:], str(hostile.parent), str(ROOT), sys.prefix}
    ours = (getpass.getuser(), platform.node(), str(Path.home()))
    names |= {name for name in ours if len(name) > 5}  # others are parts of words
    leaks = [
        f"{path}: {name}"
        for top in published
        for path in ([top] if top.is_file() else top.rglob("*"))
        if path.is_file()
        for name in names
        if name.encode() in path.read_bytes()
    ]
    assert leaks == []
