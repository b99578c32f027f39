"""Check the installation: the wheel, an engine with few dependencies, one command, locks with hashes."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from importlib.metadata import distribution, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from support.project import PACKAGES, ROOT, jobs_by_rule, make_environment, ontrial, read_yaml

from ontrial.__main__ import COMMANDS, main
from ontrial.errors import InputError
from ontrial.storage import machine, shipped, workflow

UCI = ("letter", "optdigits", "pendigits", "satimage")
LOCKS = sorted((ROOT / "requirements").iterdir())
ENGINE = {"numpy", "scipy", "ontrial"}


@pytest.mark.slow
def test_the_wheel_contains_its_data_files_and_licences(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("config", "docs", "examples/activation", "examples/claims", "results/reference", "workflow"):
        tracked = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True).stdout.split()
        assert {f"ontrial/shipped/{path}" for path in tracked} <= names
    assert {
        "ontrial/shipped/environment.yml",
        "ontrial/study/schemas/config.schema.yaml",
        "ontrial/report/figures/ontrial.mplstyle",
        "ontrial/report/fonts/NanumGothic.ttf",
        "ontrial/report/fonts/STIXTwoMath-Regular.ttf",
        "ontrial/report/fonts/TrialSans-Regular.ttf",
        *(f"ontrial/data/{name}.csv.gz" for name in UCI),
        "ontrial/data/titanic.csv",
    } <= names
    licences = {re.sub(r".*LICENSE", "LICENSE", name) for name in names if ".dist-info/licenses/" in name}
    works = ("NanumGothic", "STIXTwoMath", "TrialSans", *UCI)
    assert licences == {"LICENSE", *(f"LICENSE-{name}.txt" for name in works)}
    assert not [name for name in names if "tests/" in name or "__pycache__" in name]


@pytest.mark.slow
def test_a_checkout_and_a_wheel_read_their_own_files(installed):
    assert (shipped.ROOT, shipped.CHECKOUT) == (ROOT, ROOT)
    code = "from ontrial.storage import shipped; print(shipped.CHECKOUT, shipped.ROOT, shipped.SNAKEFILE.exists())"
    output = subprocess.run([installed, "-c", code], cwd="/", capture_output=True, text=True, check=True).stdout.split()
    assert output[0] == "None"
    assert output[1].endswith("/site-packages/ontrial/shipped")
    assert output[2] == "True"


@pytest.mark.slow
def test_the_engine_needs_only_numpy_and_scipy(installed):
    base = [name for name in requires("ontrial") if "extra ==" not in name]
    assert {re.match(r"\w+", name)[0] for name in base} == {"numpy", "scipy"}
    code = "import sys, ontrial.nn, ontrial.data; ontrial.data.load('digits'); print(*sys.modules, sep='\\n')"
    run = subprocess.run([installed, "-c", code], cwd="/", capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in run.stdout.split()} - set(sys.stdlib_module_names)
    assert {name for name in loaded if not name.startswith("_")} <= {
        *("numpy", "scipy", "ontrial", "cython_runtime"),
        "sitecustomize",  # of some systems, for all programs
    }


def needed(*names: str) -> set[str]:
    """Return the top-level files of installed distributions and of all that they need."""
    paths: set[str] = set()
    open_names, seen = [*names], set()
    while open_names:
        name = open_names.pop()
        if name in seen:
            continue
        seen.add(name)
        found = distribution(name)
        paths |= {file.parts[0] for file in found.files if file.parts[0] not in ("..", "__pycache__")}
        needs = map(Requirement, found.requires or [])
        open_names += [need.name for need in needs if not need.marker or need.marker.evaluate({"extra": ""})]
    return paths


@pytest.mark.slow
def test_the_judge_installs_alone_and_passes_its_tests(tmp_path):
    project = tmp_path / "judge"
    shutil.copytree(ROOT / "src/ontrial_judge", project, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip"]
    build = [*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, project]
    subprocess.run(build, check=True)
    (wheel,) = tmp_path.glob("ontrial_judge-*.whl")
    assert wheel.stat().st_size < 2e6
    packages = tmp_path / "packages"
    packages.mkdir()
    for name in needed("numpy", "scipy", "pytest", "hypothesis"):
        (packages / name).symlink_to(Path(PACKAGES, name))
    python = make_environment(tmp_path / "env", str(packages))
    subprocess.run([*pip, "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)

    def run(*words: str) -> subprocess.CompletedProcess:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run([python, *words], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert run("-c", "import pandas").returncode == run("-c", "import ontrial").returncode == 1
    tests = ROOT / "tests/ontrial_judge"
    options = [f"--confcutdir={tests}", f"--rootdir={tmp_path}", "--import-mode=importlib", "-p", "no:cacheprovider"]
    tried = run("-m", "pytest", "-q", "-c", os.devnull, *options, "-o", f"pythonpath={ROOT / 'tests'}", str(tests))
    assert tried.returncode == 0, tried.stdout[-4000:] + tried.stderr
    assert re.search(r"\d{3} passed", tried.stdout)


@pytest.mark.slow
def test_help_has_one_line_per_command_and_imports_none_of_them(installed):
    run = subprocess.run(
        [installed.with_name("ontrial"), "--help"], cwd="/", capture_output=True, text=True, check=True
    )
    listed = dict(re.findall(r"^    ([\w-]+) +(\S.*)$", run.stdout, re.MULTILINE))
    assert listed == {name: command.help for name, command in COMMANDS.items() if command.help}
    assert {"init", "check", "judge", "verdicts", "compare", "serve", "report"} <= set(listed)
    assert len(listed) <= 9
    assert all(line[0].isupper() and line.endswith((".", "?")) for line in listed.values())


def test_the_table_of_commands_has_every_module_and_its_first_line():
    modules = {path.stem: path for path in (ROOT / "src/ontrial/commands").glob("[!_]*.py")}
    assert {command.module for command in COMMANDS.values()} == set(modules)
    for name, command in COMMANDS.items():
        assert name == command.module.replace("_", "-")
        first = import_module(f"ontrial.commands.{command.module}").__doc__.partition("\n")[0]
        assert command.help in ("", first)


def test_a_command_reports_a_missing_package(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["ontrial", "verdicts"])
    monkeypatch.setitem(sys.modules, "rich.console", None)
    monkeypatch.delitem(sys.modules, "ontrial.commands.verdicts", raising=False)
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == os.EX_UNAVAILABLE  # 1 of `ontrial compare` means that verdicts moved
    assert capsys.readouterr().err == (
        f'ontrial verdicts needs the extra "study", but rich.console is not installed. {machine.advice()}\n'
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_without_its_extra_names_it(name, tmp_path):
    missing = {module for module, names in packages_distributions().items() if not ENGINE & set(names)}
    code = f"import sys; sys.modules |= dict.fromkeys({missing}); from ontrial.__main__ import main; main()"
    option = "runs.csv" if name == "judge" else "--help"  # the help of `ontrial judge` needs no package
    run = subprocess.run([sys.executable, "-c", code, name, option], cwd=tmp_path, capture_output=True, text=True)
    extra = "judge" if name == "judge" else "study"
    needs_nothing = name == "snakefile"
    assert run.returncode == (0 if needs_nothing else os.EX_UNAVAILABLE), run.stderr
    assert (f'ontrial {name} needs the extra "{extra}", but ' in run.stderr) is not needs_nothing
    assert (f"ontrial[{extra}] @ " in run.stderr) is not needs_nothing


def test_a_command_that_starts_a_run_without_snakemake_says_what_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "snakemake", None)
    with pytest.raises(InputError, match=r'Snakemake is not installed, which the extra "study" brings\. '):
        workflow.run("config/smoke.yaml")


def test_nothing_takes_the_package_from_an_index_that_does_not_have_it():
    """Whoever registered the name there could run code on the machines of all who follow such an advice."""
    listed = subprocess.run(["git", "ls-files", "-z", ":!tests", ":!*.gz", ":!*.ttf"], cwd=ROOT, capture_output=True)
    texts = {name: (ROOT / name).read_text("utf-8", "replace") for name in listed.stdout.decode().split("\0")[:-1]}
    advice = re.compile(r"""pip install (?![^\n]*--no-index)[^\n]*?(?<=["' ])ontrial(?!\[(study|judge)\] @ )\b""")
    assert {name for name, text in texts.items() if advice.search(text)} == set()
    requirements = {name: text for name, text in texts.items() if name.endswith("requirements.txt")}
    assert len(requirements) == 4
    assert all(text.endswith("..[study]\n") for text in requirements.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_text(name, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["ontrial", name, "--help"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert f"usage: ontrial {name}" in capsys.readouterr().out


def test_version_is_that_of_the_package(tmp_path):
    assert re.fullmatch(r"ontrial \d+\.\d+\.\d+\n", ontrial(tmp_path, "--version").stdout)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_has_hashes_and_no_addresses(lock):
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert all("--hash=sha256:" in pin for pin in re.split(r"\n(?=\S)", text.strip()))


def test_locks_agree_on_every_version():
    pins = {lock: re.findall(r"^([\w.-]+==[\w.]+)", lock.read_text("utf-8"), re.MULTILINE) for lock in LOCKS}
    versions = {lock: {pin.partition("==")[0] for pin in pinned} for lock, pinned in pins.items()}
    for one, other in itertools.combinations(LOCKS, 2):
        shared = versions[one] & versions[other]
        named = [{pin for pin in pins[lock] if pin.partition("==")[0] in shared} for lock in (one, other)]
        small, large = sorted(named, key=len)
        assert small <= large, (one, other)  # a lock for one Python has fewer of the versions that depend on it


def options_of_make(python: Path | str) -> list[str]:
    """Return the options with which make installs from a lock file for an interpreter."""
    make = ["make", "--no-print-directory", "--eval", "show: ; @echo $(LOCKED)", f"PYTHON={python}", "show"]
    return subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.slow
@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_can_be_installed_with_python_3_14(lock, tmp_path):
    """Resolve as if there were an interpreter: every package has a wheel, or is one of those that make builds."""
    python = tmp_path / "python3.14"
    python.write_text("#!/bin/sh\necho immutables\n")  # what `sys.version_info >= (3, 14)` prints there
    python.chmod(0o755)
    options = options_of_make(python)
    assert {"--only-binary", "--require-hashes", "immutables"} <= set(options)
    resolve = [sys.executable, "-m", "uv", "pip", "install", "--dry-run", "--python-version", "3.14"]
    run = subprocess.run([*resolve, *options, "--target", tmp_path / "new", "-r", lock], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "Would install" in run.stderr


@pytest.mark.slow
def test_a_folder_of_wheels_is_enough_for_uvx(wheel, tmp_path):
    folder = tmp_path / "wheels"
    fetch = [sys.executable, "-m", "pip", "wheel", "--quiet", *options_of_make(sys.executable), "--wheel-dir", folder]
    subprocess.run([*fetch, "-r", ROOT / "requirements/run.lock"], check=True)
    shutil.copy(wheel, folder)
    only_these = ["--offline", "--no-index", "--find-links", folder, "--python", sys.executable]
    variables = os.environ | {"UV_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": ""}

    def uvx(package: str, *command: str, cwd: Path = tmp_path) -> subprocess.CompletedProcess:
        words = [Path(sys.executable).with_name("uvx"), *only_these, "--from", package, *command]
        return subprocess.run(words, cwd=cwd, env=variables, capture_output=True, text=True)

    refused = uvx("ontrial", "ontrial", "init", "my-claims")
    assert refused.returncode == os.EX_UNAVAILABLE
    assert 'ontrial init needs the extra "study", but ' in refused.stderr
    assert refused.stderr.endswith("from the index or folder that ontrial came from.\n")
    written = uvx("ontrial[study]", "ontrial", "init", "my-claims")
    assert written.returncode == 0, written.stderr
    planned = uvx("ontrial[study]", "snakemake", "--cores", "1", "--dry-run", cwd=tmp_path / "my-claims")
    assert planned.returncode == 0, planned.stderr
    assert jobs_by_rule(planned)["theory_assemble"] == 1


def test_a_run_without_the_package_says_how_to_get_it(tmp_path):
    python = make_environment(tmp_path / "env", PACKAGES)  # a plain path: an editable install is not seen through it
    command = [python, "-m", "snakemake", "--snakefile", ROOT / "workflow/Snakefile", "--cores", "1", "--dry-run"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1
    output = run.stdout + run.stderr
    assert "ontrial is not installed in the environment that runs Snakemake. Install it: in a checkout with" in output
    assert "Traceback" not in output
    assert "Traceback" not in run.stderr


def test_a_run_whose_environment_is_not_active_says_so(tmp_path):
    command = [
        sys.executable, "-m", "snakemake", "--snakefile", ROOT / "workflow/Snakefile", "--cores", "1", "--dry-run",
    ]  # fmt: skip
    run = subprocess.run(command, cwd=tmp_path, env={"PATH": os.defpath}, capture_output=True, text=True)
    assert run.returncode == 1
    assert f"Activate it: source {sys.prefix}/bin/activate" in run.stdout + run.stderr
    assert "Nothing was started." in run.stdout + run.stderr


def test_versions_changes_and_metadata_agree_with_the_citation():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    citation = read_yaml("CITATION.cff")
    assert citation["version"] == version
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(version)}\] - {citation['date-released']}$", changes, re.MULTILINE)
    deposit, citation = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8")), read_yaml("CITATION.cff")
    assert [deposit[key] for key in ("title", "version", "keywords", "upload_type")] == [
        citation[key] for key in ("title", "version", "keywords", "type")
    ]
    assert deposit["license"] == citation["license"].lower()
    assert deposit["creators"] == [{"name": author["name"]} for author in citation["authors"]]


def test_a_container_installs_what_the_hashes_say_and_runs_without_rights():
    written = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    installs = re.findall(r"pip install ([^&\n]*)", written)
    assert [("--require-hashes" in words, "--no-deps" in words) for words in map(str.split, installs)] == [
        (True, False),  # setuptools, which builds what has no wheel
        (True, False),
        (False, True),  # this package
    ]
    assert re.findall(r"^USER (.*)", written, re.MULTILINE) == ["reader"]
