"""Run the workflow on a real Slurm with one node, this machine, which these tests set up and stop. They need root.

If the machine already has a Slurm configuration, the tests leave it alone and are skipped.
"""

import fcntl
import os
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
from support import twice
from support.project import ROOT, planned_jobs
from support.rules import BLOCKS
from support.runs import TABLES, wait_for
from support.shared import copy

pytestmark = pytest.mark.slow

PLUGIN = Path(sys.prefix) / "slurm"
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
# The plugin waits ten seconds longer whenever the queue shows no finished job. This squeue answers only once there is
# one, so that the plugin looks every second.
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
    """Skip the test unless Slurm can be set up on this machine."""
    missing = [command for command in (*DAEMONS, "sbatch", "squeue") if shutil.which(command) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(
            f"needs root and a Slurm to set up: apt-get install slurmctld slurmd slurm-client ({missing} missing)"
        )
    if CONFIGURED.exists() and not CONFIGURED.read_text().startswith(OURS):
        pytest.skip(f"{CONFIGURED}: this machine has a Slurm, which the tests must not touch")


@pytest.fixture(scope="module")
def plugin() -> Path:
    """The folder that has the executor plugin."""
    if not PLUGIN.exists():
        pytest.skip("needs the executor plugin: make setup")
    return PLUGIN


@pytest.fixture(scope="module")
def alone():
    """Wait for other runs of these tests on this machine, which has one Slurm."""
    with open(Path(tempfile.gettempdir(), "ontrial-slurm.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, plugin, alone) -> Path:
    """Start a Slurm with one node. Return a folder that the node does not see."""
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
        wait_until(lambda: "idle" in output_of("sinfo", "-h", "-o", "%T"), lambda: (folder / "log").read_text()[-4000:])
        yield hidden
    finally:
        output_of("scancel", "--me")
        for daemon in reversed(daemons):
            daemon.terminate()
            daemon.wait()
        for path in written:
            path.unlink()


def free_ports() -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [server.getsockname()[1] for server in sockets]
    for server in sockets:
        server.close()
    return ports


def wait_until(condition, report, seconds: float = 120):
    """Return the first true value of a condition."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.1)
    pytest.fail(report())


def output_of(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout
    except subprocess.TimeoutExpired:
        return ""


def jobs(folder: Path, *states: str) -> list[str]:
    """Return the numbers of the jobs of a folder in these states."""
    listed = output_of(
        "squeue", "--noheader", f"--states={','.join(states) or 'all'}", "--format=%i %Z %k"
    ).splitlines()
    return [line.split()[0] for line in listed if line.split()[1:2] == [str(folder)]]


def start(folder: Path, study: str = "config/tiny.yaml", target: str = TABLES, how: str = PACKED) -> subprocess.Popen:
    """Start `make slurm` as a user would, with the shipped profile, in a separate process group."""
    command = ["make", "slurm", f"STUDY={study}", f"ARGS={how} {QUICK} {target}", *("-o", "setup")]
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
    output, _ = run.communicate(**PATIENT)
    assert run.returncode == 0, output[-8000:]
    return output


@pytest.fixture(scope="module")
def project(tiny, tmp_path_factory, plugin) -> Path:
    """The project with the tiny study and the plugin. Tests only read it."""
    folder = copy(tiny, tmp_path_factory.mktemp("project") / "project")
    (folder / ".venv/slurm").symlink_to(plugin)
    return folder


@pytest.fixture
def fresh(project, cluster, tmp_path) -> Path:
    return copy(project, tmp_path / "project")


def assert_as_without_slurm(folder: Path, undisturbed: Path) -> None:
    expected, actual = (twice.digests(path / "results/tiny") for path in (undisturbed, folder))
    assert twice.differing(expected, actual) == []


def suspend_training(folder: Path, run: subprocess.Popen) -> psutil.Process:
    """Suspend a cell that is training in a job of the folder, so that the job does not end. Return its process."""

    def training() -> psutil.Process | None:
        for process in psutil.process_iter(["cmdline", "cwd"]):
            words = process.info["cmdline"] or []
            if process.info["cwd"] == str(folder) and words[1:3] == ["-m", "ontrial.steps.train"]:
                return process

    process = wait_for(training, run)
    process.suspend()
    return process


def test_smoke_study_has_the_same_bytes_as_without_slurm_and_is_complete(smoke, fresh):
    """Without the pages and figures of the book, whose rules are those of every site."""
    study = fresh / "config/smoke.yaml"
    study.write_text(study.read_text(encoding="utf-8").replace("book: ontrial_book\n", ""), encoding="utf-8")
    output = make(fresh, study="config/smoke.yaml", target="")
    assert "The site is ready: results/smoke/site/index.html" in output
    expected, actual = (twice.digests(folder / "results/smoke") for folder in (smoke, fresh))
    differing = {path.split("/")[0] for path in twice.differing(expected, actual)}
    assert differing.isdisjoint(("docket.json", "runs", "tables", "verdicts.json", "verdicts.csv"))
    assert len(jobs(fresh)) < len(list((fresh / "results/smoke/runs").rglob("*.parquet")))  # cells are packed
    assert planned_jobs(fresh) == {}


def test_after_a_cancelled_job_and_a_kill_the_bytes_are_the_same(fresh, undisturbed):
    run = start(fresh)
    number = suspend_training(fresh, run).environ()["SLURM_JOB_ID"]
    subprocess.run(["scancel", number], check=True)
    output = ""
    while "Trying to restart job" not in output:
        output += wait_for(run.stdout.readline, run)
    assert f"JOB {number} ON localhost CANCELLED" in output
    wait_for(lambda: jobs(fresh, "PENDING", "RUNNING"), run)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    subprocess.run(["scancel", *jobs(fresh, "RUNNING", "PENDING")], check=True)
    wait_until(lambda: not jobs(fresh, "RUNNING", "PENDING", "COMPLETING"), lambda: output_of("squeue"))
    make(fresh)
    assert_as_without_slurm(fresh, undisturbed)


@pytest.mark.long  # Slurm counts in minutes
def test_a_job_over_its_time_limit_is_retried_with_a_longer_one(fresh, undisturbed):
    run = start(fresh, how="--group-components cells=1 --set-resources train:runtime=attempt")
    suspend_training(fresh, run)
    output, _ = run.communicate(**PATIENT)
    assert run.returncode == 0, output[-4000:]
    limits = output_of("squeue", "--noheader", "--states=all", "--format=%Z %T %l").splitlines()
    assert f"{fresh} TIMEOUT 1:00" in limits
    assert f"{fresh} COMPLETED 2:00" in limits
    assert_as_without_slurm(fresh, undisturbed)


def test_the_profile_names_only_existing_rules():
    profile = yaml.safe_load((ROOT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8"))
    assert {*profile["groups"], *profile["set-threads"], *profile.get("set-resources", {})} <= set(BLOCKS)
    assert set(profile["group-components"]) <= set(profile["groups"].values())


@pytest.mark.parametrize(("partition", "reason"), [("paid", "this partition wants an account")])
def test_what_slurm_refuses_is_shown(fresh, partition, reason):
    profile = fresh / "profiles/slurm/profile.yaml"
    setting = f"default-resources:\n  slurm_partition: {partition}\n"
    profile.write_text(profile.read_text(encoding="utf-8").replace("default-resources: # per job\n", setting))
    run = start(fresh)
    output, _ = run.communicate(**PATIENT)
    assert run.returncode != 0
    assert reason in output
    assert jobs(fresh) == []


def test_only_make_slurm_has_the_plugin_on_its_path(project):
    """Where a slurm.conf exists, the plugin queries Slurm whenever Snakemake starts."""
    command = [project / ".venv/bin/python", "-c", "import snakemake_executor_plugin_slurm"]
    run = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert "No module named 'snakemake_executor_plugin_slurm'" in run.stderr
