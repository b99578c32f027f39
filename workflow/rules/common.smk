"""The study, read and checked before any job starts; where its files go; which code decides which result.

Input: config/*.yaml. Output: STUDY, CLAIMS, FILMS, RESULTS, LANGUAGES, the files DATA (none in a study whose data sets come
with packages), DOCKET, VERDICTS and TIMED (none in a study without claims), and the functions that list inputs.
"""

from ontrial import data, films, study
from ontrial.data.files import MNIST
from ontrial.errors import InputError
from ontrial.figures.style import SCHEMES
from ontrial.pages.site import languages
from ontrial.steps import files
from ontrial.steps.docs import require_parity


def requested_study():
    """The study named by `--config study=FILE`, handed over as a configuration, or the default one."""
    if "experiments" in config:
        given = workflow.overwrite_configfiles
        return study.read(below(given[-1])) if given else study.of(config)
    return study.read(config.get("study", os.path.relpath(ROOT / "config/config.yaml")))


def below(path):
    """A path as people write it: Snakemake makes that of `--configfile` absolute."""
    return os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else path


def claims_of(tried):
    """The claims of a study, checked. Reading them loads the judge, so only a study with some waits for it."""
    if not tried.docket:
        return {}
    from ontrial.judge import docket

    return docket.read(tried.docket, tried).claims


def code(*patterns):
    """Package modules that a rule's result depends on: Snakemake doesn't watch what a step imports."""
    return sorted(os.path.relpath(path) for pattern in patterns for path in (SOURCE / "ontrial").glob(pattern))


def needed(*datasets):
    """Files outside the packages that these data sets are read from; those that are fetched never change."""
    found = sorted({path for name in datasets for path in data.outside(name)})
    return [ancient(path) if path in FETCHED else path for path in found]


def docs(*patterns):
    """Files of the docs that a rule's result depends on."""
    found = (path for pattern in patterns for path in (ROOT / "docs").glob(pattern) if path.is_file())
    return sorted(os.path.relpath(path) for path in found)


def pictures(folder, figures):
    """Files of figures: each in every language and scheme."""
    return expand(
        f"{folder}/{{figure}}-{{language}}-{{scheme}}.svg", figure=figures, language=LANGUAGES, scheme=SCHEMES
    )


def announcement():
    """What is coming, in one line."""
    jobs = sum(1 for _ in workflow.dag.needrun_jobs())
    return f"Study {STUDY.name}: {len(STUDY.cells):,} cells, {STUDY.runs:,} runs; {jobs:,} jobs to do."


def obstacle():
    """Why nothing could be written, if that is so: a full disk keeps jobs from telling it in their logs."""
    try:
        files.require_writable(RESULTS)
    except InputError as error:
        return error
    return "What is done is kept: once the cause is mended, the same command goes on from here."


try:
    STUDY = requested_study()
    CLAIMS = claims_of(STUDY)
    FILM_LIST = os.path.relpath(ROOT / "config/film.yaml")
    FILMS = films.read(FILM_LIST)
    RESULTS = f"results/{STUDY.name}"
    files.require_writable(RESULTS)
    LANGUAGES = languages(ROOT / "docs")
    require_parity(ROOT / "docs", LANGUAGES)
except InputError as error:
    sys.exit(f"{error}\nNothing was started.")

FETCHED = [str(file.path()) for file in MNIST]
DATA = needed(*{cell.dataset for cell in STUDY.cells.values()})
DOCKET = [str(STUDY.docket)] if STUDY.docket else []
VERDICTS = [f"{RESULTS}/verdicts.json"] if CLAIMS else []
TIMED = [f"{RESULTS}/timing/verdicts.json"] if any(claim.kind == "timed" for claim in CLAIMS.values()) else []
NAMES = [f"{language}={name}" for language, name in {"en": "English", "ko": "한국어"}.items() if language in LANGUAGES]
