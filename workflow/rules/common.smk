"""Read and check the study before any job starts, and define what the rules of all phases use.

Input: the configuration.
Output: plan, judging and site, which say what the study trains, judges and shows; and functions that need Snakemake.

Files of the project and fetched data are local: if results are in a store, these are not, and jobs that read them run
on the machine where Snakemake was started.
"""

import contextlib

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.settings.types import Quietness

from ontrial.errors import InputError, legible_lines
from ontrial.judge.judging_plan import JudgingPlan
from ontrial.report.docs_check import require_docs
from ontrial.report.site_plan import SitePlan
from ontrial.storage import code, machine
from ontrial.study import command_line, progress
from ontrial.study.plan import FETCHED, Plan
from ontrial.study.study import TRUST


@contextlib.contextmanager
def refusals():
    """Turn an InputError into a WorkflowError, which Snakemake prints without a traceback."""
    try:
        yield
    except InputError as error:
        message = f"{legible_lines(str(error))}\nNothing was started."
        settings = workflow.output_settings
        if Quietness.ALL in (settings.quiet or []) and not settings.dryrun:  # Snakemake would print nothing
            say(message)
        raise WorkflowError(message) from None


def say(*lines):
    """Print lines to the terminal, apart from what Snakemake prints for programs."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def configuration_files():
    """Return the configuration files that Snakemake has read. Later ones override earlier ones.

    Snakemake lists those of --configfile first, and makes their paths absolute.
    """
    last = workflow.overwrite_configfiles
    paths = [*(path for path in workflow.configfiles if path not in last), *last]
    return [os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else str(path) for path in paths]


def cell_of(wildcards):
    """Return the cell of a run file."""
    with refusals():
        return plan.cell(wildcards.cell)


def data_files(*datasets):
    """Return the files outside the package that hold data sets. Fetched ones never change, so they are ancient."""
    return local([ancient(path) if path in FETCHED else path for path in plan.data_files(*datasets)])


def digest_of(step):
    """Return a digest of the code that a step executes. As a parameter, it reruns jobs whose code has changed."""
    return code.digest(code.code_of(step))


def appendix(path, caption, category, patterns=None, **labels):
    """Mark a file for Snakemake's report, or files of a folder, with a caption from workflow/report."""
    labels = labels or {"file": Path(path).name}
    return report(path, caption=f"../report/{caption}.rst", category=category, patterns=patterns, labels=labels)


def log_progress():
    """Print progress in lines if output goes to a file, where Snakemake's logger for terminals prints none."""
    is_silenced = {Quietness.ALL, Quietness.PROGRESS} & set(workflow.output_settings.quiet or [])
    if not (sys.stderr.isatty() or is_silenced or workflow.dryrun or IS_MODULE):
        logger.addHandler(progress.ProgressLines(say))


is_run = workflow.resource_settings.cores and not workflow.remote_exec  # --dag and --summary run without cores

with refusals():
    machine.require_python()  # jobs run the `python` on PATH
    given = workflow.config_settings.config or {}
    study = command_line.requested_study(config, configuration_files(), given, is_module=IS_MODULE)
    command_line.require_trust(study, given.get(TRUST))
    plan = Plan.read(study)
    judging = JudgingPlan.read(study)
    site = SitePlan.read(study, judging.claims, ROOT)
    require_docs(ROOT, site.languages, study.docket, site.contents, keep=not workflow.dryrun)
    plan.require_results_folder()
    if is_run and not workflow.dryrun:
        say(*plan.set_damaged_aside())
    plan.require_own_results()
    if is_run:
        plan.require_feasible(workflow.cores, on_this_machine=workflow.resource_settings.nodes is None)

if is_run:
    say(*plan.missing_runs())
    log_progress()

components = local(plan.components)  # read by all steps that need the study
metrics = local(plan.metrics)  # code that judges
data = data_files(*study.datasets) + components
own_data = data_files(*plan.own_datasets) + components  # read by all steps that need sizes


pathvars:
    results=plan.results,


wildcard_constraints:
    cell=r".+/batch-[\w-]+",
    look=r"\d+",
    language="|".join(site.languages),
