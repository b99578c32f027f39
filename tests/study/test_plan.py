"""The plan of a run: files, cells, what stops it, and what it says before it starts."""

import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

import pytest
from support.messages import message_of

from ontrial.data import registry
from ontrial.errors import DamagedError
from ontrial.study import components, configuration, estimate
from ontrial.study.plan import FETCHED, Plan

SMALL = """\
study: small
experiments:
  grid: {purpose: Be small., dataset: [xor], hidden: [[2]], activation: [relu, tanh], initialisation: [own],
    objective: [softmax+cross_entropy], batch_size: [full], learning_rates: [0.5],
    seeds: {confirmatory: {from: 1, looks: [2, 4]}}, budget: {epochs: 1}}
"""
PARTS = '''\
from ontrial.components import activation


def slope(z, a):
    return 2 + 0 * z


@activation(derivative=slope, initialisation="glorot")
def double(z):
    """Twice the input."""
    return 2 * z
'''


@pytest.fixture(autouse=True)
def _forget():
    yield
    components.forget()
    registry._csv_files.clear()


@pytest.fixture
def plan(tmp_path, monkeypatch) -> Plan:
    """The plan of a small study in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    return Plan.read(configuration.parse(SMALL, "small.yaml"))


def finish(plan: Plan, *paths: str) -> None:
    """Write empty run files of cells."""
    for path in paths:
        Path(plan.run_file(path)).parent.mkdir(parents=True, exist_ok=True)
        Path(plan.run_file(path)).touch()


def collect(plan: Plan) -> None:
    """Write the study and, after it, an empty table."""
    Path("results/small/tables").mkdir(parents=True, exist_ok=True)
    Path("results/small/study.json").write_text(f"{plan.study.to_json()}\n", encoding="utf-8")
    table = Path("results/small/tables/runs.parquet")
    table.touch()
    os.utime(table, (2e9, 2e9))


def record(**content: object) -> None:
    """Write the provenance of a run that has ended."""
    Path("results/small").mkdir(parents=True, exist_ok=True)
    Path("results/small/provenance.json").write_text(json.dumps({"study": "small", **content}), encoding="utf-8")


def test_cells_have_names_run_files_and_looks(plan):
    relu, tanh = plan.study.cells
    assert plan.run_file(relu) == f"results/small/runs/{relu}.parquet"
    assert plan.cell(tanh).activation == "tanh"
    assert plan.cell(f"{tanh}-look-2").seeds == (3, 4)
    message = message_of(plan.cell, next(iter(plan.study.cells)).replace("relu", "rellu"))
    assert message.startswith('study small: unknown cell "grid/xor/hidden-2/rellu/')
    assert "Did you mean" in message
    assert plan.files_of_looks(1) == []
    assert plan.files_of_looks(3) == ["results/small/looks/2.json", "results/small/looks/3.json"]


def test_data_files_are_those_that_do_not_come_with_the_package(plan):
    assert plan.data_files("xor", "digits") == []
    assert set(plan.data_files("mnist", "xor")) < set(FETCHED)
    assert plan.data_files("mnist", "fashion_mnist") == sorted(FETCHED)
    assert plan.components == plan.metrics == plan.own_datasets == plan.configuration == plan.code_that_runs() == []


def test_code_and_data_of_the_study_are_files_of_the_plan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("points.csv").write_text("x,side\n" + "".join(f"{i},{'ab'[i % 2]}\n" for i in range(100)), encoding="utf-8")
    Path("parts.py").write_text(PARTS, encoding="utf-8")
    text = SMALL.replace(
        "experiments:", "components: parts.py\ndatasets: {points: {csv: points.csv, label: side}}\nexperiments:"
    )
    Path("small.yaml").write_text(text.replace("[xor]", "[xor, points]").replace("relu", "double"), encoding="utf-8")
    plan = Plan.read(configuration.read_study("small.yaml"))
    assert plan.components == ["parts.py"]
    assert plan.own_datasets == ["points"]
    assert plan.data_files(*plan.own_datasets) == ["points.csv"]
    assert plan.configuration == ["small.yaml"]
    (line,) = plan.code_that_runs()
    assert line == f"The code of parts.py (SHA-256 {plan.components_file.sha256[:12]}) is part of networks: double."


def test_cells_without_a_run_file_are_untrained(plan):
    relu, tanh = plan.study.cells
    assert plan.untrained(plan.study.cells) == [*plan.study.cells.values()]
    finish(plan, relu)
    assert plan.untrained(plan.study.cells) == [plan.study.cells[tanh]]


def test_tables_have_the_runs_of_the_study_for_which_they_were_made(plan):
    assert not plan.is_in_tables()
    collect(plan)
    assert plan.is_in_tables()
    assert not Plan(configuration.parse(SMALL.replace("0.5", "0.25"), "small.yaml")).is_in_tables()
    os.utime("results/small/study.json", (2e9 + 1, 2e9 + 1))
    assert not plan.is_in_tables()


def test_missing_run_files_are_named_if_the_tables_have_their_runs(plan):
    relu, tanh = plan.study.cells
    finish(plan, relu)
    assert plan.missing_runs() == []
    collect(plan)
    assert plan.missing_runs() == [
        f"Run files are missing: 1, such as {plan.run_file(tanh)}.",
        "The tables have their runs. To train these cells again, add: --forcerun collect",
    ]
    finish(plan, tanh)
    assert plan.missing_runs() == []


def test_the_training_time_is_said_if_anything_will_be_trained(plan, monkeypatch):
    monkeypatch.setattr(estimate, "machine_factor", lambda: 1e4)
    (line,) = plan.training_time(2, {})
    assert line.startswith("Training takes about ")
    assert line.endswith(" on 2 cores.")
    (longer,) = plan.training_time(2, plan.study.later_cells)
    assert longer.endswith(" if every context needs all looks) on 2 cores.")
    assert plan.training_time(0, {}) == []  # as with --dag
    collect(plan)
    assert plan.training_time(2, {}) == []


def test_a_study_above_the_time_or_memory_of_the_machine_is_refused(plan, monkeypatch):
    plan.require_feasible(1, on_this_machine=True)
    monkeypatch.setattr(estimate, "machine_memory", lambda: 1e6)
    assert "of memory on 1 cores, and this machine has" in message_of(plan.require_feasible, 1, on_this_machine=True)
    plan.require_feasible(1, on_this_machine=False)
    monkeypatch.setattr(estimate, "HOUR", 0)
    assert "may_take_hours: true" in message_of(plan.require_feasible, 1, on_this_machine=False)
    finish(plan, *plan.study.cells)
    plan.require_feasible(1, on_this_machine=True)


def test_a_results_folder_that_is_a_file_or_has_a_link_is_refused(plan):
    Path("results").write_text("", encoding="utf-8")
    assert "results: it is a file. Make the folder writable" in message_of(plan.require_results_folder)
    Path("results").unlink()
    plan.require_results_folder()
    Path("results/small").mkdir(parents=True)
    Path("results/small/runs").symlink_to("/")
    assert "results/small/runs: this is a link" in message_of(plan.require_results_folder)


def test_results_outside_the_project_are_written_only_if_that_is_allowed(plan, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    Path("results").mkdir()
    Path("results/small").symlink_to(elsewhere)
    assert f"before the command: ONTRIAL_DATA={elsewhere}" in message_of(plan.require_results_folder)
    monkeypatch.setenv("ONTRIAL_DATA", str(elsewhere))
    plan.require_results_folder()


def test_results_of_another_file_with_the_same_name_are_refused(plan):
    plan.require_own_results()
    Path("other.yaml").write_text("study: small\n", encoding="utf-8")
    record(configuration_file="other.yaml")
    message = message_of(Plan(plan.study).require_own_results)
    assert "small.yaml: results/small has the results of other.yaml" in message


def test_damaged_files_are_set_aside_or_reported(plan):
    assert plan.set_damaged_aside() == []
    Path("results/small").mkdir(parents=True)
    Path("results/small/study.json").write_text("{", encoding="utf-8")
    assert plan.set_damaged_aside() == [
        "results/small/study.json: broken JSON. It was renamed to study.json.damaged. It will be rebuilt."
    ]
    assert not Path("results/small/study.json").exists()
    Path("results/small/provenance.json").write_text("{", encoding="utf-8")
    with pytest.raises(DamagedError, match=r"results/small/provenance\.json: broken JSON"):
        plan.require_own_results()


def test_a_start_says_which_versions_have_changed_since_the_runs_that_it_keeps(plan):
    assert plan.changed_versions() == []
    counts = {"python": {platform.python_version(): 4}, "numpy": {"1.0": 3, version("numpy"): 1}}
    record(configuration_file="small.yaml", versions_of_runs=counts)
    assert Plan(plan.study).changed_versions() == [
        f"Versions have changed since the runs in results/small: numpy {version('numpy')} (3 run files with 1.0).",
        "Finished runs are kept. To train all of them again, add: --forcerun train",
    ]


def test_a_failed_run_says_to_continue_unless_nothing_can_be_written(plan):
    assert plan.failure() == "Finished files are kept. Fix the cause and run the same command again to continue."
    Path("results").write_text("", encoding="utf-8")
    assert "results can't be written" in plan.failure()


def test_a_docket_from_the_future_is_named_with_its_remedy(tmp_path):
    docket = tmp_path / "my claims.yaml"
    docket.touch()
    plan = Plan.read(configuration.parse(SMALL))
    plan.require_past_files([str(docket)])
    os.utime(docket, (2**32, 2**32))
    message = message_of(plan.require_past_files, [str(docket)])
    assert message.startswith(f"{docket}: its date is in the future")
    assert message.endswith(f"touch '{docket}'")


def test_a_study_and_a_docket_of_somebody_else_in_the_results_are_written_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plan = Plan.read(configuration.parse(SMALL))
    study, docket = Path(plan.results, "study.json"), Path(plan.results, "docket.json")
    study.parent.mkdir(parents=True)
    study.write_text(plan.study.to_json() + "\n", encoding="utf-8")
    docket.write_text('{"claims": []}\n', encoding="utf-8")
    plan.discard_others('{"claims": []}')
    assert study.exists()
    assert docket.exists()
    study.write_text(study.read_text(encoding="utf-8").replace("{", '{"components":"evil.py",', 1), encoding="utf-8")
    plan.discard_others('{"claims": [1]}')
    assert not study.exists()
    assert not docket.exists()
