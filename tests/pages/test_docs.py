import inspect
import pkgutil
import re
import subprocess
import sys
from dataclasses import replace

import pytest
import yaml
from support.project import ROOT

from ontrial.judge import checks
from ontrial.steps.train import train_cell
from ontrial.storage import run_files
from ontrial.study import configuration
from ontrial.study.cell import Training

SNIPPET = re.compile(r"^( *)```python\n(.*?)^\1```\n(?:\n\1```text\n(.*?)^\1```)?", re.MULTILINE | re.DOTALL)
SNIPPETS = [
    pytest.param(*snippet, id=f"{page.stem}-{number}")
    # Other languages have the same code, as test_parity.py holds.
    for page in [ROOT / "docs/api.md", *sorted((ROOT / "docs/en").glob("*.md"))]
    for number, snippet in enumerate(SNIPPET.findall(page.read_text(encoding="utf-8")), start=1)
    if "https://SITE" not in snippet[1]  # needs a site: test_elsewhere.py
    if "import mlflow" not in snippet[1]  # needs MLflow, which no lock has
]


@pytest.mark.parametrize(("indent", "code", "printed"), SNIPPETS)
def test_a_snippet_runs_and_prints_what_the_page_says(indent, code, printed):
    run = subprocess.run(
        [sys.executable, "-c", re.sub(f"^{indent}", "", code, flags=re.MULTILINE)], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    if printed:
        assert run.stdout == re.sub(f"^{indent}", "", printed, flags=re.MULTILINE)


NAMED = re.compile(r"^\| \[`([\w.]+)`\]\(\.\./(src/[\w/]+\.py)\) \| (.*) \|$", re.MULTILINE)


def test_the_reference_of_the_package_says_what_the_docstrings_say():
    named = NAMED.findall((ROOT / "docs/api.md").read_text(encoding="utf-8"))
    assert {"nn.train", "nn.History", "study.configuration.read_study"} <= {name for name, *_ in named}
    for name, path, line in named:
        thing = pkgutil.resolve_name(f"ontrial.{name}")
        module = f"src/{thing.__module__.replace('.', '/')}.py"
        assert (module, inspect.getdoc(thing).splitlines()[0]) == (path, line)


def test_every_row_of_the_threat_model_names_tests_that_exist():
    text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    for *_, tests in rows[1:]:
        assert re.findall(r"`([\w/]+/test_\w+\.py)`", tests), tests
    named = re.findall(r"`([\w/]*/?test_\w+\.py)`", text + (ROOT / ".github/SECURITY.md").read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / "tests" / name).is_file()] == []
    linked = re.findall(r"\]\(\.\./(\S+?)\)", text)
    assert [path for path in linked if not (ROOT / path).exists()] == []


EXERCISE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXERCISES = EXERCISE.findall((ROOT / "docs/classes.md").read_text(encoding="utf-8"))


def joined(old, new):
    """Return a configuration with the lines of an exercise in place of its own. An exercise must not add a key."""
    if not isinstance(new, dict) or set(new) <= {"descriptive", "confirmatory"}:
        return new
    assert set(new) <= set(old)
    return old | {key: joined(old[key], value) for key, value in new.items()}


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_for_a_class_makes_a_sound_study_that_trains(exercise, tmp_path):
    change = yaml.safe_load(exercise)
    base = ROOT / ("config/smoke.yaml" if "study" in change else "config/config.yaml")
    before = configuration.read_study(base)
    after = configuration.parse(joined(before.configuration, change))
    assert checks.read_docket(ROOT / "config/claims.yaml", after).claims
    if "study" in change:
        assert after.cells == before.cells
        return
    fresh = [cell for path, cell in after.cells.items() if before.cells.get(path) != cell]
    assert 0 < len(fresh) < len(after.cells) / 2
    for i, cell in enumerate(fresh):
        budget = {"epochs": 0} if cell.training.epochs == 0 else {"updates": 1}
        training = Training(**budget, probes=cell.training.probes)
        short = replace(cell, learning_rates=cell.learning_rates[:1], seeds=cell.seeds[-1:], training=training)
        train_cell(short.to_json(), tmp_path / f"{i}.parquet")
        assert run_files.read_sealed(tmp_path / f"{i}.parquet").num_rows > 0


def test_exercises_change_one_line():
    assert len(EXERCISES) > 1
    assert all(exercise.count("\n") == (1 if exercise.startswith("study:") else 3) for exercise in EXERCISES)


def test_every_target_that_the_docs_name_is_in_the_makefile():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md"), *ROOT.glob("docs/*/*.md")]
    texts = [page.read_text(encoding="utf-8") for page in pages]
    named = {
        target for text in texts for target in re.findall(r"(?:`|^```sh\n)make ([a-z][a-z-]*)", text, re.MULTILINE)
    }
    assert {"test", "serve", "help"} <= named
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert named <= set(targets)


def test_the_decisions_are_numbered_in_order_and_named_by_their_titles():
    paths = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in paths] == [*range(1, len(paths) + 1)]
    for path in paths:
        number, title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(". ", 1)
        assert int(number) == int(path.name[:4]), path.name
        assert re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") == path.stem[5:]
