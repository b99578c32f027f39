"""The workflow without its target, which each Snakefile names because an included file cannot have a default target."""

import gc
import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

try:
    from ontrial.storage.shipped import ROOT  # the folder with docs, config and published results
except ModuleNotFoundError:
    raise WorkflowError(
        f"{sys.prefix}: the package ontrial is not installed in the environment that runs Snakemake. "
        "Install it: in a checkout with make setup, in a folder of `ontrial init` with pip install -r requirements.txt"
    ) from None

min_version("9.27")

# Snakemake keeps all jobs in memory. The usual search for garbage among them takes a tenth of the time to plan them.
gc.set_threshold(100_000)

# Another workflow has imported this one as a module unless the main Snakefile is one of our own two.
HERE = Path(str(workflow.current_basedir))
IS_MODULE = Path(workflow.basedir) not in (HERE, HERE.parent)

# Steps do not import modules from the working folder, which may be a stranger's. A workflow that imports this one is
# code in that folder anyway, and its own rules may need such modules.
if not IS_MODULE:
    shell.prefix("set -euo pipefail; export PYTHONSAFEPATH=1; ")


report: "report/workflow.rst"


include: "rules/functions.smk"
include: "rules/common.smk"
include: "rules/data.smk"
include: "rules/train.smk"
include: "rules/judge.smk"
include: "rules/report.smk"


TARGETS = [
    "<results>/study.json",  # Snakemake rebuilds a missing file that nothing out of date needs only if it is a target
    *judging.docket_file,
    "<results>/timing/time.json",
    "<results>/site/index.html",
    "<results>/drawn/checked",
    "<results>/tables/runs.csv",
    "<results>/provenance.json",
    *judging.verdicts,
]

if rules.plan.output.study != f"{plan.results}/study.json":
    raise WorkflowError(
        f"the module has a prefix, which would move {rules.plan.output.study} out of {plan.results}, where it is read."
        " Remove prefix. The name of the study sets the folder of its results."
        "\nNothing was started."
    )


# In a cluster job, run the rules in its own process. Otherwise Snakemake would start another Snakemake for each one,
# which takes longer than training most cells. `localrules:` cannot do this, because rules of a module have other names.
if workflow.remote_exec:
    workflow.localrules(*(rule.name for rule in workflow.rules))


# Snakemake calls the handlers of the main Snakefile only. Those of a workflow that imports this one can call these.
onstart:
    with refusals():
        plan.lock()
    say(plan.size(), *judging.code_that_runs(), *plan.code_that_runs(), *plan.changed_versions())
    say(*plan.training_time(workflow.cores, judging.later_cells))


onsuccess:
    if asked := workflow.dag_settings.targets:
        say(f"Ready: {' '.join(sorted(asked))}")
    elif workflow.dag_settings.until or workflow.dag_settings.omit_from:
        say("Ready, without what --until or --omit-from left out.")
    else:
        say(f"The site is ready: {plan.results}/site/index.html")


onerror:
    say(plan.failure())
