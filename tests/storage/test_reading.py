"""Nothing is read that never ends, never begins, or is too large."""

import json
import os
from functools import partial
from pathlib import Path

import pytest
from support.combinations import combinations
from support.messages import message_of

from ontrial.commands import compare
from ontrial.data.files import Fetched, UserFile
from ontrial.errors import InputError
from ontrial.judge import own_metrics, published, result_files
from ontrial.steps import job_times
from ontrial.storage import files, json_files, run_files
from ontrial.storage.shipped import PACKAGE
from ontrial.study import checking, components, configuration
from ontrial.study.schema_files import load_schema

READERS = {
    "c.yaml": configuration.read_study,
    "claims.yaml": checking.read_text,  # of a docket
    "metrics.py": own_metrics.read_metrics,
    "components.py": components.read_components,
    "mine.csv": lambda path: UserFile(path).read(),
    "images": lambda path: Fetched(path, "").check(),
    "verdicts.json": published.read_verdicts,
    "time.json": published.read_record,
    "benchmark.csv": published.read_table,
    "verdicts.csv": lambda path: compare.read_places(Path(path)),
    "notes.txt": lambda path: compare.read_places(Path(path)),  # unknown files of published results
    "study.json": partial(json_files.read_json, schema={}),
    "benchmark.tsv": job_times.read_benchmark,
    "batch-1.parquet": run_files.read_sealed,
}


@pytest.mark.parametrize(("name", "kind"), combinations(READERS, ["pipe", "device"], strength=1))
def test_a_file_that_never_begins_or_never_ends_is_refused(tmp_path, name, kind):
    path = str(tmp_path / name)
    os.mkfifo(path) if kind == "pipe" else os.symlink("/dev/zero", path)
    with pytest.raises((InputError, OSError), match="it is a device or a pipe, not a file"):
        READERS[name](path)


@pytest.mark.parametrize(
    ("read", "limit", "words"), [(checking.read_text, 2**16, "64 KiB"), (own_metrics.read_metrics, 2**20, "1 MiB")]
)
def test_a_file_above_the_limit_of_its_kind_is_refused(tmp_path, read, limit, words):
    path = tmp_path / "large"
    path.write_text("#" * (limit + 1))
    assert message_of(read, str(path)) == f"{path}: the file can't be read: it is larger than {words}."


def test_a_data_file_of_more_than_a_gibibyte_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "mine.csv"
    with open(path, "wb") as file:
        file.truncate(files.MAX_BYTES + 1)  # which takes no space
    assert "it is larger than 1,024 MiB. Put it there" in message_of(UserFile(str(path)).read)


@pytest.mark.parametrize(
    "content", ["a" + ",a" * 1_000, "a,b\n1\n", "a\n1,2\n", '"a\n"' + ',"b\n"' * 1_000, "a\r" + "1,2\r", 'a\n"1"1\n']
)
def test_a_table_of_results_that_is_wide_or_no_rectangle_is_refused(tmp_path, content):
    (tmp_path / "table.csv").write_text(content, newline="")
    assert "this is not a table: " in message_of(result_files.read_csv, tmp_path / "table.csv", [])


def test_special_files_are_read_as_empty_and_schemas_check_fast():
    assert files.read_bytes("/proc/self/maps") == b""
    names = [path.name.split(".")[0] for path in (PACKAGE / "study/schemas").glob("*.yaml")]
    assert [name for name in names if not json_files.compiled(json.dumps(load_schema(name)))] == []
