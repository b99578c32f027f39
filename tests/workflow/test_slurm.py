"""The workflow on a real Slurm: one node, this machine, set up and stopped by these tests. They need root.

Where somebody's own Slurm is configured they leave it alone.
"""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
import yaml
from support.project import ROOT, environment_of_copy, planned
from support.runs import TABLES, wait_for
from support.shared import copy

from ontrial.commands import cluster as cluster_steps
from ontrial.commands import verify
from ontrial.report.summaries.rules import RULES

PLUGIN = ROOT / ".venv-slurm"
CONFIGURED = Path("/etc/slurm/slurm.conf")
OURS = "# Written by tests/workflow/test_slurm.py, and removed by it."
DAEMONS = ("slurmctld", "slurmd")
PATIENT = {"timeout": 600}
PACKED = "--group-components cells=12"
QUICK = "--slurm-status-command squeue --slurm-init-seconds-before-status-checks 1"
CONF = """\
{ours}
ClusterName=tests
SlurmctldHost=localhost(127.0.0.1)
AuthType=auth/slurm
CredType=auth/slurm
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobSubmitPlugins=lua
MinJobAge=3600
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmdParameters=config_overrides
MpiDefault=none
SwitchType=switch/none
KillWait=2
NodeName=localhost NodeAddr=127.0.0.1 CPUs=2 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
PartitionName=paid Nodes=ALL MaxTime=INFINITE State=UP
"""
# The plugin waits ten seconds longer after each look at the queue that shows no job that ended. This squeue answers it
# only once there is one, so that it looks every second.
SQUEUE = """\
#!/bin/sh
case "$*" in *--states=all*--name*) ;; *) exec {squeue} "$@" ;; esac
for look in $(seq 100); do
  answer=$({squeue} "$@")
  ended=$(echo "$answer" | grep -vc "PENDING\\|RUNNING\\|COMPLETING")
  [ "$ended" -gt "$(cat {seen} 2>/dev/null || echo 0)" ] && break
  sleep 0.3
done
echo "$ended" > {seen}
echo "$answer"
"""
RULES_OF_THE_SITE = """\
function slurm_job_submit(asked, partitions, user)
  if asked.partition == "paid" and asked.account == nil then
    slurm.log_user("this partition wants an account")
    return slurm.ERROR
  end
  return slurm.SUCCESS
end

function slurm_job_modify(asked, job, partitions, user)
  return slurm.SUCCESS
end
"""


def require_own_slurm() -> None:
    """Skip unless a Slurm may and can be set up here."""
    missing = [command for command in (*DAEMONS, "sbatch", "squeue") if shutil.which(command) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(
            f"needs root and a Slurm to set up: apt-get install slurmctld slurmd slurm-client ({missing} missing)"
        )
    if CONFIGURED.exists() and not CONFIGURED.read_text().startswith(OURS):
        pytest.skip(f"{CONFIGURED}: this machine has a Slurm, which is not for tests to touch")


@pytest.fixture(scope="module")
def plugin() -> Path:
    """The Python that has the executor plugin."""
    if not (PLUGIN / "ready").exists():
        pytest.skip("needs the executor plugin: make slurm-setup")
    return PLUGIN / "bin/python"


@pytest.fixture(scope="module")
def alone():
    """Wait for other runs of these tests on this machine, which has one Slurm."""
    with open(Path(tempfile.gettempdir(), "ontrial-slurm.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, plugin, alone) -> Path:
    """A Slurm with one node. Returned is a folder that the node doesn't see."""
    require_own_slurm()
    folder, hidden = tmp_path_factory.mktemp("slurm"), tmp_path_factory.mktemp("hidden")
    (folder / "state").mkdir()
    (folder / "spool").mkdir()
    written = {
        CONFIGURED: CONF.format(ours=OURS, folder=folder, ports=free_ports()).encode(),
        CONFIGURED.with_name("slurm.key"): os.urandom(1024),
        CONFIGURED.with_name("job_submit.lua"): RULES_OF_THE_SITE.encode(),
    }
    CONFIGURED.parent.mkdir(exist_ok=True)
    for path, content in written.items():
        path.touch(mode=0o600)
        path.write_bytes(content)
    CONFIGURED.chmod(0o644)
    blind = f'mount -t tmpfs tmpfs "{hidden}" && exec slurmd -D -N localhost'
    daemons = []
    try:
        with open(folder / "log", "w") as log:
            for command in (["slurmctld", "-D"], ["unshare", "--mount", "sh", "-c", blind]):
                daemons.append(subprocess.Popen(command, stdout=log, stderr=log))
        wait_until(lambda: "idle" in said("sinfo", "-h", "-o", "%T"), lambda: (folder / "log").read_text()[-4000:])
        yield hidden
    finally:
        said("scancel", "--me")
        for daemon in reversed(daemons):
            daemon.terminate()
            daemon.wait()
        for path in written:
            path.unlink()


def free_ports() -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_until(condition, report, seconds: float = 120):
    """The first true value of a condition."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    pytest.fail(report())


def said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout
    except subprocess.TimeoutExpired:
        return ""


def jobs(folder: Path, *states: str) -> list[str]:
    """Numbers of the jobs of a folder, in these states."""
    listed = said("squeue", "--noheader", f"--states={','.join(states) or 'all'}", "--format=%i %Z %k").splitlines()
    return [line.split()[0] for line in listed if line.split()[1:2] == [str(folder)]]


def start(folder: Path, study: str = "config/tiny.yaml", target: str = TABLES, how: str = PACKED) -> subprocess.Popen:
    """`make slurm` as a user types it, with the shipped profile, in a process group of its own."""
    command = ["make", "slurm", f"STUDY={study}", f"ARGS={how} {QUICK} {target}", *("-o", "slurm-setup")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MAKE"))}
    environment["PATH"] = f"{patient_squeue(folder)}:{environment['PATH']}"
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, **streams)


def patient_squeue(folder: Path) -> Path:
    """Return a folder with a squeue that answers the plugin once another job of a run has ended."""
    bin, seen = folder / "bin", folder / "bin/seen"
    bin.mkdir(exist_ok=True)
    seen.unlink(missing_ok=True)
    (bin / "squeue").write_text(SQUEUE.format(squeue=shutil.which("squeue"), seen=seen))
    (bin / "squeue").chmod(0o755)
    return bin


def make(folder: Path, **options: str) -> str:
    run = start(folder, **options)
    told, _ = run.communicate(**PATIENT)
    assert run.returncode == 0, told[-8000:]
    return told


@pytest.fixture(scope="module")
def project(tiny, tmp_path_factory, plugin) -> Path:
    """The project with the tiny study and an environment that has the plugin. Tests only read it."""
    folder = copy(tiny, tmp_path_factory.mktemp("project") / "project")
    (packages,) = PLUGIN.glob("lib/python*/site-packages")
    environment_of_copy(folder / ".venv-slurm", str(packages))
    return folder


@pytest.fixture
def fresh(project, cluster, tmp_path) -> Path:
    return copy(project, tmp_path / "project")


def assert_as_without_slurm(folder: Path, undisturbed: Path) -> None:
    here, there = (verify.digests(each / "results/tiny") for each in (undisturbed, folder))
    assert verify.differing(here, there) == []


def held(folder: Path, run: subprocess.Popen) -> psutil.Process:
    """A cell that trains in a job of the folder, stopped in the middle so that the job lasts."""

    def training() -> psutil.Process | None:
        for process in psutil.process_iter(["cmdline", "cwd"]):
            words = process.info["cmdline"] or []
            if process.info["cwd"] == str(folder) and words[1:3] == ["-m", "ontrial.steps.train"]:
                return process

    process = wait_for(training, run)
    process.suspend()
    return process


# The same as here -----------------------------------------------------------------------------------------------------


def test_the_smoke_study_has_the_same_bytes_as_without_slurm_and_nothing_is_left_to_do(smoke, fresh):
    told = make(fresh, study="config/smoke.yaml", target="")
    assert "The site is ready: results/smoke/site/index.html" in told
    expected, found = (verify.digests(folder / "results/smoke") for folder in (smoke, fresh))
    differing = verify.differing(expected, found)
    assert {path.split("/")[0] for path in differing} <= {"pages", "site", "timing"}  # they show seconds
    assert len(jobs(fresh)) < len(list((fresh / "results/smoke/runs").rglob("*.parquet")))  # cells are packed
    assert planned(fresh) == {}


def test_only_a_cell_that_is_gone_is_trained_again(fresh, undisturbed):
    make(fresh)
    victim = sorted((fresh / "results/tiny/runs").rglob("*.parquet"))[0]
    victim.unlink()
    (fresh / TABLES).unlink()
    others = {path: path.stat().st_mtime_ns for path in (fresh / "results/tiny/runs").rglob("*.parquet")}
    make(fresh)
    assert victim.exists()
    assert {path: path.stat().st_mtime_ns for path in others} == others
    assert_as_without_slurm(fresh, undisturbed)


# Disturbed ------------------------------------------------------------------------------------------------------------


def test_after_a_killed_head_its_jobs_are_named_and_once_cancelled_the_run_goes_on(fresh, undisturbed):
    run = start(fresh)
    held(fresh, run)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    left = jobs(fresh, "RUNNING", "PENDING")
    refused, _ = (again := start(fresh)).communicate(**PATIENT)
    assert again.returncode != 0
    assert "Jobs of a killed run are still in Slurm's queue (" in refused
    assert all(number in refused for number in left)
    cancel = re.search(r"scancel --name=\S+(?=\.)", refused)[0]
    subprocess.run(cancel.split(), check=True)
    wait_until(lambda: not jobs(fresh, "RUNNING", "PENDING", "COMPLETING"), lambda: said("squeue"))
    assert "Removed the lock of a run that was killed here." in make(fresh)
    assert_as_without_slurm(fresh, undisturbed)


def test_a_cancelled_job_is_submitted_again(fresh, undisturbed):
    run = start(fresh)
    number = held(fresh, run).environ()["SLURM_JOB_ID"]
    subprocess.run(["scancel", number], check=True)
    told, _ = run.communicate(**PATIENT)
    assert run.returncode == 0, told[-4000:]
    assert "Trying to restart job" in told
    assert f"JOB {number} ON localhost CANCELLED" in told
    assert_as_without_slurm(fresh, undisturbed)


@pytest.mark.full  # Slurm counts in minutes
def test_a_job_over_its_time_is_tried_again_with_more(fresh, undisturbed):
    run = start(fresh, how="--group-components cells=1 --set-resources train:runtime=attempt")
    held(fresh, run)
    told, _ = run.communicate(**PATIENT)
    assert run.returncode == 0, told[-4000:]
    limits = said("squeue", "--noheader", "--states=all", "--format=%Z %T %l").splitlines()
    assert f"{fresh} TIMEOUT 1:00" in limits
    assert f"{fresh} COMPLETED 2:00" in limits
    assert_as_without_slurm(fresh, undisturbed)


def test_the_profile_names_rules_that_there_are():
    profile = yaml.safe_load((ROOT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8"))
    assert {*profile["groups"], *profile["set-threads"], *profile["set-resources"]} <= set(RULES)
    assert set(profile["group-components"]) <= set(profile["groups"].values())


# Refused before anything starts ---------------------------------------------------------------------------------------


def refusal(folder: Path, **options: str) -> str:
    """What `make slurm` says when it refuses; nothing may have been started."""
    run = start(folder, **options)
    told, _ = run.communicate(**PATIENT)
    assert run.returncode != 0
    assert "Traceback" not in told
    assert not (folder / "results/tiny").exists()
    return told


def profile(folder: Path, setting: str) -> None:
    path = folder / "profiles/slurm/profile.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("default-resources: # per job\n", f"default-resources:\n  {setting}\n"), encoding="utf-8"
    )


def test_an_unknown_partition_is_refused(fresh):
    profile(fresh, "slurm_partition: mian")
    told = refusal(fresh)
    assert (
        "profiles/slurm/profile.yaml: default-resources: slurm_partition: "
        'unknown partition "mian". Did you mean "main"? Known: main, paid.' in told
    )
    assert jobs(fresh) == []


def test_where_an_account_is_needed_its_lack_is_told(fresh):
    profile(fresh, "slurm_partition: paid")
    told = refusal(fresh)
    assert "Slurm does not accept such jobs: " in told
    assert "this partition wants an account" in told
    assert jobs(fresh) == []


def test_a_folder_that_the_node_does_not_see_is_refused(project, cluster):
    folder = copy(project, cluster / "project")
    assert f"{folder}: a node does not see files written here. Move the project" in refusal(folder)


def check(project: Path, python: Path, path: str) -> str:
    """What the check says where PATH is that."""
    run = subprocess.run(
        [python, "-m", "ontrial", "cluster", "--profile", "profiles/slurm"],
        cwd=project,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    return run.stderr


def test_without_the_plugin_it_is_told_how_to_get_it(project):
    told = check(project, Path(sys.executable), os.environ["PATH"])
    assert told == f"{sys.prefix}: the executor plugin for Slurm is not installed. Install it with: make slurm-setup\n"


def test_without_slurm_its_commands_are_named(project, plugin, tmp_path):
    told = check(project, plugin, str(tmp_path))
    assert told.startswith("There is no Slurm on this machine: sbatch, scancel, sinfo, squeue not found. ")


def test_a_slurm_that_does_not_answer_is_told_with_its_own_words(project, plugin, tmp_path):
    for command in cluster_steps.COMMANDS:
        (tmp_path / command).write_text(
            "#!/bin/sh\necho 'sinfo: error: Unable to contact slurm controller' >&2\nexit 1\n"
        )
        (tmp_path / command).chmod(0o755)
    told = check(project, plugin, str(tmp_path))
    assert told.startswith("Slurm does not answer: sinfo: Unable to contact slurm controller. Try again once `sinfo` ")
