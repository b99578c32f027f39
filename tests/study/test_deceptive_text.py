"""Text that reads otherwise than it is written is refused: in files, in their values, and in this repository."""

import json
import re
import subprocess

import pytest
import yaml
from support.examples import GOOD, VALID
from support.messages import message_of
from support.project import ROOT

from ontrial.data import csv_file
from ontrial.errors import DECEPTIVE, InputError
from ontrial.judge import own_metrics
from ontrial.storage import yaml_files
from ontrial.study import configuration, schema_mistakes
from ontrial.study.schema_files import load_schema

CHARACTERS = [chr(code) for code in range(0x10FFFF) if DECEPTIVE.match(chr(code))]
PLAIN = "배치가 작을수록 정확하다. 👩‍🔬 ❤️ é"  # with a joiner and a selector, which emoji need


def test_the_characters_are_those_that_turn_text_around_and_invisible_ones():
    assert len(CHARACTERS) == 19
    assert {"\u202a", "\u202e", "\u2066", "\u2069", "\u200b"} <= set(CHARACTERS)
    assert not DECEPTIVE.search(PLAIN)


def test_a_file_that_contains_one_is_refused_also_in_a_comment(tmp_path):
    character = "\u202e"
    problem = "the character U+202E is invisible or turns text around, so readers see other text. Remove it."
    study = tmp_path / "c.yaml"
    study.write_text(VALID + f"# ab{character}c\n", encoding="utf-8")
    assert message_of(configuration.read_study, study) == f"{study}:{VALID.count(chr(10)) + 1}: {problem}"
    metrics = tmp_path / "ours.py"
    metrics.write_text(f'def ours(curves):\n    """Ours."""  # {character}\n    return 1\n', encoding="utf-8")
    assert message_of(own_metrics.read_metrics, str(metrics)) == f"{metrics}:2: {problem}"
    metrics.write_text('def ours(curves):\n    "Ours \\u202e."\n    return 1\n', encoding="utf-8")
    assert problem in message_of(own_metrics.read_metrics, str(metrics))


def test_the_schemas_refuse_each_of_them():
    docket = yaml.safe_load(GOOD)
    for character in CHARACTERS:
        docket["claims"][0]["statement"]["en"] = docket["references"]["someone2020"]["doi"] = f"a{character}b"
        assert len(schema_mistakes.find(docket, NAMES, load_schema("claims"))) == 2, hex(ord(character))


def test_values_that_contain_one_as_an_escape_sequence_are_refused():
    character = "\u202e"
    study = yaml.safe_load(VALID)
    study["experiments"]["grid"]["purpose"] += character
    study["datasets"] = {"ours": {"csv": f"a{character}.csv", "label": f"b{character}"}}
    with pytest.raises(InputError, match=r"(?s)purpose.*|datasets") as error:
        configuration.parse(json.dumps(study), "c.yaml")
    assert len(str(error.value).splitlines()) == 3


class Names(dict):
    """Checks of names that know every name."""

    def items(self):
        return dict.fromkeys(("metric", "activation", "initialisation", "objective", "optimiser", "probe"), str).items()


NAMES = Names()


def test_korean_and_emoji_are_allowed():
    docket = yaml.safe_load(GOOD)
    docket["claims"][0]["statement"]["ko"] = PLAIN
    assert schema_mistakes.find(docket, NAMES, load_schema("claims")) == []
    assert yaml_files.parse(f"a: {PLAIN}\n", "a.yaml")[0] == {"a": PLAIN}


@pytest.mark.parametrize("place", ["class", "column", "word"])
def test_a_table_whose_names_contain_one_is_refused(tmp_path, place):
    turned = {name: name + "\u202e" * (name == place) for name in ("class", "column", "word")}
    rows = [f"{i},{turned['word'] if i % 3 else 'other'},{turned['class'] if i % 2 else 'b'}" for i in range(40)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join([f"{turned['column']},kind,y", *rows]) + "\n", encoding="utf-8")
    file = csv_file.CsvFile(csv=str(path), label="y", categories=("kind",))
    message = message_of(csv_file.read_own_table, file)
    assert message.startswith(f"{path}: {place}\\u202e: the character U+202E is invisible")


@pytest.mark.parametrize("code", ["-" * 200_000 + "1", "1" + "+1" * 200_000, "a" + ".a" * 200_000])
def test_metrics_that_are_nested_too_deeply_are_refused(tmp_path, code):
    path = tmp_path / "ours.py"
    path.write_text(code, encoding="utf-8")
    assert message_of(own_metrics.read_metrics, str(path)) == f"{path}: nested too deeply."


def test_no_file_of_the_repository_contains_one():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name] or sorted((ROOT / "docs").rglob("*.*"))
    texts = [
        path for path in paths if re.fullmatch(r"\.(py|smk|md|ya?ml|js|html|css|txt|csv|json|toml|lock)", path.suffix)
    ]
    assert len(texts) > 100
    found = [path for path in texts if path.is_file() and DECEPTIVE.search(path.read_text(encoding="utf-8"))]
    assert found == []
