"""Published files are checked when they are read: each value that is not of its kind is refused, with its place."""

import csv
import itertools
import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.hostile import HOSTILE
from support.outcomes import require_same_judgement
from support.project import ROOT

from ontrial.errors import InputError
from ontrial.judge import checks, published, result_files, seeds
from ontrial.judge.checks import CLAIM_SETTINGS, COST_SETTINGS
from ontrial.judge.claim import Claim
from ontrial.judge.claims import list_arms, list_contexts
from ontrial.judge.metrics import BUILT_IN
from ontrial.nn.activations import ACTIVATIONS
from ontrial.storage import files
from ontrial.study import configuration
from ontrial.study.cell import Cell
from ontrial.study.schema_files import load_schema
from ontrial.study.study import Study
from ontrial_judge.core.decisions import decide_context, describe_context
from ontrial_judge.core.evidence import MeasuredArm, Paired
from ontrial_judge.core.verdict_files import encode_case
from ontrial_judge.core.verdicts import Choice, Context, Effect, Kind, Outcome, Way

REFERENCE = ROOT / "results/reference"
TABLES = [path for path in REFERENCE.rglob("*.csv") if path.name != "verdicts.csv"]  # a copy that no page reads
RECORDS = list(REFERENCE.rglob("*.json"))


def name_of(path: Path) -> str:
    return path.relative_to(REFERENCE).as_posix()


def read(path: Path) -> object:
    return result_files.read_verdicts(path).claims if path.name == "verdicts.json" else published.read_record(path)


def test_published_files_of_the_repository_are_valid():
    for path in (*TABLES, *RECORDS):
        assert published.is_known(path.name), path
        assert len(published.read_table(path) if path.suffix == ".csv" else read(path)), path


def test_the_text_of_the_picture_in_the_readme_is_what_the_published_verdict_says():
    verdict = result_files.read_verdicts(REFERENCE / "default/verdicts.json").by_claim["small-batch-accuracy"]
    outcomes = {context.settings["policy"]: context.outcome for context in verdict.matching({"budget": "epochs"})}
    alt = re.search(r'docs/picture.svg" .*alt="(.*?)"', (ROOT / "README.md").read_text(encoding="utf-8"))[1]
    said = {
        "fixed_of": ("positive", "At the learning rate that suits batches of 16, they are ahead."),
        "fixed_minus": ("reversed", "At the rate that suits 256, they are far behind."),
        "tuned": ("negligible", "Each at its own rate, both are nearly equal."),
    }
    for policy, (outcome, sentence) in said.items():
        assert (outcomes[policy], sentence in alt) == (outcome, True), policy


def test_the_units_of_verdicts_are_those_of_metrics():
    pattern, listed = (load_schema(name)["$defs"]["unit"] for name in ("verdicts", "published"))
    units = {metric.unit for metric in BUILT_IN.values()} | {"log2"}
    assert set(listed["enum"]) == units
    for unit in units:
        for axis in ("", " per layer", " per doubling", " per 0.1"):
            assert re.fullmatch(pattern["pattern"], unit + axis)


def one_per_name(paths: list[Path]) -> list[Path]:
    """The default study has tables of each name, the study mnist few, and that of the law numbers per seed."""
    studies = {"default", "mnist"}
    return [
        path
        for path in paths
        if path.parent == REFERENCE or studies & {*path.parts} or path == REFERENCE / "law/seeds.json"
    ]


@pytest.mark.parametrize("path", one_per_name(TABLES), ids=name_of)
def test_no_cell_of_a_table_can_carry_markup(path, tmp_path):
    """Both instead of a value and behind it, in the last row."""
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))[-3:]
    for column in rows[0]:
        for text in (HOSTILE, f"{rows[-1][column]}<b>", f"{rows[-1][column]}`"):
            with open(tmp_path / path.name, "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, rows[0])
                writer.writeheader()
                writer.writerows([*rows[:-1], rows[-1] | {column: text}])
            with pytest.raises(InputError, match=re.escape(f"{path.name}:{len(rows) + 1}: {column}: ")):
                published.read_table(tmp_path / path.name)


@pytest.mark.parametrize("path", one_per_name(TABLES), ids=name_of)
def test_columns_are_those_of_the_schema(path, tmp_path):
    head, *rows = path.read_text(encoding="utf-8").splitlines()[:3]
    first, *others = head.split(",")
    for changed in (",".join([HOSTILE.replace('"', "'").replace(",", ""), *others]), head + ",<b>", ",".join(others)):
        (tmp_path / path.name).write_text("\n".join([changed, *rows]), encoding="utf-8")
        with pytest.raises(InputError, match=re.escape(path.name)):
            published.read_table(tmp_path / path.name)
    assert first in published.schema_of(path.name)["properties"]


def test_a_setting_that_is_newer_than_a_table_has_its_default(tmp_path):
    table = published.read_table(REFERENCE / "momentum/tables/tuned.csv")
    older = tmp_path / "tuned.csv"
    table.drop(columns=["weight_decay", "training_samples"]).to_csv(older, index=False)
    read = published.read_table(older)
    assert set(read["weight_decay"]) == {0}
    assert read["training_samples"].equals(table["training_samples"])


def shortened(content: object) -> object:
    """Content with one item in each list."""
    if isinstance(content, dict):
        return {key: shortened(value) for key, value in content.items()}
    return [shortened(value) for value in content[:1]] if isinstance(content, list) else content


def leaves(content, path=()):
    """Yield the path of each value that is neither a mapping nor a list."""
    if isinstance(content, dict | list):
        for key in content if isinstance(content, dict) else range(len(content)):
            yield from leaves(content[key], (*path, key))
    else:
        yield path


@pytest.mark.parametrize("path", one_per_name(RECORDS), ids=name_of)
def test_no_value_or_key_of_a_record_can_carry_markup(path, tmp_path):
    content = shortened(json.loads(path.read_text(encoding="utf-8")))
    copy = tmp_path / path.name
    for place in leaves(content):
        for change in ("value", "key"):
            changed = json.loads(json.dumps(content))
            holder = changed
            for key in place[:-1]:
                holder = holder[key]
            if change == "value":
                holder[place[-1]] = HOSTILE
            elif isinstance(holder, dict):
                holder[HOSTILE] = holder.pop(place[-1])
            else:
                continue
            copy.write_text(json.dumps(changed), encoding="utf-8")
            with pytest.raises(InputError, match=re.escape(path.name)):
                read(copy)


def test_the_axes_of_verdicts_are_the_settings_of_claims():
    definitions = load_schema("verdicts")["$defs"]
    effect = Effect(1.0, 0.5, 1.5, 0.95, "log2")
    sparse = {
        "deciding": effect,
        "zeros": (1, 0),
        "smallest_effect": 10.0,
        "choices": (Choice(4, {"weight_decay": 0.1}),),
    }
    written = encode_case(Context({}, Outcome.POSITIVE, effect, n=10, decided_by=(Way.MEAN,), **sparse))
    assert set(definitions["axis"]["enum"]) == {*CLAIM_SETTINGS, *COST_SETTINGS, "reading"}
    assert set(definitions["context"]["propertyNames"]["anyOf"][1]["enum"]) == set(written)


def test_a_table_that_is_none_is_reported(tmp_path):
    for name, text in (("scale.csv", ""), ("tuned.csv", '"'), ("laboratories.csv", "part\x00,case\n1,2,3\n1\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=name):
            published.read_table(tmp_path / name)


# Studies whose dockets landed before their networks were trained, which the history shows
REGISTERED = [name for name in ("law", "again") if (REFERENCE / name / "design.json").exists()]


def git(*arguments: str) -> str | None:
    """Return what git says; None if it fails, or if there is no git."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


@pytest.mark.parametrize("study", REGISTERED)
def test_a_docket_is_older_than_its_results(study):
    origin = published.read_record(REFERENCE / study / "design.json")["origin"]
    docket = f"config/{study}-claims.yaml"
    assert files.sha256(ROOT / docket) == origin["docket_sha256"]
    assert origin["docket_commit"] not in (None, origin["commit"])
    if git("rev-parse", "--is-shallow-repository") != "false" or git("rev-parse", "--show-prefix") != "":
        pytest.skip("The history is not here: a shallow clone, or an archive. The docket's digest is as published.")
    of_docket, of_code = origin["docket_commit"], origin["commit"]
    added = (git("log", "--format=%H", "--", f"results/reference/{study}/verdicts.json") or "HEAD").split()[-1]
    for later in (of_code, added):  # a rebase may give the code the second of its docket, but not the results
        assert git("merge-base", "--is-ancestor", of_docket, later) is not None, f"{of_docket} does not precede {later}"
    assert int(git("log", "-1", "--format=%ct", of_docket)) < int(git("log", "-1", "--format=%ct", added))
    assert git("log", "-1", "--format=%H", "--", docket) == of_docket  # nothing changed it since


# Numbers per seed -----------------------------------------------------------------------------------------------------

STUDIES = {path.parent.name for path in REFERENCE.glob("*/verdicts.json")}


def docket_of(study: str) -> tuple[Study, dict[str, Claim]]:
    """Return a study with the claims of its docket."""
    folders = ("", "replications", "atlas-replications", "batteries")
    paths = [path for folder in folders for path in sorted((ROOT / "config" / folder).glob("*.yaml"))]
    path = next(path for path in paths if re.search(rf"^study: {study}( |$)", path.read_text("utf-8"), re.MULTILINE))
    read = configuration.read_study(path)
    return read, dict(checks.read_docket(read.docket, read).claims)


@pytest.mark.parametrize("study", sorted(STUDIES))
def test_each_context_follows_from_its_published_numbers_per_seed(study):
    folder = REFERENCE / study
    judged = result_files.read_verdicts(folder / "verdicts.json").by_claim
    claims = {id: claim for id, claim in docket_of(study)[1].items() if id in judged}
    measured = seeds.decode(published.read_record(folder / "seeds.json"), claims)
    assert set(measured) == {id for id, verdict in judged.items() if verdict.is_measured}
    assert all(claims[id].hash == judged[id].hash for id in measured)
    again = seeds.judge_again(claims, judged, measured)
    assert sum(require_same_judgement(judged[verdict.claim], verdict) for verdict in again) == sum(
        len(judged[id].contexts) for id in measured
    )


def numbers_in(table: pd.DataFrame, claim: Claim, cell: Cell) -> np.ndarray:
    """Return the numbers of a cell by seed in a table of distances and limits."""
    rows = table[(table["experiment"] == cell.experiment) & (table["goal"] == claim.estimand.threshold)]
    for name in ("dataset", "hidden", "activation", "output", "loss", "optimiser", "momentum", "batch_size"):
        rows = rows[rows[name] == cell.columns[name]]
    return rows[claim.estimand.metric].to_numpy()


def test_contexts_follow_from_the_table_of_distances_and_limits():
    """Those in which each seed has a number; five digits of it are published."""
    read, claims = docket_of("one-curve")
    judged = result_files.read_verdicts(REFERENCE / "one-curve/verdicts.json").by_claim
    table, checked = published.read_table(REFERENCE / "one-curve/tables/two_numbers.csv"), 0
    for claim in claims.values():
        if not claim.estimand or claim.estimand.metric not in {*table} - {"updates_to_accuracy"}:
            continue
        for context in judged[claim.id].contexts:
            arms = list_arms(read, claim.estimand, context.settings)
            numbers = [numbers_in(table, claim, arm.cell) for arm in arms]
            if np.isnan(np.concatenate(numbers)).any() or {len(each) for each in numbers} != {context.n}:
                continue
            columns = {"failed": False, "rate": np.nan, "on_edge": False}
            measured = [MeasuredArm.of(pd.DataFrame({"number": each, "least": each} | columns)) for each in numbers]
            decision = decide_context(
                Paired(context.settings, claim.estimand.question, measured), judged[claim.id].looks
            )
            again = describe_context(decision)
            assert (again.outcome, again.n) == (context.outcome, context.n), (claim.id, context.settings)
            np.testing.assert_allclose(again.effect.numbers, context.effect.numbers, rtol=1e-3, atol=1e-4)
            checked += 1
    assert checked >= 20


@pytest.mark.parametrize("study", sorted(STUDIES))
def test_a_comparison_of_activations_has_the_own_weights_of_each_or_names_the_weights(study):
    read, claims = docket_of(study)
    for claim in claims.values():
        estimand = claim.estimand
        if not estimand or claim.kind is not Kind.MEASURED:
            continue
        named = {*estimand.axes, *estimand.where, *itertools.chain(*estimand.arms.values())}
        for context in list_contexts(estimand):
            cells = [arm.cell for arm in list_arms(read, estimand, context)]
            if len({cell.activation for cell in cells}) > 1 and "initialisation" not in named:
                assert all(cell.initialisation == ACTIVATIONS[cell.activation].initialisation for cell in cells), (
                    claim.id
                )
