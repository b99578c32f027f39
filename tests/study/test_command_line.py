"""Studies that a command line asks for: files are merged, keys overridden, and mistakes reported."""

from pathlib import Path

import pytest
import yaml
from support.messages import message_of

from ontrial.errors import InputError
from ontrial.study import command_line, configuration

GRID = """\
experiments:
  grid: {purpose: Try it., dataset: [xor], hidden: [[4]], activation: [relu], initialisation: [own],
    objective: [softmax+cross_entropy], batch_size: [4], learning_rates: [0.5, 1e-3],
    seeds: {descriptive: {from: 1, to: 2}}, budget: {epochs: 2}}
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Write a study, and a file in another folder that overrides one of its settings; return both paths."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/a.yaml").write_text("study: a\ndocket: claims.yaml\n" + GRID, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("study: b\nexperiments: {grid: {activation: [tanh, elu]}}\n", encoding="utf-8")
    return ["config/a.yaml", "b.yaml"]


def read(*paths: str, **overrides):
    """Return the study of files and `--config` values, read as Snakemake does: in its YAML, 1e-3 is text."""
    config = {}
    for path in paths:
        command_line.update_nested(config, yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    command_line.update_nested(config, overrides)
    return command_line.merge_study(paths, config)


def test_later_files_and_the_command_line_override_key_by_key(files):
    assert read(files[0]) == configuration.read_study(files[0])
    assert read(files[0], study=files[0]) == configuration.read_study(files[0])  # --config study=FILE
    study = read(*files)
    assert study.name == "b"
    assert study.experiments["grid"].grid["activation"] == ("tanh", "elu")
    assert study.experiments["grid"].learning_rates == (0.5, 0.001)
    assert str(study.docket) == "config/claims.yaml"
    assert read(files[0], study="renamed").name == "renamed"
    assert str(read(files[0], docket="mine.yaml").docket) == "mine.yaml"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"stduy": "b"}, 'config/a.yaml + --config: stduy: unknown key "stduy". Did you mean "study"?'),
        ({"experiments": 3}, "a.yaml + --config: experiments: 3 is not"),
        ({"claims": [[]]}, "a.yaml + --config: claims[0]: [] is not"),
    ],
)
def test_an_invalid_override_is_an_error(files, overrides, message):
    assert message in message_of(read, files[0], **overrides)


def test_a_file_that_is_a_list_is_an_error(files):
    Path("list.yaml").write_text("- a\n- b\n", encoding="utf-8")
    for paths in (["list.yaml"], [files[0], "list.yaml"]):
        assert message_of(command_line.merge_study, paths, {}).startswith('list.yaml:1: ["a", "b"] is not ')


def test_two_files_may_not_give_their_studies_the_same_name(files):
    study = configuration.read_study("config/a.yaml")
    made_by = {"configuration_file": "other.yaml"}
    command_line.require_own_name(study, {"configuration_file": "config/../config/a.yaml"})
    command_line.require_own_name(study, {"configuration_file": None})
    command_line.require_own_name(study, made_by)  # the file does not exist any more
    Path("other.yaml").write_text("study: b\n")
    command_line.require_own_name(study, made_by)
    Path("other.yaml").write_text("study: a\n")
    with pytest.raises(InputError, match=r"config/a\.yaml: results/a has the results of other\.yaml, whose study has"):
        command_line.require_own_name(study, made_by)
    command_line.require_own_name(read("config/a.yaml", threshold=0.5), {"configuration_file": "config/a.yaml"})


def test_a_configuration_is_that_of_files_if_it_has_their_keys(files):
    config = yaml.safe_load(Path(files[0]).read_text(encoding="utf-8"))
    assert command_line.are_read(files, config | {"threshold": 0.5})
    assert not command_line.are_read(files, config["experiments"])
    assert not command_line.are_read([], config)


@pytest.mark.parametrize("name", [None, "", 0, 5, 1.5, True, ["a"], {"a": 1}])
def test_study_must_be_the_path_of_a_file(name):
    with pytest.raises(
        InputError, match=r"--config study=FILE needs the path of a configuration file, not .*\. For example:"
    ):
        command_line.require_study_file(name)


@pytest.mark.parametrize("name", ["/nonexistent", "config", "b"])
def test_an_unreadable_file_is_reported(files, name):
    with pytest.raises(InputError, match=f"{name}: (there is no such file|the file can't be read)"):
        command_line.require_study_file(name)


def requested(config: dict, *paths: str, given: dict | None = None, is_module: bool = False):
    """Return the study that a run asks for, with the configuration as Snakemake merged it."""
    return command_line.requested_study(config, paths, given or {}, is_module=is_module)


def loaded(path: str) -> dict:
    """Return a configuration file as Snakemake reads it: 1e-3 is text, and of a repeated key the last one counts."""
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))


def test_a_run_names_the_file_of_its_study_or_has_read_it(files):
    assert requested({"study": files[0]}) == configuration.read_study(files[0])
    assert requested(loaded(files[0]), files[0]) == configuration.read_study(files[0])
    assert requested(loaded(files[0]) | {"study": "renamed"}, files[0]).name == "renamed"
    assert "--config study=FILE needs the path of a configuration file, not ['1']" in message_of(
        requested, {"study": ["1"]}
    )


def test_the_study_is_the_default_one_and_trust_is_no_key_of_it(files):
    trusted = {"study": files[0], "trust_code": "yes"}
    assert requested(trusted, given={"trust_code": "yes"}) == configuration.read_study(files[0])
    in_file = loaded(files[0]) | {"trust_code": "yes"}
    assert "trust_code" in message_of(requested, in_file, files[0])
    assert requested({}).name == "default"
    assert message_of(requested, {}, is_module=True).startswith("config/config.yaml: there is no such file")
    Path(files[0]).rename("config/config.yaml")
    assert requested({}, is_module=True).name == "a"


def test_an_importing_workflow_names_a_study_or_passes_it(files):
    assert requested({"study": files[0]}, is_module=True) == configuration.read_study(files[0])
    assert requested({"study": files[0]}, "b.yaml", is_module=True).name == "a"  # b.yaml configures that workflow
    assert requested(loaded(files[0]), files[0], is_module=True) == configuration.read_study(files[0])
    passed = loaded(files[0])
    passed["experiments"]["grid"]["learning_rates"] = [0.5]
    Path("all.yaml").write_text("title: All\n", encoding="utf-8")
    assert requested(passed, "all.yaml", is_module=True).name == "a"
    assert requested(passed, is_module=True).name == "a"
    passed["experiments"]["grid"]["activation"] = ["rellu"]
    assert message_of(requested, passed, "all.yaml", is_module=True).startswith("all.yaml: experiments.grid.activation")


def test_the_file_of_an_importing_workflow_is_read_again_with_its_lines(files):
    path = Path(files[0])
    path.write_text(path.read_text(encoding="utf-8").replace("hidden", "hidden: [[8]], hidden"), encoding="utf-8")
    for config, paths in (({"study": files[0]}, []), (loaded(files[0]), files[:1])):
        message = message_of(requested, config, *paths, is_module=True)
        assert message.startswith("config/a.yaml:4: experiments.grid.hidden: duplicate key")
