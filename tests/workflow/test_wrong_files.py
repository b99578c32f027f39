"""Whatever file a command or a step is given, it ends with a message: never with a traceback, nor in silence."""

import runpy
import shutil
import sys
from functools import partial
from pathlib import Path

import pytest
from support.project import ROOT, SMOKE
from support.rules import STEPS, step_function

from ontrial.__main__ import main
from ontrial.storage import options
from ontrial.storage.options import Input, Output

# Other tests of the process have imported the steps that run here as programs.
pytestmark = pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")

# An example of each kind of our own files, in the finished smoke study or in the project
OWN = {
    "study": f"{SMOKE}/study.json", "docket": f"{SMOKE}/docket.json", "verdicts": f"{SMOKE}/verdicts.json",
    "times": f"{SMOKE}/timing/time.json", "provenance": f"{SMOKE}/provenance.json",
    "failed": f"{SMOKE}/drawn/failed.json", "sizes": f"{SMOKE}/drawn/sizes.json",
    "table": f"{SMOKE}/tables/runs.parquet",
    "points": f"{SMOKE}/explorer/points.csv", "measurements": "results/reference/scale.csv",
    "configuration": "config/smoke.yaml",
    "claims": "config/claims.yaml", "answers": "config/claims.answers.yaml",
    "words": "docs/words.yaml", "page": "docs/theme/root/index.html",
}  # fmt: skip
LISTS = {"themes": "docs/theme/*.yml"}
WRONG = {
    "empty": b"", "object": b"{}", "list": b"[]", "number": b"5", "word": b"word",
    "nested": b'{"a": {"b": [1, null]}}', "deep": b"[" * 30_000, "binary": bytes(range(256)),
}  # fmt: skip
KIND = {  # of the options whose names differ from that of the kind
    "runs": "table", "records": "table", "published": "verdicts", "other_studies": "verdicts",
    "templates": "page",
}  # fmt: skip


def wrong_files(folder: Path, project: Path, name: str, right: str | None = None):
    """Yield paths of files of a name that are wrong, in folders named after what is wrong with them.

    right: Kind of our own files that would be right.
    """
    yield folder / "missing" / name
    (folder / "a folder" / name).mkdir(parents=True)
    yield folder / "a folder" / name
    contents = WRONG | {kind: (project / path).read_bytes() for kind, path in OWN.items() if kind != right}
    for kind, content in contents.items():
        path = folder / kind / name
        path.parent.mkdir()
        path.write_bytes(content)
        yield path


def ending(call, capsys) -> str:
    """Return how a call ends: with nothing, a message, a traceback or a crash."""
    try:
        call()
    except SystemExit as end:
        code = end.code or 0
    else:
        code = 0
    written = capsys.readouterr().err
    if code not in (0, 1, 2) or "Traceback" in written:
        return f"exit code {code}: {written[-500:]}"
    return "" if code == 0 or written.strip() else f"exit code {code} without a message"


INPUTS = [
    (step, option.name) for step in STEPS for option in options.of_step(step_function(step)) if option.type == Input
]
TEXTS = {
    "cell": "abc/{}", "configuration": "[]", "name": "mnist", "language": "en", "study": "smoke",
    "docs": str(ROOT / "docs"), "look": "2", "threads": "1", "names": "en=English",
}  # fmt: skip


def arguments(step: str, project: Path, folder: Path) -> dict[str, list[str]]:
    """Return the arguments of a step, which are right as far as they are files."""
    given = {}
    for option in options.of_step(step_function(step)):
        if option.name in LISTS:
            given[option.flag] = sorted(map(str, project.glob(LISTS[option.name])))
        elif option.type == Input and option.name in OWN.keys() | KIND.keys():
            given[option.flag] = [str(project / OWN[KIND.get(option.name, option.name)])]
        elif option.type == Output or option.name in ("folder", "site"):
            given[option.flag] = [str(folder / "written" / option.name)]
        elif not option.is_list and not option.is_optional:
            given[option.flag] = [TEXTS.get(option.name, "")]
    return given


@pytest.mark.slow
@pytest.mark.parametrize(("step", "name"), INPUTS, ids=lambda name: name)
def test_a_step_with_a_wrong_file_ends_with_a_message(smoke, tmp_path, monkeypatch, capsys, step, name):
    monkeypatch.chdir(smoke)
    right = KIND.get(name, name)
    given = arguments(step, smoke, tmp_path)
    flag = f"--{name.replace('_', '-')}"
    endings = {}
    for path in wrong_files(tmp_path, smoke, Path(OWN.get(right, "a.json")).name, right):
        words = [word for option, values in (given | {flag: [str(path)]}).items() for word in (option, *values)]
        monkeypatch.setattr(sys, "argv", [step, *words])
        call = partial(runpy.run_module, f"ontrial.steps.{step}", run_name="__main__")
        endings[path.parent.name] = ending(call, capsys)
    assert {kind: end for kind, end in endings.items() if end} == {}


@pytest.mark.parametrize(
    ("step", "words", "message"),
    [
        ("train", ["--cell", "abc/{}", "--runs", "a.parquet"], "a cell"),
        ("train", ["--cell", "[]", "--runs", "a.parquet"], "a cell"),
        ("train", ["--cell", "5", "--runs", "a.parquet"], "a cell"),
        ("fetch", ["--name", "abc", "--folder", "a"], 'unknown data set "abc"'),
        ("write", ["--study"], "expected one argument"),
    ],
)
def test_a_step_with_a_wrong_text_ends_with_a_message(tmp_path, monkeypatch, capsys, step, words, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [step, *words])
    with pytest.raises(SystemExit) as end:
        runpy.run_module(f"ontrial.steps.{step}", run_name="__main__")
    written = capsys.readouterr().err
    assert (end.value.code in (1, 2), "Traceback" in written) == (True, False)
    assert message in written


@pytest.mark.parametrize("module", ["ontrial.report.fonts.cut", "ontrial.report.site.csp"])
@pytest.mark.parametrize("words", [[], ["--help"], ["missing", "missing"], ["a", "b", "c"]])
def test_a_program_of_the_package_ends_with_a_message(tmp_path, monkeypatch, capsys, module, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [module, *words])
    monkeypatch.delitem(sys.modules, module, raising=False)
    assert ending(partial(runpy.run_module, module, run_name="__main__"), capsys) == ""


FILE, FOLDER = "{file}", "{folder}"  # stand for a wrong file and its folder
COMMANDS = (
    f"check --study {FILE}", f"check --study config/smoke.yaml {FILE}", f"compare {FILE} {SMOKE}",
    f"compare {FOLDER} {SMOKE}", f"compare {SMOKE} {FOLDER}",
    f"init {FILE}", f"init {FILE}/x", f"publish --study {FILE}",
    f"publish --study {FILE}", f"report --study {FILE}", f"serve --study {FILE}", f"verdicts --study {FILE}",
)  # fmt: skip


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A working folder with the files that commands read, and results that are their outline."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "config", folder / "config")
    for path in OWN.values():
        if not (folder / path).exists():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text("{}", encoding="utf-8")
    verdicts = '{"version": 3, "study": "smoke", "claims": []}'
    (folder / OWN["verdicts"]).write_text(verdicts, encoding="utf-8")
    (folder / OWN["times"]).write_text('{"rules": {}}', encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_with_a_wrong_file_ends_with_a_message(project, tmp_path, monkeypatch, capsys, command):
    endings = {}
    for path in wrong_files(tmp_path, project, "verdicts.json"):
        words = [word.format(file=path, folder=path.parent) for word in command.split()]
        monkeypatch.setattr(sys, "argv", ["ontrial", *words])
        endings[path.parent.name] = ending(main, capsys)
    assert {kind: end for kind, end in endings.items() if end} == {}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["init", ""], '"" is not the name of a folder'),
        (["init", "/proc/x"], "/proc"),
        (["init", "/dev/null/x"], "/dev/null"),
        (["check", "--study", "config/smoke.yaml", "--cores", "0"], "argument --cores"),
        (["check", "--study", "config/smoke.yaml", "--cores", "-1"], "argument --cores"),
        (["serve", "--port", "-1", "--study", "config/smoke.yaml"], "the site does not exist"),
        (["publish", "--study", "config/smoke.yaml"], "has changed since the study ran"),
    ],
)
def test_a_command_with_a_wrong_word_ends_with_a_message(project, monkeypatch, capsys, words, message):
    monkeypatch.setattr(sys, "argv", ["ontrial", *words])
    with pytest.raises(SystemExit) as end:
        main()
    written = capsys.readouterr().err
    assert (end.value.code in (1, 2), "Traceback" in written) == (True, False)
    assert message in written
