"""The study, read and checked before any job starts, and the functions that rules are written with.

Input: the configuration. Output: STUDY, CLAIMS, FILMS, LANGUAGES and NAMES; RESULTS, the study's folder, which paths call
<results>; the lists of files DOCKET, DATA, VERDICTS and TIMED, empty where a study has none of them, and FETCHED.
"""

import itertools

from snakemake.exceptions import WorkflowError

from ontrial import data
from ontrial.data.files import MNIST
from ontrial.errors import InputError, unknown
from ontrial.report.figures.style import SCHEMES
from ontrial.report.site.build import languages
from ontrial.report.site.docs import names, require_parity
from ontrial.storage import code, files, machine
from ontrial.study import configuration, films, requested


def checked(function, *arguments):
    """Call a function and raise its InputError as a WorkflowError, which Snakemake prints without a traceback."""
    try:
        return function(*arguments)
    except InputError as error:
        raise WorkflowError(f"{error}\nNothing was started.") from None


def requested_study():
    """The study of the configuration files and overrides, or the one that another workflow hands over."""
    if IS_MODULE:
        return configuration.of(config, *map(below, workflow.configfiles[-1:]))
    return requested.merged([below(path) for path in workflow.configfiles], config)


def below(path):
    """A path as people write it: Snakemake makes those of --configfile absolute."""
    return os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else str(path)


def tried_docket():
    """The docket that the study tries, or None. Reading it loads the judge, so only a study with one waits for it."""
    if not STUDY.docket:
        return None
    from ontrial.judge import checks

    return checks.read(STUDY.docket, STUDY)


def cell_of(wildcards):
    """The cell whose run file is asked for."""
    if wildcards.cell not in STUDY.cells:
        raise WorkflowError(f"study {STUDY.name}: {unknown('cell', wildcards.cell, STUDY.cells)}")
    return STUDY.cells[wildcards.cell]


def digest_of(step, loads=(), reads=()):
    """Digest of the code that a step executes: a parameter, so that a changed module reruns what depends on it.

    loads and reads: other code that the step imports by name, and code of which it reads the text alone.
    """
    return code.digest([*code.code_of(step, *loads), *reads])


def option(name, *values):
    """Words of an optional argument of a command: none without values."""
    return [name, *values] if values else []


def data_files(*datasets):
    """Files outside the packages that data sets are read from; those that are fetched never change."""
    paths = sorted({path for name in datasets for path in data.outside(name)})
    return [ancient(path) if path in FETCHED else path for path in paths]


def docs(*patterns):
    """Files of the docs that match one of the patterns."""
    paths = (path for pattern in patterns for path in (ROOT / "docs").glob(pattern) if path.is_file())
    paths = (path for path in paths if path.suffix != ".pyc")  # hooks, once MkDocs or pip has compiled them
    return sorted(os.path.relpath(path) for path in paths)


def published(*names):
    """Those of these files that are among the published results, all or none."""
    paths = [f"{REFERENCE}/{name}" for name in names]
    return paths if all(map(os.path.exists, paths)) else []


def published_verdicts():
    """Files of published verdicts: those of this study, or of the default one, which tries the same docket."""
    paths = (sorted(Path(REFERENCE, name).glob("**/verdicts.json")) for name in (STUDY.name, "default"))
    return [str(path) for path in next(filter(None, paths), [])]


def published_elsewhere(name):
    """The files of that name that are published of other studies."""
    paths = Path(REFERENCE).glob(f"*/{name}")
    return sorted(str(path) for path in paths if not path.is_relative_to(f"{REFERENCE}/{STUDY.name}"))


def pictures(folder, figures, category):
    """Files of figures: each in every language and scheme. The light ones are in Snakemake's report."""
    paths = []
    for figure, language, scheme in itertools.product(figures, LANGUAGES, SCHEMES):
        path = f"{folder}/{figure}-{language}-{scheme}.svg"
        light = appendix(path, "figure", category, figure=figure, language=language)
        paths.append(light if scheme == "light" else path)
    return paths


def appendix(path, caption, category, **labels):
    """A file that is in Snakemake's report, with a caption from workflow/report."""
    labels = labels or {"file": Path(path).name}
    return report(path, caption=f"../report/{caption}.rst", category=category, labels=labels)


def folders(paths):
    """The folders that files are in."""
    return sorted({os.path.dirname(path) for path in paths})


def outcome():
    """What a person needs to know when a run fails: a full disk, of which the logs of its jobs may say nothing."""
    try:
        files.require_writable(RESULTS)
    except InputError as error:
        return error
    return "What is done is kept: once the cause is mended, the same command goes on from here."


REFERENCE = os.path.relpath(ROOT / "results/reference")
FILM_LIST = os.path.relpath(ROOT / "config/film.yaml")
FETCHED = [str(file.path()) for file in MNIST]

if not IS_MODULE and not workflow.configfiles:

    configfile: checked(requested.file, config.get("study", os.path.relpath(ROOT / "config/config.yaml")))


checked(machine.require_python)  # which jobs run
STUDY = checked(requested_study)
TRIED = checked(tried_docket)
CLAIMS = TRIED.claims if TRIED else {}
FILMS = checked(films.read, FILM_LIST)
LANGUAGES = languages(ROOT / "docs")
checked(require_parity, ROOT / "docs", LANGUAGES)
NAMES = [f"{language}={name}" for language, name in checked(names, ROOT / "docs", LANGUAGES).items()]
RESULTS = f"results/{STUDY.name}"
checked(files.require_writable, RESULTS)

DATA = data_files(*{cell.dataset for cell in STUDY.cells.values()})
DOCKET = [f"{RESULTS}/docket.json"] if STUDY.docket else []
VERDICTS = ["<results>/verdicts.json"] if CLAIMS else []
TIMED = ["<results>/timing/verdicts.json"] if any(claim.kind == "timed" for claim in CLAIMS.values()) else []


pathvars:
    results=RESULTS,


wildcard_constraints:
    cell=r".+/batch-\w+",
    language="|".join(LANGUAGES),
