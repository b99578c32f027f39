"""Follow the recipes of docs/extending.md on a copy of the project, and check that their steps are complete."""

import json
import re
import shutil
import subprocess
import textwrap
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from support.project import ROOT, active, copy_project, ontrial, python, snakemake
from support.shared import copy

from ontrial.judge import checks, times
from ontrial.report.pages import written_answers
from ontrial.study import configuration

EXTENDING = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^## (A new [^\n]+)\n(.*?)(?=^#|\Z)", EXTENDING, re.MULTILINE | re.DOTALL))


def yaml_of(heading: str) -> str:
    """Return the YAML of a recipe."""
    return re.search(r"```yaml\n(.*?)```", RECIPES[heading], re.DOTALL)[1]


ACTIVATION = '''
def softsign(z, out=None):
    """φ(z) = z / (1 + |z|)."""
    return np.divide(z, 1 + np.abs(z), out=out)


def softsign_derivative(z, a, out=None):
    """φ′(z) = (1 − |a|)²."""
    out = np.subtract(1, np.abs(a), out=out)
    return np.square(out, out=out)


@dataclass'''

ACTIVATION_BY_HAND = """

def test_softsign_by_hand():
    from ontrial.nn.activations import softsign

    assert softsign(np.array([-3.0, 0.0, 1.0])).tolist() == [-0.75, 0, 0.5]
"""

LOSS = '''
def log_cosh(prediction, target):
    """Mean over the batch of Σₖ log cosh(pₖ − yₖ)."""
    error = np.abs(prediction - target)
    return batch_mean(error + np.log1p(np.exp(-2 * error)) - np.log(2).astype(error.dtype))


def log_cosh_gradient(prediction, target, out=None):
    """tanh(p − y) / B."""
    out = np.subtract(prediction, target, out=out)
    np.tanh(out, out=out)
    out /= prediction.shape[1]
    return out


@dataclass'''

LOSS_BY_HAND = """

def test_log_cosh_by_hand():
    from ontrial.nn.losses import log_cosh

    assert log_cosh(np.array([[[1.0], [0.0]]]), np.zeros((1, 2, 1))) == pytest.approx(math.log(math.cosh(1)) / 2)
"""

OPTIMISER = '''
def damped(theta, g, eta, mu, t):
    """θ ← θ − η g / (1 + |g|)."""
    theta -= eta * g / (1 + np.abs(g))


@dataclass'''

SCHEDULE = '''
def parabola(share: float) -> float:
    """f(s) = (1 − s)²."""
    return (1 - share) * (1 - share)


def _sine('''

RINGS = '''

def rings() -> tuple[np.ndarray, np.ndarray]:
    """Two circles of radius 1 and 2 with noise: X (1000, 2), labels (1000,)."""
    angle = np.linspace(0, 2 * np.pi, POINTS)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    return add_noise([circle, 2 * circle], 0.1)
'''

SCALED_ARRAYS = '''\
    def arrays(self, seeds: Sequence[int]) -> Data:
        """Return the data of the cell with scaled inputs."""
        arrays = self.unscaled_arrays(seeds)
        parts = {name: getattr(arrays, name) for name in ("train", "validation", "test")}
        return replace(arrays, **{name: part._replace(X=part.X * self.input_scale) for name, part in parts.items()})

    def unscaled_arrays(self, '''

SCALE_SCHEMA = """\
      input_scale:
        title: a list of one or more positive numbers, such as [1, 2]
        description: Factor of all inputs. Left out, 1.
        type: array
        minItems: 1
        uniqueItems: true
        items:
          title: a positive number
          description: A factor.
          type: number
          exclusiveMinimum: 0
"""

EXPERIMENT = """study: yours
book: ontrial_book
docket: yours-claims.yaml
experiments:
  yours: {purpose: Try what is new., dataset: [rings], hidden: [[4]], activation: [relu, softsign],
    initialisation: [own], objective: [softmax+log_cosh], optimiser: [sgd, damped], schedule: [parabola],
    input_scale: [1, 2], batch_size: [16], learning_rates: [0.0625, 0.5], seeds: {confirmatory: {from: 101, to: 108}},
    budget: {epochs: 2}}
"""

CLAIM = """chapters:
  activations: {en: Activations}
claims:
  - id: softsign-beats-relu
    chapter: activations
    statement: {en: Softsign is more accurate than ReLU.}
    experiment: yours
    metric: test_accuracy
    difference: {of: {activation: softsign}, minus: {activation: relu}}
    contexts: {policy: [fixed_of, fixed_minus, tuned], input_scale: [1, 2]}
    where: {optimiser: sgd}
    smallest_effect: 1 point
"""

ANSWER = """answers:
  softsign-beats-relu:
    - {verdict: supported, en: 'Yes, by [[ size("smallest") ]] points.', ko: '그렇다. [[ size("smallest") ]]점 차이다.'}
"""

METRIC = '''\
def lowest_loss(curves):
    """Lowest validation loss."""
    return min(curves["validation_loss"])
'''

METRIC_CLAIM = """\
  - id: softsign-has-a-lower-loss
    statement: {en: Softsign gets a lower validation loss than ReLU.}
    experiment: yours
    metric: lowest_loss
    difference: {of: {activation: relu}, minus: {activation: softsign}}
    where: {policy: tuned, optimiser: sgd, input_scale: 1}
    smallest_effect: 0.01
"""

FIGURE = '''

def yours(results, words, width):
    """A line."""
    figure = Figure(figsize=(width, 3))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1])
    return figure, pd.DataFrame({"x": [0, 1], "y": [0, 1]})
'''

PAGE = """# {title} {{: #yours }}

[[ accuracy("yours", activation="relu", optimiser="sgd", input_scale=1, policy="tuned") ]]

[[ figure("yours") ]]
"""

COMMAND = '''"""Say hello."""


def add_arguments(parser):
    """Add the options of the subcommand."""
    parser.add_argument("--name", default="world")
    parser.set_defaults(function=lambda name: print(f"Hello, {name}."))
'''

STEP = '''"""Count the runs of a study."""

import pandas as pd

from ontrial.storage import files, options
from ontrial.storage.options import Input, Output


def count(runs: Input, text: Output) -> None:
    """Write the number of runs.

    runs: Table of runs (.parquet).
    text: Number of runs, to write.
    """
    files.write_text(text, f"{len(pd.read_parquet(runs))}\\n")


if __name__ == "__main__":
    options.run(count)
'''

RULE = r'''

rule count:
    """Count the runs of the study."""
    input:
        runs="<results>/tables/runs.parquet",
    output:
        text=appendix("<results>/count.txt", "count", "Tables"),
    log:
        "<results>/logs/count.log",
    benchmark:
        "<results>/benchmarks/count.tsv"
    conda:
        "../../environment.yml"
    params:
        code=digest_of("count"),
    shell:
        r"""
        python -m ontrial.steps.count \
            --runs {input.runs:q} \
            --text {output.text:q} \
            2>{log:q}
        """
'''


def insert(path: Path, anchor: str, text: str) -> None:
    """Insert text before the first `anchor` of a file, which must be there."""
    replace(path, anchor, text + anchor)


def replace(path: Path, old: str, new: str) -> None:
    """Replace the first `old` of a file, which must be there."""
    content = path.read_text(encoding="utf-8")
    assert old in content, f"{path}: {old!r}"
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def append(path: Path, text: str) -> None:
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def add_words(project: Path, part: str, term: str) -> None:
    """Add a term to a part of the words."""
    path = project / "docs/words.yaml"
    words = path.read_text(encoding="utf-8")
    path.write_text(re.sub(f"^{part}:.*\n", rf"\g<0>  {term}\n", words, flags=re.MULTILINE), encoding="utf-8")


def add_activation(project: Path) -> None:
    module = project / "src/ontrial/nn/activations.py"
    replace(module, "\n@dataclass", ACTIVATION)
    entry = '\n    "softsign": Activation(softsign, softsign_derivative, initialisation="glorot"),'
    replace(module, "ACTIVATIONS = {", "ACTIVATIONS = {" + entry)
    formula = (
        "softsign: {value: z => z / (1 + Math.abs(z)), "
        "slope: (_, a) => (1 - Math.abs(a)) ** 2, numpy: 'z / (1 + abs(z))'},"
    )
    replace(project / FORMULAS, "const ACTIVATIONS = {", f"const ACTIVATIONS = {{ {formula}")
    add_words(project, "figures", "softsign: {en: softsign, ko: 소프트사인}")
    replace(project / STYLES, "STYLES = {", 'STYLES = {\n    "softsign": Style(GREEN, DOTTED, "H"),')
    append(project / "tests/nn/test_activations.py", ACTIVATION_BY_HAND)


def add_loss(project: Path) -> None:
    module = project / "src/ontrial/nn/losses.py"
    replace(module, "\n@dataclass", LOSS)
    replace(module, "LOSSES = {", 'LOSSES = {\n    "log_cosh": Loss(log_cosh, log_cosh_gradient),')
    formula = "log_cosh: {term: (p, y) => Math.log(Math.cosh(p - y)), slope: (p, y) => tanh(p - y)},"
    replace(project / FORMULAS, "const LOSSES = {", f"const LOSSES = {{ {formula}")
    add_words(project, "figures", "log_cosh: {en: log-cosh, ko: 로그 코시}")
    replace(project / STYLES, "STYLES = {", 'STYLES = {\n    "softmax+log_cosh": Style(GOLD, "solid", "H"),')
    append(project / "tests/nn/test_losses.py", LOSS_BY_HAND)


def add_optimiser(project: Path) -> None:
    module = project / "src/ontrial/nn/optimisers.py"
    replace(module, "\n@dataclass", OPTIMISER)
    replace(module, "OPTIMISERS = {", 'OPTIMISERS = {\n    "damped": Optimiser(damped),')
    theory = """\
    if recipe.optimiser == "damped":
        theta -= eta * g / (1 + np.abs(g))
    elif recipe.optimiser == "sgd":"""
    replace(project / "src/ontrial/nn/reference.py", '    if recipe.optimiser == "sgd":', theory)
    formula = (
        "damped: {states: 0, step(θ, g, η) { for (const i of g.keys()) θ[i] -= (η * g[i]) / (1 + Math.abs(g[i])) }},"
    )
    replace(project / FORMULAS, "const OPTIMISERS = {", f"const OPTIMISERS = {{ {formula}")
    add_words(project, "figures", "damped: {en: damped, ko: 감쇠}")
    worked_example = 'WORKED_EXAMPLES = {\n    "damped": [(0.92, 2), (0.8533333, 1.95)],'
    replace(project / "tests/nn/test_optimisers.py", "WORKED_EXAMPLES = {", worked_example)


def add_schedule(project: Path) -> None:
    module = project / "src/ontrial/nn/schedules.py"
    replace(module, "\ndef _sine(", SCHEDULE)
    replace(module, '    "step": step,\n', '    "step": step,\n    "parabola": parabola,\n')
    add_words(
        project, "figures", "schedule parabola: {en: learning rate along a parabola, ko: 포물선으로 줄어드는 학습률}"
    )
    add_words(project, "pages", "value schedule parabola: {en: decay along a parabola, ko: 포물선 감소}")
    replace(
        project / "src/ontrial/study/schemas/config.schema.yaml", "and step divides", "parabola does, and step divides"
    )
    for language in ("en", "ko"):
        replace(project / f"docs/{language}/statistics.md", "(Loshchilov & Hutter 2017)", "or $(1 - s)^2$")
    example = "[1, 0.765625, 0.5625, 0.390625, 0.25, 0.140625, 0.0625, 0.015625]"
    examples = f'WORKED_EXAMPLES = {{\n    "parabola": {example},'
    replace(project / "tests/nn/test_schedules.py", "WORKED_EXAMPLES = {", examples)


def add_data_set(project: Path) -> None:
    append(project / "src/ontrial/data/shapes.py", RINGS)
    entry = 'DATASETS = {\n    "rings": Source(shapes.rings, ("inner", "outer")),'
    replace(project / "src/ontrial/data/registry.py", "DATASETS = {", entry)
    add_words(project, "figures", "rings: {en: rings, ko: 고리}")


def add_experiment(project: Path) -> None:
    (project / "config/yours.yaml").write_text(EXPERIMENT, encoding="utf-8")


def add_setting(project: Path) -> None:
    module = project / "src/ontrial/study/cell.py"
    insert(module, "    batch_size: ", '    input_scale: float = _field(Numeric(folder="scale-", default=1.0))\n')
    replace(module, "    def arrays(self, ", SCALED_ARRAYS)
    schema = project / "src/ontrial/study/schemas/config.schema.yaml"
    insert(schema, "      learning_rates:\n", SCALE_SCHEMA)
    add_words(project, "figures", "setting input_scale: {en: input scale, ko: 입력 배율}")


def add_claim(project: Path) -> None:
    (project / "config/yours-claims.yaml").write_text(CLAIM, encoding="utf-8")


def add_sentence(project: Path) -> None:
    path = project / "config/atlas-claims.yaml"
    docket = path.read_text(encoding="utf-8") if path.exists() else "sources:\n\nclaims:\n"
    source, claim = (part.split(":\n", 1)[1] for part in yaml_of("A new sentence for the atlas").split("\n\n"))
    docket = docket.replace("sources:\n", "sources:\n" + source + "\n", 1).replace("claims:\n", "claims:\n" + claim, 1)
    path.write_text(docket, encoding="utf-8")


def add_answer(project: Path) -> None:
    (project / "config/yours-claims.answers.yaml").write_text(ANSWER, encoding="utf-8")


def add_metric(project: Path) -> None:
    (project / "config/yours.py").write_text(METRIC, encoding="utf-8")
    insert(project / "config/yours.yaml", "experiments:\n", "metrics: yours.py\n")
    append(project / "config/yours-claims.yaml", METRIC_CLAIM)


def add_built_in_metric(project: Path) -> None:
    entry = '    "yours": _of_classes(difference(VALIDATION_ACCURACY, ACCURACY), tuned_by="test_accuracy"),'
    replace(project / "src/ontrial/judge/metrics.py", "BUILT_IN = {", f"BUILT_IN = {{\n{entry}")
    twin = 'yours: difference(accuracy("validation_accuracy"), accuracy("test_accuracy")),'
    judge = project / "docs/theme/overrides/assets/engine/judging.js"
    replace(judge, "const METRICS = {", f"const METRICS = {{\n    {twin}")
    add_words(project, "pages", "metric yours: {en: your measure, ko: 내 측정값}")


def add_replication(project: Path) -> None:
    momentum = (project / "config/replications/momentum.yaml").read_text(encoding="utf-8")
    yours = momentum.replace("momentum", "yours")
    (project / "config/replications/yours.yaml").write_text(yours, encoding="utf-8")
    insert(
        project / "docs/words.yaml",
        "  meaning momentum:",
        "  meaning yours: {en: Like momentum., ko: 모멘텀과 같다.}\n",
    )


def add_language(project: Path) -> None:
    """Add English again, under the name of another language."""
    docs, schemas = project / "docs", project / "src/ontrial/study/schemas"
    shutil.copytree(docs / "en", docs / "de")
    shutil.copytree(docs / "templates/en", docs / "templates/de")
    shutil.copyfile(docs / "theme/en.yml", docs / "theme/de.yml")
    replace(docs / "theme/de.yml", "language: en", "language: de")
    replace(docs / "theme/de.yml", "name: English", "name: Deutsch")
    for name in ("words", "differing", "glossary"):
        copy_texts(docs / f"{name}.yaml", "en")
    for name in ("answers", "claims", "config"):
        copy_texts(schemas / f"{name}.schema.yaml", "ko")
    insert(docs / "theme/root/404.html", "    <p hidden>", '    <p lang="de">Hier ist keine Seite.</p>\n')


def copy_texts(path: Path, language: str) -> None:
    """Give every text of a YAML file that is in Korean a text in German: that of a language, or else the Korean one."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for texts in translated_texts(content):
        texts["de"] = deepcopy(texts.get(language, texts["ko"]))  # YAML would write it as an alias, which is refused
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def translated_texts(content):
    """Yield every mapping in a document that has a text in Korean."""
    if isinstance(content, dict) and "ko" in content:
        yield content
    items = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    for item in items:
        yield from translated_texts(item)


def add_figure(project: Path) -> None:
    append(project / "src/ontrial_book/chapters/figures_curves.py", FIGURE)
    entry = 'Figure("ontrial_book.chapters.figures_curves:yours", experiments=("yours",), needs=("training",))'
    replace(project / "src/ontrial_book/__init__.py", "FIGURES = {\n", f'FIGURES = {{\n    "yours": {entry},\n')
    for language, title in TITLES.items():
        caption = f"\nyours: {{title: {title}, caption: {title}., alt: {title}.}}\n"
        append(project / f"docs/{language}/figures.yaml", caption)


def add_column(project: Path) -> None:
    evidence = project / "src/ontrial/report/pages/claims/evidence.py"
    cells = '        say["your column"]: [formatting.count(context.look) for context in contexts],\n'
    insert(evidence, '        say[f"counted {estimand.counted}"]', cells)
    add_words(project, "pages", "your column: {en: look, ko: 보기}")


def add_page(project: Path) -> None:
    for language, title in TITLES.items():
        (project / f"docs/{language}/yours.md").write_text(PAGE.format(title=title), encoding="utf-8")
        replace(project / f"docs/theme/{language}.yml", "      - index.md", "      - index.md\n      - yours.md")


def add_small_page(project: Path) -> None:
    for language, title in TITLES.items():
        text = f'# {title}\n\n{title}.\n\n[[ toy("dial", "neuron") ]]\n'
        (project / f"docs/{language}/dial.md").write_text(text, encoding="utf-8")
        replace(project / f"docs/theme/{language}.yml", "the-valley.md", "the-valley.md, dial.md")
    toys = project / "docs/theme/overrides/assets/toys"
    script = (toys / "the-valley.js").read_text(encoding="utf-8")
    (toys / "dial.js").write_text(script.replace("the-valley", "dial"), encoding="utf-8")
    add_words(project, "pages", "toy dial picture: {en: Yours, ko: 새 그림}")
    small = project / "src/ontrial_book/small"
    insert(
        small / "__init__.py", '        "same-road": ', '        "dial": Small(PLAIN, ("numbers", "descent/steps")),\n'
    )
    insert(small / "pages_sketches.py", '    "the-valley": ', '    "dial": dots([(120, 60)], BLUE),\n')


def add_command(project: Path) -> None:
    (project / "src/ontrial/commands/yours.py").write_text(COMMAND, encoding="utf-8")
    entry = '    "yours": Command("yours", "Say hello."),\n'
    insert(project / "src/ontrial/__main__.py", '    "init": Command(', entry)


def add_rule(project: Path) -> None:
    (project / "src/ontrial/steps/count.py").write_text(STEP, encoding="utf-8")
    append(project / "workflow/rules/judge.smk", RULE)
    insert(project / "src/ontrial/steps/code.py", '    "train": (', '    "count": (*STEP, *CELL),\n')
    insert(project / "workflow/main.smk", '    "<results>/provenance.json",', '    "<results>/count.txt",\n')
    insert(project / "profiles/slurm/profile.yaml", "  provenance: tables", "  count: tables\n")
    (project / "workflow/report/count.rst").write_text("The number of runs.\n", encoding="utf-8")


def add_contestant(project: Path) -> None:
    contestants = project / "benchmarks/contestants"
    shutil.copyfile(contestants / "numpy_loop.py", contestants / "yours.py")
    entry = 'CONTESTANTS = {\n    "yours": Contestant("numpy", "yours", stacked=False),'
    replace(contestants / "__init__.py", "CONTESTANTS = {", entry)
    replace(project / "benchmarks/summary.py", "PEERS = {", 'PEERS = {\n    "yours": ("yours",),')


STYLES = "src/ontrial/report/wording/styles.py"
FORMULAS = "docs/theme/overrides/assets/engine/formulas.js"
TITLES = {"en": "Yours", "ko": "새 쪽"}
FOLLOW = {  # in this order: the new language translates what the others have added
    "A new activation": add_activation, "A new loss": add_loss, "A new optimiser": add_optimiser,
    "A new schedule": add_schedule, "A new data set": add_data_set, "A new experiment": add_experiment,
    "A new setting": add_setting, "A new claim": add_claim, "A new sentence for the atlas": add_sentence,
    "A new answer": add_answer, "A new metric": add_metric, "A new metric of every study": add_built_in_metric,
    "A new replication": add_replication, "A new figure": add_figure, "A new column on the page of a claim": add_column,
    "A new small page": add_small_page,
    "A new page": add_page,
    "A new command": add_command, "A new rule": add_rule, "A new contestant of the benchmark": add_contestant,
    "A new language": add_language,
}  # fmt: skip
NAMES = {"A new rule": "count", "A new small page": "dial"}  # what is called here by another name than yours


def contents(folder: Path) -> dict[str, bytes]:
    """Return the content of every file that a recipe may change, by path."""
    parts = ("src", "docs", "config", "workflow", "profiles", "tests", "benchmarks")
    paths = [path for part in parts for path in (folder / part).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.suffix != ".pyc"}


@pytest.fixture(scope="module")
def project(shared) -> Path:
    """A copy of the project in which every recipe was followed. changed.json has the files that each one changed."""

    def make(folder: Path) -> None:
        before = contents(copy_project(folder))
        changed = {}
        for heading, follow in FOLLOW.items():
            follow(folder)
            after = contents(folder)
            changed[heading] = sorted(path for path, content in after.items() if before.get(path) != content)
            before = after
        (folder / "changed.json").write_text(json.dumps(changed), encoding="utf-8")

    return shared("recipes", make)


def test_every_recipe_is_followed_and_its_steps_are_numbered_in_order():
    for heading, text in RECIPES.items():
        numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
        assert numbers == [*range(1, len(numbers) + 1)], heading
    assert set(FOLLOW) == set(RECIPES)


@pytest.mark.parametrize("heading", RECIPES)
def test_the_steps_of_a_recipe_name_exactly_the_files_that_change(project, heading):
    changed = json.loads((project / "changed.json").read_text(encoding="utf-8"))[heading]
    steps = "".join(re.findall(r"^\d\. .*\n(?:   .*\n)*", RECIPES[heading], re.MULTILINE))
    steps = steps.replace("yours", NAMES.get(heading, "yours"))
    named = re.findall(r"`((?:src|docs|config|workflow|profiles|tests|benchmarks)/[\w./-]+)`", steps)
    assert [path for path in named if not any(is_within(file, path) for file in changed)] == []
    assert [file for file in changed if not any(is_within(file, path) for path in named)] == []


def is_within(file: str, path: str) -> bool:
    """Return whether a path names a file or one of the folders above it."""
    return file == path or file.startswith(f"{path}/")


@pytest.mark.slow
def test_the_tests_of_the_project_find_what_is_new_automatically(project):
    names = (
        "softsign or log_cosh or damped or rings or word or activations or count or every_rule or yours or registries"
        " or metrics or schedule"
    )
    command = [python(project), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", names]
    tests = ["tests/nn", "tests/data/test_data.py", "tests/figures/test_figures.py", "tests/pages/test_benchmark.py"]
    tests += ["tests/workflow/test_rules.py", "tests/scripts/test_engine.py"]
    run = subprocess.run([*command, *tests], cwd=project, capture_output=True, text=True, env=active(project))
    assert run.returncode == 0, run.stdout[-4000:]
    assert int(run.stdout.rsplit(" passed", 1)[0].rsplit(None, 1)[-1]) > 40


@pytest.mark.slow
def test_a_new_experiment_and_claim_get_their_verdict_and_the_new_rule_its_output(project, tmp_path):
    project = copy(project, tmp_path / "project")
    targets = ("results/yours/verdicts.json", "results/yours/count.txt")
    run = snakemake(project, *targets, study="config/yours.yaml", trust_code=True)
    assert run.returncode == 0, run.stderr[-4000:]
    claim, own = json.loads((project / "results/yours/verdicts.json").read_text(encoding="utf-8"))["claims"]
    assert claim["id"] == "softsign-beats-relu"
    assert [context["n"] for context in claim["contexts"]] == [8] * 6
    assert (own["id"], own["unit"]) == ("softsign-has-a-lower-loss", "number")
    assert (project / "results/yours/count.txt").read_text(encoding="utf-8") == "128\n"


@pytest.mark.slow
def test_a_new_figure_rule_and_language_are_planned(project):
    run = snakemake(project, "--dry-run", "--printshellcmds", study="config/yours.yaml", trust_code=True)
    assert run.returncode == 0, run.stderr[-4000:]
    assert "--names en=English de=Deutsch 'ko=한국어'" in run.stdout
    assert re.search(r"--figures [^\n]*\byours\b", run.stdout)
    assert "--languages en de ko" in run.stdout
    for name in ("site/de", "count.txt"):
        assert f"results/yours/{name}" in run.stdout


@pytest.mark.slow
def test_a_new_command_runs_and_is_listed(project):
    assert ontrial(project, "yours", "--name", "reader").stdout == "Hello, reader.\n"
    assert re.search(r"^    yours +Say hello\.$", ontrial(project, "--help").stdout, re.MULTILINE)


def test_the_claim_and_the_sentence_in_the_recipes_can_be_tried():
    recipe = yaml_of("A new claim")
    path, study = ROOT / "config/claims.yaml", configuration.read_study(ROOT / "config/config.yaml")
    docket = path.read_text(encoding="utf-8").replace("claims:\n", "claims:\n" + textwrap.indent(recipe, "  "), 1)
    claims = checks.parse(docket, "claims.yaml", study, measured_times=times.read_times(path)).claims
    assert claims["tanh-faster-than-relu-when-deep"].estimand.contexts == {
        "policy": ["fixed_of", "fixed_over", "tuned"]
    }
    docket = yaml_of("A new sentence for the atlas")
    claims = checks.parse(docket, "claims.yaml", study).claims
    assert claims["deeper-rarely-helps"].quotations[0]["outside"]


def test_the_answer_in_the_recipe_suits_the_claim_in_the_recipe(tmp_path):
    claim, answer = yaml_of("A new claim"), yaml_of("A new answer")
    claims = checks.parse(
        f"claims:\n{claim}", "claims.yaml", configuration.read_study(ROOT / "config/config.yaml")
    ).claims
    path = tmp_path / "claims.answers.yaml"
    path.write_text(answer, encoding="utf-8")
    written_answers.require(path, claims, claims)
