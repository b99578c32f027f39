"""The study, read and checked before any job starts; where its files go; which code decides which result.

Input: config/*.yaml. Output: STUDY, CLAIMS, FILMS, RESULTS, LANGUAGES, the files DATA (none in a study whose data sets come
with packages), DOCKET, VERDICTS and TIMED (none in a study without claims), and the functions that list inputs.
"""

import itertools
import re

from ontrial import data
from ontrial.data.files import MNIST
from ontrial.errors import InputError
from ontrial.report.summaries.rules import RULES
from ontrial.report.figures.style import SCHEMES
from ontrial.report.site.build import languages
from ontrial.storage import files
from ontrial.storage.code import code_of, digest, files_of
from ontrial.study import configuration, films
from ontrial.report.site.docs import names, require_parity


def requested_study():
    """The study named by `--config study=FILE`, handed over as a configuration, or the default one."""
    if "experiments" in config:
        given = (
            workflow.modifier is workflow.modifier_stack[0] and workflow.overwrite_configfiles
        )  # not those of a module
        return configuration.read(below(given[-1])) if given else configuration.of(config)
    return configuration.read(config.get("study", os.path.relpath(ROOT / "config/config.yaml")))


def below(path):
    """A path as people write it: Snakemake makes that of `--configfile` absolute."""
    return os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else path


def require_separate():
    """Raise InputError if another workflow uses this one as a module with names that meet or paths that part."""
    asked = workflow.modifier
    if asked.path_modifier.replace_prefix(RESULTS) != RESULTS:
        raise InputError(
            f"the module's prefix would part {RESULTS} from what steps read. Remove prefix (or replace_prefix) and"
            " give the study a name of its own: its results are under that name."
        )
    if asked is workflow.modifier_stack[0] or asked.allow_rule_overwrite:
        return
    wanted = [asked.modify_rulename(name) for name in (*RULES, "all") if asked.avail_rulename(name)]
    if taken := list(filter(workflow.is_rule, wanted)):
        raise InputError(
            f"there are other rules named {', '.join(taken)}. Give those of the module a prefix that is free:"
            f" use rule * from {asked.namespace} as PREFIX_*"
        )
    if asked.avail_rulename("plan") and any(f"{RESULTS}/study.json" in each.output for each in workflow.rules):
        raise InputError(f"another module makes {RESULTS} already. Give each study a name of its own.")


def claims_of(tried):
    """The claims of a study, checked. Reading them loads the judge, so only a study with some waits for it."""
    if not tried.docket:
        return {}
    from ontrial.judge import checks

    return checks.read(tried.docket, tried).claims


def code(step, *others):
    """Digest of the code that a step executes: a parameter, so that a changed module reruns what depends on it."""
    return digest(code_of(step, *others))


def documented():
    """Modules whose docstrings the reference of the package shows."""
    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*/api.md")]
    names = {name for page in pages for name in re.findall(r"^::: (\S+)", page, re.MULTILINE)}
    return sorted({path for name in names for path in files_of(name)})


def needed(*datasets):
    """Files outside the packages that these data sets are read from; those that are fetched never change."""
    found = sorted({path for name in datasets for path in data.outside(name)})
    return [ancient(path) if path in FETCHED else path for path in found]


def docs(*patterns):
    """Files of the docs that a rule's result depends on."""
    found = (path for pattern in patterns for path in (ROOT / "docs").glob(pattern) if path.is_file())
    return sorted(os.path.relpath(path) for path in found)


def published(*names):
    """Those of these files that are among the published results, all or none."""
    paths = [f"{REFERENCE}/{name}" for name in names]
    return paths if all(map(os.path.exists, paths)) else []


def published_verdicts():
    """Files of published verdicts: those of this study, or of the default one, which tries the same docket."""
    found = (sorted(Path(REFERENCE, name).glob("**/verdicts.json")) for name in (STUDY.name, "default"))
    return [str(path) for path in next(filter(None, found), [])]


def published_elsewhere(name):
    """The files of that name that are published of other studies."""
    return sorted(
        str(path) for path in Path(REFERENCE).glob(f"*/{name}") if not path.is_relative_to(f"{REFERENCE}/{STUDY.name}")
    )


def pictures(folder, figures, category):
    """Files of figures: each in every language and scheme. The light ones are in the report."""
    found = []
    for figure, language, scheme in itertools.product(figures, LANGUAGES, SCHEMES):
        path = f"{folder}/{figure}-{language}-{scheme}.svg"
        light = appendix(path, "figure", category, figure=figure, language=language)
        found.append(light if scheme == "light" else path)
    return found


def appendix(path, caption, category, **labels):
    """A file that is in Snakemake's own report, with a caption from workflow/report."""
    labels = labels or {"file": Path(path).name}
    return report(path, caption=f"../report/{caption}.rst", category=category, labels=labels)


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


REFERENCE = os.path.relpath(ROOT / "results/reference")

try:
    STUDY = requested_study()
    CLAIMS = claims_of(STUDY)
    FILM_LIST = os.path.relpath(ROOT / "config/film.yaml")
    FILMS = films.read(FILM_LIST)
    RESULTS = f"results/{STUDY.name}"
    require_separate()
    files.require_writable(RESULTS)
    LANGUAGES = languages(ROOT / "docs")
    require_parity(ROOT / "docs", LANGUAGES)
    NAMES = [f"{language}={name}" for language, name in names(ROOT / "docs", LANGUAGES).items()]
except InputError as error:
    sys.exit(f"{error}\nNothing was started.")

FETCHED = [str(file.path()) for file in MNIST]
DATA = needed(*{cell.dataset for cell in STUDY.cells.values()})
DOCKET = [f"{RESULTS}/docket.json"] if STUDY.docket else []
VERDICTS = [f"{RESULTS}/verdicts.json"] if CLAIMS else []
TIMED = [f"{RESULTS}/timing/verdicts.json"] if any(claim.kind == "timed" for claim in CLAIMS.values()) else []
