"""Check that any configuration or docket is either valid or raises one clear InputError."""

import copy
import functools
import json
import re
from pathlib import PurePosixPath

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown import markdown
from support.examples import GOOD, VALID
from support.messages import message_of
from support.project import ROOT
from support.simulated import simulated

from ontrial.errors import InputError
from ontrial.judge import checks, claims, context_checks
from ontrial.judge.docket import Docket
from ontrial.nn import Architecture
from ontrial.report.markdown import Markdown
from ontrial.study import configuration
from ontrial.study.cell import Cell
from ontrial.study.study import Study

slow = functools.partial(pytest.param, marks=pytest.mark.slow)

STUDY = simulated()
DOCKET = GOOD.replace(
    "references:\n  someone",
    """\
  - id: two-classes
    kind: by_construction
    source: ["Two classes: sigmoid.", "Two."]
    statement: {en: Sigmoid is for two classes., ko: 두 클래스.}
    identity: sigmoid-two-classes
  - id: usual
    kind: not_testable
    statement: {en: People use 32.}
    because: {en: It is about people.}
  - id: cheap
    kind: timed
    statement: {en: ReLU is cheap.}
    metric: cost
    ratio: {of: {task: activation, activation: sigmoid}, over: {task: activation, activation: relu}}
    where: {dataset: digits, hidden: "32", batch_size: 32}
    smallest_effect: factor 1.25
  - id: worse-with-depth
    statement: {en: "Every layer costs accuracy."}
    experiment: depths
    metric: test_accuracy
    slope: {of: {activation: sigmoid}, along: depth}
    where: {initialisation: own, objective: softmax+mse, policy: tuned}
    smallest_effect: 1 point
references:
  someone""",
)
TIMES = {"cheap": {"id": "cheap", "contexts": [{"settings": {}}]}}

# Text that has caused trouble elsewhere.
HOSTILE = [
    *("../../etc", "/tmp/x", "a/b", ".", "..", "-rf", "~", "reference", "con", "a" * 300, "", " ", "a b", "a\nb"),
    *("'; touch pwned; '", "$(touch pwned)", "`touch pwned`", "{rule}", "{{x}}", "%(x)s", "\\", "\"'"),
    *("| cat", "&& ls", "<script>alert(1)</script>", "[[ study_name ]]", "[% if x %]", "](javascript:alert(1))"),
    *("<!--", "$x^2$", "**b**", "\u202eevil", "\u0000", "\u001b[31m", "\ufeff", "\ud7ff", "\U0001f600"),
    *("한국어", "ﬀ", "İ", "e\u0301", "\u2028", "\x85", "NaN", ".nan", ".inf", "1e999", "0x10", "1_000", "1:30"),
    *("2020-01-01", "!!binary aGk=", "!!python/name:os.system", "&a [*a]", "<<: *a", "? x", "٣ points", "-0"),
    *("9" * 400, "1" + "0" * 17, "factor " + "9" * 400, "9" * 400 + " points"),
]
WORDS = [
    *("full", "own", "he", "relu", "digits", "xor", "softmax+mse"),
    *("from", "epochs", "looks", "policy", "tuned", "depth"),
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 40),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=4),
    st.text(max_size=8),
    st.sampled_from(WORDS + HOSTILE),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | SCALARS, inner, max_size=3),
    max_leaves=8,
)


def paths(value, path=()):
    """Yield the path of every value in a tree of mappings and lists."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def value_at(tree, path):
    for key in path:
        tree = tree[key]
    return tree


@st.composite
def mutated_trees(draw, valid: str):
    """Draw a valid file with one to three of its values replaced, removed, doubled, wrapped, exchanged or renamed."""
    tree = {"": yaml.safe_load(valid)}
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([path for path in paths(tree) if path]))
        inside, key = value_at(tree, path[:-1]), path[-1]
        kind = draw(st.sampled_from(["replace", "remove", "double", "wrap", "exchange", "rename", "repeat"]))
        if kind == "replace" or len(path) == 1:
            inside[key] = draw(VALUES)
        elif kind == "remove":
            del inside[key]
        elif kind == "double" and isinstance(inside, list):
            inside.insert(key, copy.deepcopy(inside[key]))
        elif kind == "wrap":
            inside[key] = draw(st.sampled_from([[inside[key]], {"en": inside[key]}, [[[inside[key]]]]]))
        elif kind == "exchange":
            inside[key] = copy.deepcopy(value_at(tree, draw(st.sampled_from(list(paths(tree))))))
        elif kind == "rename" and isinstance(inside, dict):
            inside[draw(SCALARS)] = inside.pop(key)
        elif kind == "repeat" and isinstance(inside[key], list | str):
            inside[key] = inside[key] * draw(st.integers(2, 200))
    return tree[""]


@st.composite
def mutated_texts(draw, valid: str):
    """Draw the text of a valid file with one to three parts cut, replaced, doubled or moved."""
    written = valid
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(written)))
        gap = draw(st.integers(0, 30))
        noise = st.text("&*!|>%@`'\"\\#{}[]:,-? \n\tx0", max_size=6) | st.text(max_size=20) | st.sampled_from(HOSTILE)
        cut = written[start : start + gap]
        put = draw(
            st.one_of(noise, st.just(cut * 2), st.just("\n" + cut), st.just("&a " + cut + " *a"), st.just(cut * 3000))
        )
        written = written[:start] + put + written[start + gap :]
    return written


def assert_clear(error: InputError) -> None:
    """Check that a message names the place, is a sentence, and contains no control characters."""
    lines = str(error).splitlines()
    assert 1 <= len(lines) <= 21
    for line in lines:
        assert re.match(r"(c\.yaml|simulated|the configuration)\b", line), line
        assert len(line) < 2000
        assert line[-1] in ".?", line
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", line), repr(line)


def assert_valid_study(study: Study) -> None:
    """Check what every later step assumes about a study."""
    assert configuration.parse(study.to_json(), "again").experiments == study.experiments
    for path, cell in list(study.cells.items())[:3]:
        assert Cell.from_json(cell.to_json()) == cell
        Architecture((2, *cell.hidden, 2), cell.activation, cell.output, cell.loss, cell.initialisation)
        assert cell.recipe == Cell.from_json(cell.to_json()).recipe
        parts = PurePosixPath("results", study.name, "runs", f"{path}.parquet").parts
        assert len(parts) == 11
        assert all(re.fullmatch(r"[a-z0-9][\w.+-]*", part) and len(part) < 256 for part in parts), parts
        assert study.name != configuration.RESERVED


def assert_valid_docket(docket: Docket) -> None:
    """Check what every later step assumes about a docket."""
    for id, claim in docket.claims.items():
        assert re.fullmatch(r"[a-z][a-z0-9-]{0,59}", id)
        assert len(claim.hash) == 64
        if claim.estimand:
            assert 0 < claim.estimand.smallest_effect < float("inf")
            assert len(claims.list_contexts(claim.estimand)) <= context_checks.MAX_CONTEXTS


def configuration_or_refusal(written: str) -> None:
    try:
        study = configuration.parse(written, "c.yaml")
    except InputError as error:
        assert_clear(error)
    else:
        assert_valid_study(study)


def mapping_or_refusal(value: object) -> None:
    try:
        study = configuration.parse(value)
    except InputError as error:
        assert_clear(error)
    else:
        assert_valid_study(study)


def docket_or_refusal(written: str) -> None:
    try:
        docket = checks.parse(written, "c.yaml", STUDY, measured_times=TIMES)
    except InputError as error:
        assert_clear(error)
    else:
        assert_valid_docket(docket)


def dumped(tree: object) -> str:
    return yaml.safe_dump(tree, allow_unicode=True)  # with tags for dates and bytes, and aliases for repeated values


PROPERTIES = {
    "any configuration": (mutated_trees(VALID).map(dumped), configuration_or_refusal),
    "any text of a configuration": (mutated_texts(VALID), configuration_or_refusal),
    "any mapping": (mutated_trees(VALID), mapping_or_refusal),
    "any docket": (mutated_trees(DOCKET).map(dumped), docket_or_refusal),
    "any text of a docket": (mutated_texts(DOCKET), docket_or_refusal),
}


@pytest.mark.parametrize("examples", [60, pytest.param(10_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", PROPERTIES)
def test_any_input_is_valid_or_gives_one_clear_message(name, examples):
    strategy, check = PROPERTIES[name]
    unhurried = settings(max_examples=examples, suppress_health_check=list(HealthCheck), database=None)
    unhurried(given(strategy)(check))()


def test_the_files_that_are_mutated_are_valid():
    assert_valid_study(configuration.parse(VALID, "c.yaml"))
    docket = checks.parse(DOCKET, "c.yaml", STUDY, measured_times=TIMES)
    assert len(docket.claims) == DOCKET.count("- id:")
    assert_valid_docket(docket)


def test_no_name_leads_outside_results():
    value = yaml.safe_load(VALID)
    for name in HOSTILE:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", name):
            for changed in ({"study": name}, {"experiments": {name: value["experiments"]["grid"]}}):
                message = message_of(configuration.parse, value | changed)
                assert re.search(r"is not a name of lower-case letters|is reserved", message), name


@pytest.mark.parametrize(
    "written",
    [
        *("[" * 65_000, "{" * 65_000, "- " * 32_000, "? " * 32_000, "a:\n" * 20_000, "'" * 65_000, "&a " * 20_000),
        "\n".join(f"key-{n}: {n}" for n in range(5000)),
        "study: " + "x" * 65_000,
        f"experiments: {{{', '.join(f'e{n}: {{}}' for n in range(8000))}}}",
        '"' + "\\x41" * 16_000 + '"',
        VALID.replace("[relu]", str(["rellu"] * 500)),
        VALID.replace("[1, 32]", str(list(range(1, 116)) * 10)),
        slow(VALID.replace("[relu]", str(["rellu"] * 5000))),
        slow(VALID.replace("[1, 32]", str(list(range(1, 1151)) * 10))),
    ],
    ids=range(15),
)
def test_a_huge_file_is_refused_or_read_quickly(written):
    configuration_or_refusal(written)
    docket_or_refusal(written)


def test_a_docket_with_too_many_contexts_is_refused():
    many = ", ".join(map(str, range(1, 400)))
    contexts = f"contexts: {{depth: [{many}], learning_rate: [{many}], batch_size: [{many}]}}"
    written = re.sub(r"contexts: \{policy: .*", contexts, GOOD, count=1)
    written = written.replace(
        "{of: {batch_size: 16}, minus: {batch_size: 256}}", "{of: {activation: relu}, minus: 1 point}"
    )
    with pytest.raises(
        InputError, match=r"c\.yaml:2: claims\.small-is-better: 63,521,199 contexts, more than the 1,000 allowed\."
    ):
        checks.parse(written, "c.yaml", STUDY, measured_times=TIMES)


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1) | st.sampled_from(HOSTILE))
def test_text_appears_unchanged_on_a_page(written):
    if shown := Markdown.escape(written):
        html = markdown(f"before {shown} after", extensions=["tables", "attr_list", "def_list", "footnotes", "smarty"])
        assert re.fullmatch(r"<p>before [^<>]* after</p>", html), html


RUNS_WHAT_IT_READS = re.compile(
    r"\b(?:import|from) (?:pickle|marshal|shelve|joblib|dill)\b|allow_pickle|\bread_pickle|\bextractall\("
    r"|\b(?:eval|exec)\(|os\.system|shell=True|yaml\.(?:unsafe_load|full_load)|yaml\.load\((?!.*Safe)"
)


def test_no_module_unpickles_or_executes_input_or_extracts_archives():
    modules = [*(ROOT / "src").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py"), *(ROOT / "docs").rglob("*.py")]
    modules += [ROOT / "workflow/Snakefile", *(ROOT / "workflow").rglob("*.smk")]
    matches = {path: RUNS_WHAT_IT_READS.search(path.read_text(encoding="utf-8")) for path in modules}
    assert len(matches) > 80
    assert {path.name: match[0] for path, match in matches.items() if match} == {}
    assert RUNS_WHAT_IT_READS.search("yaml.load(text, Loader=yaml.Loader)")
    assert not RUNS_WHAT_IT_READS.search("yaml.load(text, Loader=yaml.CSafeLoader)")


def test_every_package_from_npm_has_a_checksum_and_runs_nothing_when_it_is_installed():
    lock = json.loads((ROOT / "tests/scripts/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert "node_modules/vnu-jar" in packages
    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
    assert "://" not in json.dumps(lock)
    assert "ignore-scripts=true" in (ROOT / "tests/scripts/.npmrc").read_text(encoding="utf-8").splitlines()
