"""Damaged JSON files of a study are found before a run starts, whatever they contain."""

import json
import subprocess
import sys

import pytest
from support.combinations import combinations
from support.messages import message_of
from support.project import ROOT

from ontrial.errors import DamagedError
from ontrial.judge import published
from ontrial.storage import files, json_files
from ontrial.study import study_files
from ontrial.study.schema_files import load_schema

NAMES = [name.replace("**", "figures").replace("*", "2") for name in load_schema("results") if ".json" in name]
BROKEN = ("", "{", "a word", "[" * 100_000, '{"study": NaN}', '{"study": 1e999}', '{"study": ' + 10_000 * "1" + "}")
WRONG = ("null", "5", '"text"', "[5]", '{"another": {"file": 1}}')


@pytest.mark.parametrize(
    ("name", "content"), combinations(NAMES, [*BROKEN, *WRONG], strength=1), ids=lambda text: text[:20]
)
def test_a_damaged_file_of_a_study_is_named(tmp_path, name, content):
    files.write_text(tmp_path / name, content)
    message = message_of(study_files.require_intact, tmp_path)
    problem = "broken JSON." if content in BROKEN else "It was not written by this version."
    assert message.startswith(f"{tmp_path / name}: ")
    assert message.endswith(f"{problem} Delete it, and run the study again to rebuild it.")


def test_a_file_that_fills_the_memory_is_not_read(tmp_path):
    for name in ("verdicts.json", "provenance.json"):
        with open(tmp_path / name, "wb") as file:
            file.truncate(json_files.MAX_BYTES + 1)
    assert "provenance.json: it is larger than 64 MiB. Delete it" in message_of(study_files.require_intact, tmp_path)
    assert "verdicts.json: it is larger than 64 MiB." in message_of(published.read_json, tmp_path / "verdicts.json")


def test_all_damaged_files_are_named_at_once_and_no_other(tmp_path):
    damaged = {tmp_path / name for name in NAMES}
    for path in damaged:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xff\x00")
    files.write_text(tmp_path / "figures/points.json", "[]")
    with pytest.raises(DamagedError) as error:
        study_files.require_intact(tmp_path)
    assert set(error.value.problems) == damaged


def test_a_study_that_has_not_run_is_intact(tmp_path):
    study_files.require_intact(tmp_path)
    study_files.require_intact(tmp_path / "missing")


def test_a_commit_that_git_would_take_for_an_option_is_damage(tmp_path):
    record = {"study": "a", "configuration_file": None, "commit": "--output=precious"}
    files.write_text(tmp_path / "provenance.json", json.dumps(record))
    assert "commit: '--output=precious' is not a commit or null." in message_of(study_files.require_intact, tmp_path)


def test_no_step_imports_what_words_mistakes():
    steps = {path.stem for path in (ROOT / "src/ontrial/steps").glob("[a-z]*.py")} - {"explore"}  # whose charts need it
    code = f"import sys, {', '.join(f'ontrial.steps.{name}' for name in steps)}; sys.exit('jsonschema' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
