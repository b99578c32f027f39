"""Read and check the study before any job starts: plan, judging and site say what it trains, judges and shows."""

from snakemake.logging import logger

from ontrial.judge.judging_plan import JudgingPlan
from ontrial.report.docs_check import require_docs
from ontrial.report.site_plan import SitePlan
from ontrial.storage import machine
from ontrial.study import command_line, progress
from ontrial.study.plan import Plan
from ontrial.study.study import TRUST

is_run = workflow.resource_settings.cores and not workflow.remote_exec  # --dag and --summary run without cores

with refusals():
    machine.require_python()  # jobs run the `python` on PATH
    given = workflow.config_settings.config or {}
    study = command_line.requested_study(config, configuration_files(), given, is_module=IS_MODULE)
    command_line.require_trust(study, given.get(TRUST))
    plan = Plan.read(study)
    judging = JudgingPlan.read(study)
    site = SitePlan.read(study, judging.claims, ROOT)
    require_docs(ROOT, site.languages, study.docket, site.contents, keep=not workflow.output_settings.dryrun)
    plan.require_results_folder()
    if is_run and not workflow.output_settings.dryrun:
        say(*plan.set_damaged_aside(), *plan.bring_to_present())
        plan.discard_others(judging.docket.to_json() if judging.docket else None)
    plan.require_past_files(judging.source)
    plan.require_own_results()
    if is_run:
        plan.require_feasible(workflow.cores, on_this_machine=workflow.resource_settings.nodes is None)

if is_run:
    say(*plan.missing_runs())
    is_silenced = {Quietness.ALL, Quietness.PROGRESS} & set(workflow.output_settings.quiet or [])
    if not (sys.stderr.isatty() or is_silenced or workflow.output_settings.dryrun or IS_MODULE):
        logger.addHandler(progress.ProgressLines(say))  # Snakemake's own, for terminals, prints none to a file

components = plan.components  # read by all steps that need the study
metrics = plan.metrics  # code that judges
data = data_files(*study.datasets) + components
own_data = data_files(*plan.own_datasets) + components  # read by all steps that need sizes


pathvars:
    results=plan.results,


wildcard_constraints:
    cell=r".+/batch-[\w-]+",
    look=r"\d+",
    language="|".join(site.languages),
