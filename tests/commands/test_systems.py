"""`ontrial judge` and the engine where a system is not like Linux: without POSIX, without UTF-8, with `\\` in paths.

On Windows, the tests start `ontrial` as it is; elsewhere, a stand-in takes away what Windows lacks.
"""

import json
import os
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import numpy as np
import pytest
from support import windows

from ontrial.__main__ import main
from ontrial.commands import judge

QUESTION = """\
metric: 정확도
compare: {최적화: [adam, sgd]}
pair: [seed]
smallest_effect: 0.5 points
"""
NOT_UNICODE = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C", "PYTHONIOENCODING": "cp1252"}
STRICT = """\
import warnings
warnings.filterwarnings("error", category=EncodingWarning, module="ontrial")
from ontrial.__main__ import main
main()
"""
TRAINING = """\
import numpy as np
from ontrial.nn import Architecture, Recipe, make_data, train
from support.weights import hash_weights
X = np.random.default_rng(1).normal(size=(16, 4))
data = make_data((X, (X[:, 0] > 0).astype(int)))
architecture = Architecture((4, 8, 2), "relu", "softmax", "cross_entropy", "he")
history = train(architecture, Recipe(batch_size=4, epochs=2), data, [0.1], [1])
print(hash_weights(history.weights))
"""
WITHOUT_POSIX = f"""\
import os
from support import windows
if os.name == "posix":
    windows.take_away("ontrial.nn")
{TRAINING}
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder with a table and a question in Korean, and a blank in its name."""
    folder = tmp_path / "My runs"
    folder.mkdir()
    noise = np.random.default_rng(1).normal(size=(10, 2)) / 20
    rows = [
        f"{optimiser},{seed},{90 + 2 * (optimiser == 'adam') + noise[seed, i]}"
        for seed in range(10)
        for i, optimiser in enumerate(("adam", "sgd"))
    ]
    text = "\n".join(["최적화,seed,정확도", *rows, ""])
    (folder / "runs.csv").write_bytes(text.encode())
    (folder / "claim.yaml").write_bytes(QUESTION.encode())
    return folder


def words(folder: Path) -> list[str]:
    """Return the words of a command line that judges a try and writes a page."""
    files = {"--claim": "claim.yaml", "--ledger": "tries.jsonl", "--html": "page.html"}
    options = [word for option, name in files.items() for word in (option, str(folder / name))]
    return ["judge", str(folder / "runs.csv"), *options]


def start(*command: str, **variables: str) -> subprocess.CompletedProcess:
    """Start Python with a command."""
    return subprocess.run([sys.executable, *command], env=os.environ | variables, capture_output=True, encoding="utf-8")


@pytest.fixture
def run(monkeypatch, capsys):
    """Return a function that runs `ontrial` in this process and returns its standard output."""

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["ontrial", *words])
        main()
        return capsys.readouterr().out

    return run


def test_a_try_is_judged_without_posix(folder, run):
    alone = start(windows.__file__, *words(folder), "--json")
    assert alone.returncode == 0, alone.stderr
    assert len((folder / "tries.jsonl").read_bytes().splitlines()) == 2  # the first line declares the total error
    assert json.loads(run(*words(folder), "--json")) == json.loads(alone.stdout)  # as the same try


def test_other_commands_say_where_they_run(folder):
    alone = start(windows.__file__, "compare", str(folder), str(folder))
    assert (alone.returncode, alone.stdout) == (69, "")
    assert alone.stderr == "ontrial compare does not run on Windows itself. Install the project in WSL 2.\n"


def test_the_engine_trains_without_posix(capsys):
    alone = start("-c", WITHOUT_POSIX, PYTHONPATH=str(Path(windows.__file__).parents[1]))
    exec(TRAINING, {})
    assert (alone.returncode, alone.stdout) == (0, capsys.readouterr().out), alone.stderr


def test_text_is_the_same_in_every_locale(folder, run):
    strange = start("-X", "warn_default_encoding", "-c", STRICT, *words(folder), "--markdown", **NOT_UNICODE)
    assert strange.returncode == 0, strange.stderr
    written = [(folder / name).read_bytes() for name in ("tries.jsonl", "page.html")]
    (folder / "tries.jsonl").unlink()
    printed = run(*words(folder), "--markdown")
    assert "최적화" in printed
    assert strange.stdout == printed
    assert [(folder / name).read_bytes() for name in ("tries.jsonl", "page.html")] == written
    assert not any(b"\r" in content for content in written)


def test_lines_may_end_as_on_windows(folder, run):
    first = run(*words(folder), "--json")
    for name in ("runs.csv", "claim.yaml"):
        path = folder / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))  # as some editors write
    assert json.loads(run(*words(folder), "--json")) == json.loads(first)  # the same try: both hashes are equal


def test_paths_may_have_backslashes(folder, run, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    table = r"..\My runs\runs.csv"
    if os.name == "posix":  # where it is the name of a file
        (folder / "runs.csv").rename(table)
    assert "최적화" in run("judge", table, "--claim", "claim.yaml", "--html", r"new\page.html", "--markdown")
    with pytest.raises(SystemExit) as end:
        run("judge", r"no\runs.csv", "--claim", "claim.yaml")
    assert end.value.code == 2
    assert capsys.readouterr().err == "no\\runs.csv: there is no such file.\n"


def test_a_path_of_windows_gives_the_name_of_its_file(monkeypatch):
    monkeypatch.setattr(judge, "Path", PureWindowsPath)
    assert judge.study_name(r"C:\data\My runs.csv") == "my-runs"
