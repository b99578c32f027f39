"""The folders in examples/: in step with what `ontrial init` writes, and accepted by `ontrial check`."""

import json
import re
import subprocess
import sys

import pytest
from support.project import ROOT, ontrial, snakemake
from support.shared import copy

from ontrial.commands import init

FOLDERS = sorted(path.parent for path in (ROOT / "examples").glob("*/Snakefile"))
EXAMPLES = [folder for folder in FOLDERS if folder.name not in (init.EXAMPLE, *init.BATTERIES)]
EDITED = ("README.md", "config/config.yaml", "config/claims.yaml", "requirements.txt")


def test_init_writes_two_of_the_four_examples():
    assert [folder.name for folder in FOLDERS] == ["activation", "claims", "penguins", "spirals"]
    assert [folder.name for folder in EXAMPLES] == ["penguins", "spirals"]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_has_what_init_writes(folder, tmp_path):
    init.init(tmp_path / folder.name)
    written = [path for path in (tmp_path / folder.name).rglob("*") if path.is_file()]
    names = {path.relative_to(tmp_path / folder.name).as_posix(): path for path in written}
    for name, path in names.items():
        if name in EDITED:
            assert (folder / name).read_text(encoding="utf-8") != path.read_text(encoding="utf-8")
        elif not name.startswith("config/schemas/"):  # those of the checkout are in src
            assert (folder / name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), name


@pytest.mark.parametrize("battery", init.BATTERIES)
def test_a_battery_has_the_workflow_of_the_claims_with_its_code_trusted(battery, tmp_path):
    init.init(tmp_path / "claims")
    init.init(tmp_path / "battery", battery)
    for name in (".github/workflows/claims.yml", ".gitignore", "Snakefile", "profiles/default/profile.yaml"):
        text = (tmp_path / "claims" / name).read_text(encoding="utf-8").replace("results/claims", "results/battery")
        assert text.replace(init.RUN, init.TRUSTING) == (tmp_path / "battery" / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_is_accepted(folder):
    checked = ontrial(folder, "check")
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.startswith(f"Study {folder.name}: ")


def test_a_reader_of_the_output_may_stop_early():
    command = f'"{sys.executable}" -m ontrial check | read -r -n 1; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], cwd=EXAMPLES[0], capture_output=True, text=True)
    assert (done.returncode, done.stderr) in ((0, ""), (1, ""))  # 0 if it was written before the reader stopped


def stated_verdicts(folder) -> dict[str, str]:
    """Return claim → verdict of the table in the README of an example."""
    table = re.findall(
        r"^\| `([a-z0-9-]+)` \| (\w+) \|", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    return dict(table)


@pytest.mark.slow
@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_readme_of_an_example_says_what_comes_out(folder, tmp_path):
    run_in = copy(folder, tmp_path / folder.name)
    verdicts = f"results/{folder.name}/verdicts.json"
    done = snakemake(run_in, verdicts, study=None)
    assert done.returncode == 0, done.stderr[-4000:]
    claims = json.loads((run_in / verdicts).read_text(encoding="utf-8"))["claims"]
    assert {claim["id"]: claim["verdict"] for claim in claims} == stated_verdicts(folder)
