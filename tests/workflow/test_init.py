"""Make a folder with `ontrial init`, and run it with the installed package alone."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from support.project import ROOT, active, ontrial, planned_jobs, python, snakemake
from support.shared import copy

from ontrial.commands import init
from ontrial.errors import InputError
from ontrial.judge import checks, smallest_effects
from ontrial.judge.claims import arms_by_side, list_contexts
from ontrial.storage import machine, shipped
from ontrial.study import components, configuration, editors

TEMPLATE = ROOT / "examples/claims"
CONFIG = "config/config.yaml"
QUICK = """experiments:
  comparison:
    learning_rates: {powers_of_two: {from: -2, to: -1}}
    budget: {epochs: 2}
"""


@pytest.fixture(scope="module")
def made(installed, shared) -> Path:
    """A folder `our-claims` after a run up to the verdicts with fewer networks. Tests only read it."""

    def make(folder: Path) -> None:
        (folder / ".venv").symlink_to(installed.parents[1])
        written = ontrial(folder, "init", "our-claims")
        assert written.returncode == 0, written.stderr
        assert written.stdout.endswith("  cd our-claims && snakemake --cores all\n")
        (folder / "our-claims/.venv").symlink_to(installed.parents[1])
        (folder / "quick.yaml").write_text(QUICK, encoding="utf-8")
        targets = ("--", "results/our-claims/verdicts.json")
        done = snakemake(folder / "our-claims", "--configfile", CONFIG, "../quick.yaml", *targets, study=None)
        assert done.returncode == 0, done.stderr[-4000:]

    return shared("init", make) / "our-claims"


@pytest.mark.slow
def test_each_claim_gets_a_verdict(made):
    claims = json.loads((made / "results/our-claims/verdicts.json").read_text(encoding="utf-8"))["claims"]
    assert [len(claim["contexts"]) for claim in claims] == [1, 1, 6]
    assert all(context["n"] == 16 for claim in claims for context in claim["contexts"])
    printed = ontrial(made, "verdicts")
    assert "Study our-claims" in printed.stdout, printed.stderr


@pytest.mark.slow
def test_the_site_is_built_where_the_book_can_not_be_imported(made, tmp_path):
    folder = copy(made, tmp_path / "our-claims")
    blocker = tmp_path / "blocker/sitecustomize.py"
    blocker.parent.mkdir()
    blocker.write_text('import sys\n\nsys.modules["ontrial_book"] = None\n', encoding="utf-8")
    blocked = {"PYTHONPATH": str(blocker.parent)}
    done = snakemake(folder, "--configfile", CONFIG, made.parent / "quick.yaml", study=None, **blocked)
    assert done.returncode == 0, done.stderr[-4000:]
    site = folder / "results/our-claims/site"
    assert (site / "en/evidence/index.html").exists()
    assert not (site / "en/playground.html").exists()
    importing = [python(folder), "-c", "import ontrial_book"]
    assert subprocess.run(importing, cwd=folder, env=active(folder) | blocked, capture_output=True).returncode != 0


@pytest.mark.slow
def test_the_whole_study_and_its_site_are_planned(made):
    planned, named = (planned_jobs(made, "--quiet", "rules", "--forceall", study=study) for study in (None, CONFIG))
    assert named == planned
    assert planned.items() >= {"theory_train": 8, "theory_build": 2, "theory_assemble": 1}.items()


def test_a_folder_differs_from_the_template_only_in_its_name(tmp_path):
    init.init(tmp_path / "new/other-claims")
    written = texts(tmp_path / "new/other-claims")
    assert "results/other-claims/" in written[".github/workflows/claims.yml"]
    template = texts(TEMPLATE)
    assert set(written) - set(template) == {f"config/schemas/{file}" for file in editors.json_schemas()}
    assert written.pop("requirements.txt") == f"{machine.requirement()}\n"
    assert template.pop("requirements.txt") == "../..[study]\n"
    for path, text in template.items():
        assert lines(written[path].replace("other-claims", "my-claims")) == lines(text)


@pytest.mark.parametrize("battery", init.BATTERIES)
def test_a_battery_is_a_study_of_twelve_contexts_on_five_data_sets_for_each_rival(tmp_path, monkeypatch, battery):
    init.init(tmp_path / "ours", battery)
    monkeypatch.chdir(tmp_path / "ours")
    study = configuration.read_study(CONFIG)
    components.require_sound(components.read_components(study.components))
    docket = checks.parse(Path("config/claims.yaml").read_text(encoding="utf-8"), "claims.yaml", study)
    contexts, datasets = Counter(), {}
    for claim in docket.claims.values():
        assert smallest_effects.deviation(claim.spec) is None
        assert claim.components_sha256
        rival = str(claim.estimand.sides["minus"])
        for context in list_contexts(claim.estimand):
            (mine,), (other,) = arms_by_side(study, claim.estimand, context).values()
            assert (mine.policy, other.policy) == ("tuned", "tuned")
            contexts[rival] += 1
            datasets.setdefault(rival, set()).add(mine.cell.dataset)
    assert set(contexts.values()) == {12}
    assert {len(names) for names in datasets.values()} == {5}
    components.forget()


def lines(text: str) -> list[str]:
    """Return the lines of a file without the one that names its schema, whose path differs."""
    return [line for line in text.splitlines() if "$schema=" not in line]


def texts(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_the_claim_of_the_readme_can_be_tried(tmp_path):
    init.init(tmp_path / "ours")
    file = tmp_path / "ours/config/config.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("[sgd, momentum]", "[sgd, adam]"), encoding="utf-8")
    claim = re.search(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1]
    assert len(checks.parse(f"claims:\n{claim}", "README.md", configuration.read_study(file)).claims) == 1


def test_a_folder_that_this_environment_cannot_run_names_the_extra(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "snakemake", None)
    init.init(tmp_path / "ours")
    assert f'This needs Snakemake, which the extra "study" brings. {machine.advice()}\n' in capsys.readouterr().out


@pytest.mark.parametrize("name", ["claims-2", "123", "no", "1e5"])
def test_every_name_of_a_study_is_read_as_one(name, tmp_path):
    init.init(tmp_path / name)
    assert configuration.read_study(tmp_path / name / "config/config.yaml").name == name


@pytest.mark.parametrize(("place", "is_named"), [("file:///home/me/theory", True), ("git+https://a.org/b@0", False)])
def test_a_folder_of_this_machine_in_the_requirements_is_named(tmp_path, monkeypatch, capsys, place, is_named):
    monkeypatch.setattr(machine, "requirement", lambda: f"ontrial[study] @ {place}")
    init.init(tmp_path / "ours")
    assert ("requirements.txt names a folder of this machine." in capsys.readouterr().out) == is_named


def test_an_empty_folder_is_filled(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "ours"
    (folder / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder)
    init.init(Path())
    assert (Path.cwd() / "Snakefile").exists()  # the folder itself was not replaced
    assert capsys.readouterr().out.startswith("ours has a study with three claims.")


@pytest.mark.parametrize("name", ["My-Claims", "my_claims", "-claims", "a b", 'a"b', "reference", "a" * 61])
def test_a_name_that_no_study_can_have_is_refused(name, tmp_path):
    with pytest.raises(InputError, match=r'" cannot be the name of a study\. Choose a name of lower-case letters'):
        init.init(tmp_path / "new" / name)
    assert os.listdir(tmp_path) == []


def test_what_a_run_of_the_example_left_is_not_copied(tmp_path, monkeypatch):
    example = shutil.copytree(shipped.EXAMPLES / "claims", tmp_path / "examples/claims")
    for path in ("results/my-claims/tables/runs.parquet", ".snakemake/log"):
        (example / path).parent.mkdir(parents=True)
        (example / path).write_bytes(b"\xff")
    monkeypatch.setattr(shipped, "EXAMPLES", tmp_path / "examples")
    init.init(tmp_path / "mine")
    assert not {"results", ".snakemake"}.intersection(path.name for path in (tmp_path / "mine").iterdir())


def test_a_folder_with_files_is_refused(tmp_path):
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours/README.md").write_text("Mine.")
    for name in ("ours", "ours/README.md"):
        with pytest.raises(InputError, match="it exists and is not an empty folder"):
            init.init(tmp_path / name)
    assert os.listdir(tmp_path / "ours") == ["README.md"]


def test_nothing_half_written_stays_behind(tmp_path, monkeypatch):
    def write_text(path: Path, text: str) -> None:
        if path.name == "Snakefile":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    monkeypatch.setattr(init.files, "write_text", write_text)
    with pytest.raises(OSError, match="No space left"):
        init.init(tmp_path / "ours")
    assert os.listdir(tmp_path) == []
