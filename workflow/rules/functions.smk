"""Functions that need Snakemake, which the rules of several phases share."""

import contextlib

from snakemake.exceptions import WorkflowError
from snakemake.settings.types import Quietness

from ontrial.errors import InputError, legible_lines
from ontrial.steps import code
from ontrial.study import study_files
from ontrial.study.plan import FETCHED


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
    return [ancient(path) if path in FETCHED else path for path in plan.data_files(*datasets)]


def digest_of(step):
    """Return a digest of the code that a step executes. As a parameter, it reruns jobs whose code has changed."""
    return code.digest_of(step, site.study.book)


def appendix(path, caption, category, patterns=None, **labels):
    """Mark a file for Snakemake's report, or files of a folder, with a caption from workflow/report."""
    labels = labels or {"file": Path(path).name}
    return report(path, caption=f"../report/{caption}.rst", category=category, patterns=patterns, labels=labels)


def run_files(cells, look):
    """Return the run files of cells and those added by the looks up to this one, which must have been judged before."""
    judged = [checkpoints.look.get(look=number).output.cells for number in range(2, look + 1)]
    return list(map(plan.run_file, [*cells, *(cell for path in judged for cell in read_look(path))]))


def read_look(path):
    """Return the cells that a look has added."""
    with path.open(), refusals():  # to have it if results are in a store
        return study_files.read_result(path, "looks/*.json")


def figure_folder(folder, figures, category):
    """Return the folder of figures. Snakemake's report includes the widest light ones."""
    if not figures:
        return directory(folder)
    patterns = site.patterns_of(figures)
    return appendix(directory(folder), "figure", category, patterns, figure="{figure}", language="{language}")


def figure_files(folder, figures, category):
    """Return the files of figures, one per language, scheme and width. Snakemake's report includes some of them."""
    return [
        (
            appendix(f"{folder}/{file.name}", "figure", category, figure=file.figure, language=file.language)
            if file.is_in_report
            else f"{folder}/{file.name}"
        )
        for file in site.files_of(figures)
    ]
