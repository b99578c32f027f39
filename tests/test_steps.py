import os
import re

import pyarrow as pa
import pytest
from conftest import ROOT

from ontrial.errors import InputError
from ontrial.steps import files, runfiles
from ontrial.steps.environment import environment_file


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old")

    def fail():
        with files.atomic(target) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["table.csv"]


def test_the_same_table_is_the_same_bytes(tmp_path):
    table = pa.table({"seed": [1, 2], "loss": [0.5, None]})
    for name in ("a", "b"):
        runfiles.write(tmp_path / name, table)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert runfiles.read(tmp_path / "a").to_pydict() == {"seed": [1, 2], "loss": [0.5, None]}


@pytest.mark.parametrize("damage", ["truncated", "flipped"])
def test_a_damaged_run_file_is_set_aside(tmp_path, damage):
    path = tmp_path / "batch-1.parquet"
    runfiles.write(path, pa.table({"seed": list(range(1000))}))
    content = bytearray(path.read_bytes())
    if damage == "truncated":
        content = content[:-9]
    else:
        content[60] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"the file is damaged .* set aside as batch-1.parquet.damaged"):
        runfiles.read(path)
    assert os.listdir(tmp_path) == ["batch-1.parquet.damaged"]


def test_environment_yml_is_generated_from_the_lock():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    written = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert written == environment_file(lock)
    assert '"numpy==' in written


def test_the_lock_has_hashes_and_no_addresses():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    pins = re.split(r"\n(?=\S)", lock.strip())
    assert len(pins) > 50
    assert all("--hash=sha256:" in pin for pin in pins)
