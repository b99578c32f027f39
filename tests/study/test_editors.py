"""The schemas that editors read: valid, the same for JavaScript, and named by the files that they describe."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support import settings
from support.project import ROOT

from ontrial.commands import init
from ontrial.errors import InputError
from ontrial.storage import yaml_files
from ontrial.study import configuration, editors, schema_files
from ontrial.study.schema_files import load_schema

COMMENT = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
PUBLISHED = {name: json.loads(text) for name, text in editors.json_schemas().items()}
FILES = [path for pattern in ("config/*.yaml", "examples/*/config/*.yaml") for path in ROOT.glob(pattern)]

GRID = """\
study: s
docket: claims.yaml
experiments:
  grid: {purpose: A grid., dataset: [digits], hidden: [[]], activation: [relu], initialisation: [own],
    objective: [softmax+cross_entropy], batch_size: [16], learning_rates: {powers_of_two: {from: -2, to: 0}},
    seeds: {confirmatory: {from: 1, to: 8}}, budget: {epochs: 1}}
"""


def parts(schema: Any) -> Iterator[dict]:
    """Yield a schema and all schemas in it."""
    if isinstance(schema, dict):
        if "title" in schema or "description" in schema or "$ref" in schema:
            yield schema
        for value in schema.values():
            yield from parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from parts(value)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_schema_is_json_schema_with_its_own_examples(name):
    Draft202012Validator.check_schema(PUBLISHED[name])
    definitions = {"$defs": PUBLISHED[name].get("$defs", {})}
    for part in parts(PUBLISHED[name]):
        for example in [*part.get("examples", []), *([part["default"]] if "default" in part else [])]:
            Draft202012Validator(part | definitions).validate(example)
        assert not part.keys() & set(editors.OWN_KEYWORDS)


@pytest.mark.parametrize("name", ["study", "claims", "answers", "pilots", "question"])
def test_a_value_of_the_wrong_form_has_a_title_that_says_the_right_one(name):
    def untitled(schema: Any) -> Iterator[Any]:
        if isinstance(schema, list):
            yield from (found for value in schema for found in untitled(value))
        elif isinstance(schema, dict):
            if "title" not in schema and ({"enum", "pattern"} & {*schema} or isinstance(schema.get("type"), str)):
                yield schema
            yield from (key for key in schema.get("required", ()) if "title" not in schema["properties"][key])
            yield from (found for value in schema.values() for found in untitled(value))

    assert [*untitled(load_schema(name))] == []


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js: install nodejs")
def test_every_pattern_means_the_same_in_javascript():
    patterns = sorted({part["pattern"] for schema in PUBLISHED.values() for part in parts(schema) if "pattern" in part})
    texts = [
        "a", "a\n", "a-b", "full", "fullZ", "all", "2a", "{a}", "glorot2010", "10.1038/a", "https://a", "가", "",
        "a" * 61,
    ]  # fmt: skip
    assert len(patterns) > 5
    script = """
        const [patterns, texts] = JSON.parse(require('fs').readFileSync(0))
        const test = (pattern) => texts.map((text) => new RegExp(pattern, 'u').test(text))
        console.log(JSON.stringify(patterns.map(test)))
    """
    run = subprocess.run(
        ["node", "--eval", script], input=json.dumps([patterns, texts]), capture_output=True, text=True, check=True
    )
    expected = [[re.fullmatch(pattern, text) is not None for text in texts] for pattern in patterns]
    assert json.loads(run.stdout) == expected


def test_a_line_break_after_a_name_is_refused():
    with pytest.raises(InputError, match=r'study: "s\\n" is not a name of lower-case letters'):
        configuration.parse(GRID.replace("study: s", 'study: "s\\n"'), "c.yaml")


def test_a_file_of_the_project_names_the_schema_that_it_follows():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        schema = (path.parent / COMMENT.match(text)[1]).resolve()
        name = schema.name.removesuffix(".schema.yaml")
        assert schema == schema_files.FOLDER / f"{name}.schema.yaml", path
        mistakes = Draft202012Validator(load_schema(name)).iter_errors(yaml_files.parse(text, path.name)[0])
        assert [mistake.message for mistake in mistakes] == [], path


def test_a_folder_of_init_has_the_schemas_that_its_files_name(tmp_path):
    init.init(tmp_path / "ours")
    config = tmp_path / "ours/config"
    for path in config.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        schema = json.loads((config / COMMENT.match(text)[1]).read_text(encoding="utf-8"))
        Draft202012Validator(schema).validate(yaml_files.parse(text, path.name)[0])


def test_names_of_the_registries_are_completed():
    properties = PUBLISHED["study.schema.json"]["$defs"]["experiment"]["properties"]
    assert "leaky_relu" in properties["activation"]["items"]["examples"]
    assert "softmax+cross_entropy" in properties["objective"]["items"]["examples"]
    assert "identity+cross_entropy" not in properties["objective"]["items"]["examples"]
    assert "own" in properties["initialisation"]["items"]["examples"]


def test_defaults_and_settings_in_the_docs_are_those_of_the_schemas():
    properties = load_schema("config")["$defs"]["experiment"]["properties"]
    defaults = {key: value["default"] for key, value in properties.items() if "default" in value}
    assert {"optimiser", "probes"} < set(defaults)
    momentum = GRID.replace("budget", "optimiser: [momentum], budget")
    for key, value in defaults.items():
        text = momentum if key == "momentum" else GRID
        written = configuration.parse(text.replace("budget", f"{key}: {json.dumps(value)}, budget"), "c.yaml")
        assert written.cells == configuration.parse(text, "c.yaml").cells
    assert (ROOT / "docs/settings.md").read_text(encoding="utf-8") == settings.reference()
