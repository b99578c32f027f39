"""The recipes of CONTRIBUTING, followed on a copy of the project: what they name is enough."""

import json
import re
import shutil
import subprocess
import textwrap

import pytest
import yaml
from support.project import ROOT, active, copy_project, python, snakemake
from support.shared import copy

from ontrial.judge import checks
from ontrial.report.site.build import languages
from ontrial.study import configuration

ACTIVATION = '''
def softsign(z, out=None):
    """φ(z) = z / (1 + |z|)."""
    return np.divide(z, 1 + np.abs(z), out=out)


def softsign_derivative(z, a, out=None):
    """φ′(z) = (1 − |a|)²."""
    out = np.subtract(1, np.abs(a), out=out)
    return np.square(out, out=out)


@dataclass'''

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

EXPERIMENT = """study: yours
docket: yours-claims.yaml
experiments:
  yours:
    purpose: Try what is new.
    dataset: [moons]
    hidden: [[4]]
    activation: [relu, softsign]
    initialisation: [own]
    objective: [softmax+log_cosh]
    batch_size: [16]
    learning_rates: [0.125, 0.5]
    seeds:
      tuning: {from: 1, to: 2}
      confirmatory: {from: 101, to: 103}
    budget: {epochs: 2}
"""

CLAIM = """claims:
  - id: softsign-beats-relu
    statement: {en: Softsign is more accurate than ReLU.}
    experiment: yours
    metric: test_accuracy
    difference: {of: {activation: softsign}, minus: {activation: relu}}
    contexts: {policy: [fixed, tuned]}
    smallest_effect: 1 point
"""

FIGURE = '''
def yours(results, words):
    """A line."""
    figure = Figure(figsize=(WIDTH, 3))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1])
    return figure, pd.DataFrame({"x": [0, 1], "y": [0, 1]})
'''

PAGE = """# {title} {{: #yours }}

[[ accuracy("yours", activation="relu", policy="tuned") ]]

[[ figure("yours") ]]
"""


def put(path, old: str, new: str) -> None:
    """Write something in place of the first `old` of a file, which has to be there."""
    content = path.read_text(encoding="utf-8")
    assert old in content, f"{path}: {old!r}"
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def a_new_activation_and_a_new_loss(project) -> None:
    numerics = project / "src/ontrial/nn"
    put(numerics / "activations.py", "\n@dataclass", ACTIVATION)
    put(
        numerics / "activations.py",
        "ACTIVATIONS = {",
        'ACTIVATIONS = {\n    "softsign": Activation(softsign, softsign_derivative, initialisation="glorot"),',
    )
    put(numerics / "losses.py", "\n@dataclass", LOSS)
    put(numerics / "losses.py", "LOSSES = {", 'LOSSES = {\n    "log_cosh": Loss(log_cosh, log_cosh_gradient),')
    with open(project / "docs/words.yaml", "a", encoding="utf-8") as words:
        words.write("softsign: {en: softsign, ko: 소프트사인}\nlog_cosh: {en: log-cosh, ko: 로그 코시}\n")


def a_new_experiment_and_a_new_claim(project) -> None:
    (project / "config/yours.yaml").write_text(EXPERIMENT, encoding="utf-8")
    (project / "config/yours-claims.yaml").write_text(CLAIM, encoding="utf-8")


def a_new_figure_and_a_new_page(project) -> None:
    with open(project / "src/ontrial/report/figures/curves.py", "a", encoding="utf-8") as module:
        module.write("\n" + FIGURE)
    put(
        project / "src/ontrial/report/figures/catalogue.py", "FIGURES = {", 'FIGURES = {\n    "yours": Entry("curves"),'
    )
    for language, title in (("en", "Yours"), ("ko", "새 쪽")):
        with open(project / f"docs/{language}/figures.yaml", "a", encoding="utf-8") as captions:
            captions.write(f"\nyours: {{title: {title}, caption: {title}., alt: {title}.}}\n")
        (project / f"docs/{language}/yours.md").write_text(PAGE.format(title=title), encoding="utf-8")
        put(project / f"docs/theme/{language}.yml", "      - index.md", "      - index.md\n      - yours.md")


def a_new_language(project) -> None:
    """English once more, under the name of another language."""
    docs = project / "docs"
    shutil.copytree(docs / "en", docs / "de")
    shutil.copytree(docs / "templates/en", docs / "templates/de")
    shutil.copyfile(docs / "ko/settings.yaml", docs / "de/settings.yaml")
    shutil.copyfile(docs / "theme/en.yml", docs / "theme/de.yml")
    put(docs / "theme/de.yml", "language: en", "language: de")
    put(docs / "theme/de.yml", "name: English", "name: Deutsch")
    for name in ("words.yaml", "phrases.yaml", "differing.yaml", "glossary.yaml"):
        content = yaml.safe_load((docs / name).read_text(encoding="utf-8"))
        for texts in everything_in_languages(content):
            texts["de"] = texts["en"]
        (docs / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    films = yaml.safe_load((project / "config/film.yaml").read_text(encoding="utf-8"))
    for texts in everything_in_languages(films):
        texts["de"] = texts["en"]
    (project / "config/film.yaml").write_text(yaml.safe_dump(films, allow_unicode=True, sort_keys=False))
    put(project / "src/ontrial/study/schemas/film.schema.yaml", "required: [en, ko]", "required: [en, ko, de]")
    for name in ("film", "claims", "config"):
        schema = project / f"src/ontrial/study/schemas/{name}.schema.yaml"
        content = yaml.safe_load(schema.read_text(encoding="utf-8"))
        for texts in everything_in_languages(content):
            texts["de"] = texts["ko"]
        schema.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def everything_in_languages(content):
    """Every mapping in a document that has a text in English and Korean."""
    inside = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    found = [each for item in inside for each in everything_in_languages(item)]
    return [*found, content] if isinstance(content, dict) and {"en", "ko"} <= content.keys() else found


@pytest.fixture(scope="module")
def project(shared):
    """A copy of the project in which every recipe was followed that needs no more than files."""

    def make(folder) -> None:
        copy_project(folder)
        for follow in (
            a_new_activation_and_a_new_loss,
            a_new_experiment_and_a_new_claim,
            a_new_figure_and_a_new_page,
            a_new_language,
        ):
            follow(folder)

    return shared("recipes", make)


def test_the_tests_of_the_project_find_a_new_activation_and_loss_by_themselves(project):
    command = [python(project), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "softsign or log_cosh or word"]
    tests = ["tests/nn", "tests/figures"]
    run = subprocess.run([*command, *tests], cwd=project, capture_output=True, text=True, env=active(project))
    assert run.returncode == 0, run.stdout[-4000:]
    assert int(run.stdout.rsplit(" passed", 1)[0].rsplit(None, 1)[-1]) > 20


def test_a_new_experiment_and_claim_get_their_verdict_with_the_new_activation_and_loss(project, tmp_path):
    project = copy(project, tmp_path / "project")
    run = snakemake(project, "results/yours/verdicts.json", study="config/yours.yaml")
    assert run.returncode == 0, run.stderr[-4000:]
    (claim,) = json.loads((project / "results/yours/verdicts.json").read_text(encoding="utf-8"))["claims"]
    assert claim["id"] == "softsign-beats-relu"
    assert [context["n"] for context in claim["contexts"]] == [3, 3]


def test_a_new_figure_and_language_are_planned(project):
    run = snakemake(project, "--dry-run", "--printshellcmds", study="config/yours.yaml")
    assert run.returncode == 0, run.stderr[-4000:]
    assert "--names en=English de=Deutsch 'ko=한국어'" in run.stdout
    assert "results/yours/figures/yours-de-dark.svg" in run.stdout
    assert "results/yours/site/de" in run.stdout


def test_the_claim_of_the_recipe_can_be_tried():
    written = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = re.search(r"## A new claim\n.*?```yaml\n(.*?)```", written, re.DOTALL)[1]
    claims = (ROOT / "config/claims.yaml").read_text(encoding="utf-8")
    claims = claims.replace("claims:\n", "claims:\n" + textwrap.indent(recipe, "  "), 1)
    found = checks.parse(claims, "claims.yaml", configuration.read(ROOT / "config/config.yaml")).claims
    assert found["tanh-faster-than-relu-when-deep"].estimand.contexts == {"policy": ["fixed", "tuned"]}


@pytest.mark.full
def test_the_site_shows_all_that_is_new(project, tmp_path):
    project = copy(project, tmp_path / "project")
    run = snakemake(project, study="config/yours.yaml")
    assert run.returncode == 0, run.stderr[-4000:]
    for language in ("en", "ko", "de"):
        page = (project / f"results/yours/site/{language}/yours.html").read_text(encoding="utf-8")
        assert f"yours-{language}-light.svg" in page
        others = len(languages(project / "docs")) - 1
        assert page.count('class="md-header__button language"') == others  # the same page in each of them
