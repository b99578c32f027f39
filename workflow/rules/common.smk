"""Read and check the study before any job starts, and define the functions that the rules use.

Input: the configuration.
Output: STUDY, CHECKED_DOCKET and its CLAIMS, FILMS, LANGUAGES, NAMES and WORDS (a digest). ADDRESS is that of the
site, "" if it is not known. RESULTS is the study's folder, <results> in paths. TESTED are the cells that looks judge,
LOOKS the number of looks. DATA_OF is the files of each data set. DOCKET, DATA, OWN_DATA (of what the study brings
itself), METRICS, VERDICTS and TIMED are lists of files, empty if the study has none. FETCHED lists the files that the
rule fetch downloads, REFERENCE is the folder of published results, and FILM_LIST the file of films. COMPONENTS lists
the file with the study's own parts of networks, if it has one.

Files of the project and fetched data are local: if results are in a store, these are not, and jobs that read them run
on the machine where Snakemake was started.
"""

import contextlib
import hashlib
import itertools
import json

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger
from snakemake.settings.types import Quietness

from ontrial import data
from ontrial.data.files import FASHION_MNIST, IDX_NAMES, MNIST
from ontrial.errors import DamagedError, InputError, legible_lines, unknown
from ontrial.judge.records import Kind
from ontrial.nn import ACTIVATIONS, INITIALISATIONS, LOSSES, OUTPUTS
from ontrial.nn.optimisers import OPTIMISERS
from ontrial.report.figures.catalogue import FIGURES as ALL_FIGURES
from ontrial.report.figures.catalogue import widths
from ontrial.report.figures.formats import EVIDENCE, OF_CLAIMS, SCHEMES, file_name
from ontrial.report.pages.functions import FUNCTIONS
from ontrial.report.site.build import languages
from ontrial.report.site.docs import (
    figures_on,
    language_names,
    pages,
    read_words,
    require_names,
    require_parity,
    require_words,
)
from ontrial.report.site.names import Known
from ontrial.storage import code, files, json_files, machine, versions, yaml_files
from ontrial.study import study_files
from ontrial.storage.shipped import STUDY_FILE
from ontrial.study import command_line, components, configuration, estimate, films, progress
from ontrial.study.schema_files import load_schema
from ontrial.study.study import TRUST


def call(function, *arguments):
    """Call a function. Turn its InputError into a WorkflowError, which Snakemake prints without a traceback."""
    try:
        return function(*arguments)
    except InputError as error:
        message = f"{legible_lines(str(error))}\nNothing was started."
        settings = workflow.output_settings
        if Quietness.ALL in (settings.quiet or []) and not settings.dryrun:  # Snakemake would print nothing
            print(message, file=sys.stderr)
        raise WorkflowError(message) from None


def read_study():
    """Return the study of the configuration files and overrides, or the one that an importing workflow passes."""
    values = {key: value for key, value in config.items() if key != TRUST or key not in COMMAND_LINE}
    paths = configuration_files()
    if IS_MODULE and not command_line.are_read(paths, values):  # they configure the importing workflow
        if "experiments" in values:
            return configuration.from_mapping(values, *paths[-1:])
        paths = []
    paths = paths or [command_line.require_study_file(values.get("study", DEFAULT_FILE))]
    return command_line.merge_study(paths, values)


def configuration_files():
    """Return the configuration files that Snakemake has read. Later ones override earlier ones.

    Snakemake lists those of --configfile first, and makes their paths absolute.
    """
    last = workflow.overwrite_configfiles
    paths = [*(path for path in workflow.configfiles if path not in last), *last]
    return [os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else str(path) for path in paths]


def read_docket():
    """Return the checked docket of the study, or None. The import is slow, so only studies with a docket pay for it."""
    if not STUDY.docket:
        return None
    from ontrial.judge import checks

    return checks.read(STUDY.docket, STUDY, run_metrics=True)


def require_docs():
    """Check the docs if anything that matters is new. Checking takes a quarter of a run with nothing to do."""
    registries = map(components.of_package, [ACTIVATIONS, INITIALISATIONS, OUTPUTS, LOSSES, OPTIMISERS])
    words = sorted({*itertools.chain(*registries), *data.DATASETS})
    dockets = [ROOT / "config/claims.yaml", *filter(None, [STUDY.docket])]
    paths = [*code.PACKAGE.rglob("*.py"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").rglob("*.y*ml"), *dockets]
    now = f"{code.digest(sorted(map(Path, paths)))} {' '.join(words)}"
    if DOCS_CHECKED.exists() and DOCS_CHECKED.read_text(encoding="utf-8") == now:
        return
    require_parity(ROOT / "docs", LANGUAGES)
    yaml_files.read(ROOT / "docs/literature.yaml")
    require_names(ROOT / "docs", LANGUAGES, names_for_pages(dockets))
    require_words(ROOT / "docs", words)
    if not workflow.dryrun:
        with contextlib.suppress(OSError):  # where nothing can be written, this is not what stops the run
            files.write_text(DOCS_CHECKED, now)


def names_for_pages(dockets):
    """Return the names that pages can use: functions, claims of dockets, and figures."""
    claims = {claim["id"] for path in dockets for claim in yaml_files.read(path)["claims"]}
    figures = {*ALL_FIGURES, *(prefix + id for prefix in OF_CLAIMS for id in claims)}
    return Known({name: function.takes for name, function in FUNCTIONS.items()}, claims, figures)


def find_answers():
    """Return the checked file with answers to the docket as a list. Only studies with a docket pay for the import."""
    if not STUDY.docket:
        return []
    from ontrial.report.pages import written_answers

    path = written_answers.find(STUDY.docket, CLAIMS)
    return local([str(path)] if path else [])


def has_book():
    """Return whether the site has the book on the theory. Only studies with a docket pay for the slow import."""
    if not CLAIMS:
        return True
    from ontrial.judge import docket

    return docket.has_book(CLAIMS)


def cell_of(wildcards):
    """Return the cell of a run file."""
    cells = STUDY.later_cells if wildcards.cell in STUDY.later_cells else STUDY.cells
    if wildcards.cell not in cells:
        raise WorkflowError(f"study {STUDY.name}: {unknown('cell', wildcards.cell, cells)}")
    return cells[wildcards.cell]


def added_at(look):
    """Return the files that list the run files added by the looks from the second to this one."""
    return [f"<results>/looks/{number}.json" for number in range(2, look + 1)]


def run_files(cells, look):
    """Return the run files of cells and those added by the looks up to this one, which must have been judged before."""
    added = [checkpoints.look.get(look=number).output.cells for number in range(2, look + 1)]
    paths = [*cells, *itertools.chain.from_iterable(map(read_look, added))]
    return [f"<results>/runs/{path}.parquet" for path in paths]


def read_look(path):
    """Return the cells that a look has added."""
    with path.open():  # to have it if results are in a store
        return call(study_files.read, path, "looks/*.json")


def tested_cells():
    """Return the paths of the cells on which measured claims with several looks rest. The import is slow."""
    from ontrial.judge import looks

    return [cell.path for cell in looks.tested_cells(STUDY, CHECKED_DOCKET)]


def digest_of(step, loads=()):
    """Return a digest of the code that a step executes. As a parameter, it reruns jobs whose code has changed.

    loads: Other modules that the step imports by name.
    """
    return code.digest(code.code_of(step, *loads))


def digest_of_words():
    """Return a digest of the terms of figures. As a parameter, it redraws figures if a term has changed."""
    return hashlib.sha256(json.dumps(read_words(ROOT / "docs/words.yaml")["figures"]).encode()).hexdigest()


def data_files(*datasets):
    """Return the files outside the package that hold data sets. Fetched ones never change, so they are ancient."""
    paths = sorted({path for name in datasets for path in data.external_files(name)})
    return local([ancient(path) if path in FETCHED else path for path in paths])


def docs(*patterns):
    """Return the files of the docs that match one of the patterns, except hooks that MkDocs or pip has compiled."""
    paths = (path for pattern in patterns for path in (ROOT / "docs").glob(pattern) if path.is_file())
    return local(sorted(os.path.relpath(path) for path in paths if path.suffix != ".pyc"))


def published_verdicts():
    """Return the files of this study's published verdicts, or of the default study, which tests the same docket."""
    paths = (sorted(Path(REFERENCE, name).glob("**/verdicts.json")) for name in (STUDY.name, "default"))
    return local([str(path) for path in next(filter(None, paths), [])])


def published_of_other_studies(name):
    """Return the published files of this name that belong to other studies."""
    paths = Path(REFERENCE).glob(f"*/{name}")
    return local(sorted(str(path) for path in paths if not path.is_relative_to(f"{REFERENCE}/{STUDY.name}")))


def claims_in_design(files):
    """Return the claims of a published study as its docket has them.

    files: Its design and its verdicts; none if the site does not show it.
    """
    if not files:
        return []
    return call(json_files.read, files[0], load_schema("published")["design.json"])["docket"]["claims"]


def figures_of_others(atlas, size):
    """Return the figures of the claims of the published atlas, and those drawn from the published study of sizes.

    atlas, size: Claims of both studies as their dockets have them.
    """
    measured = [claim["id"] for claim in atlas if claim.get("kind", Kind.MEASURED) == Kind.MEASURED]
    shown = [*CLAIMS, *(claim["id"] for claim in atlas)]
    return [*map(EVIDENCE.__add__, measured), *of_sizes([claim.get("follows") for claim in size], shown)]


def figure_files(folder, figures, category):
    """Return the files of figures, one per language, scheme and width. Snakemake's report includes light ones."""
    paths = []
    for figure, language, scheme in itertools.product(figures, LANGUAGES, SCHEMES):
        for width in widths(figure):
            path = f"{folder}/{file_name(figure, language, scheme, width)}"
            is_shown = scheme == "light" and width == widths(figure)[-1]
            paths.append(appendix(path, "figure", category, figure=figure, language=language) if is_shown else path)
    return paths


def on_pages(figures):
    """Return the figures that the site shows: all with the book, otherwise those on its few hand-written pages."""
    if HAS_BOOK:
        return figures
    shown = figures_on(pages(ROOT / "docs" / LANGUAGES[0], HAS_BOOK).values())
    return [figure for figure in figures if figure in shown]


def figure_folder(folder, figures, category):
    """Return the folder of figures. Snakemake's report includes the widest light ones."""
    by_width = {}
    for figure in figures:
        by_width.setdefault(widths(figure)[-1], []).append(figure)
    language = f"{{language,{'|'.join(LANGUAGES)}}}"
    patterns = [
        file_name(f"{{figure,{'|'.join(names)}}}", language, "light", width) for width, names in by_width.items()
    ]
    if not patterns:
        return directory(folder)
    return appendix(directory(folder), "figure", category, patterns, figure="{figure}", language="{language}")


def appendix(path, caption, category, patterns=None, **labels):
    """Mark a file for Snakemake's report, or files of a folder, with a caption from workflow/report."""
    labels = labels or {"file": Path(path).name}
    return report(path, caption=f"../report/{caption}.rst", category=category, patterns=patterns, labels=labels)


def folders(paths):
    """Return the folders that contain the files."""
    return sorted({os.path.dirname(path) for path in paths})


def log_progress():
    """Print progress in lines if output goes to a file, where Snakemake's logger for terminals prints none."""
    is_silenced = {Quietness.ALL, Quietness.PROGRESS} & set(workflow.output_settings.quiet or [])
    if not (sys.stderr.isatty() or is_silenced or workflow.dryrun or IS_MODULE):
        logger.addHandler(progress.ProgressLines(lambda line: print(line, file=sys.stderr, flush=True)))


def untrained(cells):
    """Return the cells that have no run file yet."""
    return [cell for path, cell in cells.items() if not os.path.exists(f"{RESULTS}/runs/{path}.parquet")]


def warn_of_missing_runs():
    """Print which run files are missing although the tables have their runs. Snakemake trains nothing then."""
    if (missing := untrained(STUDY.cells)) and are_in_tables():
        example = f"{RESULTS}/runs/{missing[0].path}.parquet"
        print(f"Run files are missing: {len(missing)}, such as {example}.", file=sys.stderr)
        print("The tables have their runs. To train these cells again, add: --forcerun collect", file=sys.stderr)


def are_in_tables():
    """Return whether the tables were made after this study was planned, so that they have all its runs."""
    study, tables = Path(RESULTS, "study.json"), Path(RESULTS, "tables/runs.parquet")
    if not (study.exists() and tables.exists()) or study.stat().st_mtime > tables.stat().st_mtime:
        return False
    return study.read_text(encoding="utf-8") == f"{STUDY.to_json()}\n"


def announce(cores):
    """Print the size of the study, its own code that will run, and the training time on these cores."""
    print(f"Study {STUDY.name}: {len(STUDY.cells):,} cells, {STUDY.runs:,} runs.", file=sys.stderr)
    if CHECKED_DOCKET and CHECKED_DOCKET.metrics:
        own = CHECKED_DOCKET.metrics
        names = ", ".join(own.functions)
        print(f"The code of {own.path} (SHA-256 {own.sha256[:12]}) computes: {names}.", file=sys.stderr)
    if OWN_PARTS:
        names = ", ".join(OWN_PARTS.components)
        print(
            f"The code of {OWN_PARTS.path} (SHA-256 {OWN_PARTS.sha256[:12]}) is part of networks: {names}.",
            file=sys.stderr,
        )
    if changes := versions.changes(LAST_RUN.get("versions_of_runs", {})):
        print(f"Versions have changed since the runs in {RESULTS}: {', '.join(changes)}.", file=sys.stderr)
        print("Finished runs are kept. To train all of them again, add: --forcerun train", file=sys.stderr)
    if cores and untrained(STUDY.cells) and not are_in_tables():
        print(f"Training takes about {planned_time(cores)} on {cores} cores.", file=sys.stderr)


def megabytes(cell, attempt):
    """Return the memory to ask a cluster for: that of the job of a cell by estimate, with a margin, and Snakemake's."""
    return SNAKEMAKE_MB + round(1.5 * attempt * estimate.memory(cell) / 1e6)


def planned_time(cores):
    """Return the training time of the cells without a run file on this machine in words, also with all later looks.

    The import is slow.
    """
    from ontrial.judge import looks

    later = untrained(looks.later_cells(STUDY, CHECKED_DOCKET)) if TESTED else []
    return estimate.planned(untrained(STUDY.cells), later, cores)


def set_damaged_aside():
    """Set aside the JSON files of the study that steps could not read, so that Snakemake rebuilds them."""
    try:
        study_files.require_intact(RESULTS)
    except DamagedError as error:
        print(legible_lines(str(files.set_aside(error, "It will be rebuilt."))), file=sys.stderr)


def failure_message():
    """Return the message for a failed run. Logs may not mention a full disk, so check for one."""
    try:
        files.require_writable(RESULTS)
    except InputError as error:
        return error
    return "Finished files are kept. Fix the cause and run the same command again to continue."


SNAKEMAKE_MB = 500  # in a job on a cluster, which runs its own
REFERENCE = os.path.relpath(ROOT / "results/reference")
DOCS_CHECKED = Path(".snakemake/auxiliary/docs-checked")  # a digest of what was checked last, written by each check
FILM_LIST = local(os.path.relpath(ROOT / "config/film.yaml"))
FETCHED = [str(file.path()) for file in (*MNIST, *FASHION_MNIST)]
DEFAULT_FILE = STUDY_FILE if IS_MODULE else os.path.relpath(ROOT / STUDY_FILE)

call(machine.require_python)  # jobs run the `python` on PATH
COMMAND_LINE = workflow.config_settings.config or {}  # what --config gives, and no file
STUDY = call(read_study)
call(command_line.require_trust, STUDY, COMMAND_LINE.get(TRUST))
OWN_PARTS = call(components.read, STUDY.components) if STUDY.components else None
if OWN_PARTS:
    call(components.require_sound, OWN_PARTS)
CHECKED_DOCKET = call(read_docket)
CLAIMS = CHECKED_DOCKET.claims if CHECKED_DOCKET else {}
TESTED = tested_cells() if CLAIMS else []
LOOKS = STUDY.looks if TESTED else 1
HAS_BOOK = has_book()
FILMS = call(films.read, FILM_LIST) if HAS_BOOK else {}
LANGUAGES = languages(ROOT / "docs")
call(require_docs)
ANSWERS = call(find_answers)
WORDS = digest_of_words()
NAMES = [f"{language}={name}" for language, name in call(language_names, ROOT / "docs", LANGUAGES).items()]
ADDRESS = call(machine.site_address)
RESULTS = f"results/{STUDY.name}"
call(files.require_writable, RESULTS)
call(files.require_no_links, RESULTS)
IS_RUN = workflow.resource_settings.cores and not workflow.remote_exec  # --dag and --summary run without cores
if IS_RUN:
    if not workflow.dryrun:
        call(set_damaged_aside)
    warn_of_missing_runs()
    log_progress()
PROVENANCE = f"{RESULTS}/provenance.json"
LAST_RUN = call(study_files.read, PROVENANCE, "provenance.json") if os.path.exists(PROVENANCE) else {}
call(command_line.require_own_name, STUDY, LAST_RUN)
if IS_RUN:
    call(estimate.require_short, STUDY, untrained(STUDY.cells), workflow.cores)
    if workflow.resource_settings.nodes is None:  # a cluster has memory of its own
        call(estimate.require_memory, STUDY, untrained(STUDY.cells), workflow.cores)

DATA_OF = {name: data_files(name) for name in STUDY.datasets}
COMPONENTS = local([STUDY.components] if STUDY.components else [])  # read by all steps that need the study
DATA = data_files(*STUDY.datasets) + COMPONENTS
OWN_DATA = data_files(*filter(data.csv_file_of, STUDY.datasets)) + COMPONENTS  # read by all steps that need sizes
DOCKET = [f"{RESULTS}/docket.json"] if STUDY.docket else []
METRICS = local([STUDY.metrics] if STUDY.metrics else [])  # code that judges
VERDICTS = ["<results>/verdicts.json"] if CLAIMS else []
TIMED = ["<results>/timing/verdicts.json"] if any(claim.kind is Kind.TIMED for claim in CLAIMS.values()) else []


pathvars:
    results=RESULTS,


wildcard_constraints:
    cell=r".+/batch-[\w-]+",
    look=r"\d+",
    language="|".join(LANGUAGES),
