import inspect
import pkgutil
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from support.colours import contrast
from support.contents import FIGURES, TITLES
from support.messages import message_of
from support.pages import context, verdict
from support.project import ROOT, read_yaml

import ontrial_book
from ontrial.errors import InputError
from ontrial.judge import checks, metrics, trials
from ontrial.judge.estimands import Estimand
from ontrial.judge.results import Results
from ontrial.nn import ACTIVATIONS
from ontrial.nn.network import Architecture, Network
from ontrial.report import figures
from ontrial.report.figures import axes, catalogue, drawing, evidence, svg
from ontrial.report.figures.catalogue import drawable, of_claims, unmet_needs
from ontrial.report.figures.formats import EVIDENCE, NARROW, SCHEMES
from ontrial.report.summaries.finding_files import read_measurements
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.replications import Published
from ontrial.report.wording import labels, outcomes, styles
from ontrial.report.wording.phrases import Phrases
from ontrial.steps import draw
from ontrial.steps.check_figures import check_figures
from ontrial.steps.collect import last_records, sort_rows
from ontrial.steps.train import train_cell
from ontrial.storage import run_files
from ontrial.study import configuration
from ontrial.study.study import Study
from ontrial_book import axes as book_axes
from ontrial_book.chapters import predictions, selection
from ontrial_judge.core.statistics import FAILURES
from ontrial_judge.core.verdicts import Outcome

TERMS = read_yaml("docs/words.yaml")["figures"]
CAPTIONS = read_yaml("docs/en/figures.yaml")
SHARED = {
    "purpose": "Draw.", "dataset": ["digits"], "hidden": [[8, 8]], "activation": ["relu"], "initialisation": ["own"],
    "objective": ["softmax+cross_entropy"], "batch_size": [64], "learning_rates": [0.125],
    "seeds": {"descriptive": {"from": 1, "to": 2}}, "budget": {"updates": 0},
}  # fmt: skip
JUDGED = {"confirmatory": {"from": 101, "to": 107}}
STUDY = {
    "study": "figures",
    "book": "ontrial_book",
    "experiments": {
        "batch-size": SHARED
        | {
            "batch_size": [16, 64, "full"], "learning_rates": [0.0625, 0.25, 1, 1024], "seeds": JUDGED,
            "budget": {"epochs": 2},
        },
        "vanishing": SHARED
        | {
            "hidden": [[8, 8], [8, 8, 8]],
            "activation": ["sigmoid", "relu"],
            "initialisation": ["inverse_n", "he", "inverse_n_mean-8"],
            "probes": ["gradients"],
        },
        "dying": SHARED
        | {"activation": ["relu", "elu"], "learning_rates": [0.25, 4], "probes": ["units"], "budget": {"epochs": 1}},
        "speed": SHARED
        | {
            "hidden": [[8]], "activation": ["sigmoid", "relu"], "initialisation": ["inverse_n", "glorot", "he"],
            "seeds": JUDGED, "learning_rates": [0.125, 0.5], "budget": {"epochs": 3},
        },
        "losses": SHARED
        | {"objective": ["softmax+cross_entropy", "identity+mse"], "seeds": JUDGED, "budget": {"epochs": 1}},
        "titanic": SHARED
        | {"dataset": ["titanic"], "objective": ["sigmoid+cross_entropy"], "seeds": JUDGED, "budget": {"epochs": 1}},
        "shapes": SHARED
        | {"dataset": ["xor"], "hidden": [[], [4]], "activation": ["tanh", "relu"], "budget": {"epochs": 1}},
    },
}  # fmt: skip
CLAIMS = """
claims:
  - {id: smaller, statement: {en: A smaller batch is more accurate., ko: 작은 배치가 더 정확하다.},
    experiment: batch-size, metric: test_accuracy, difference: {of: {batch_size: 16}, minus: {batch_size: 64}},
    contexts: {policy: [fixed_of, fixed_minus, tuned]}, smallest_effect: 1 point}
  - {id: faster, statement: {en: A smaller batch is faster., ko: 작은 배치가 더 빠르다.}, experiment: batch-size,
    metric: epochs_to_accuracy, threshold: 0.5, ratio: {of: {batch_size: full}, over: {batch_size: 16}},
    contexts: {policy: [tuned]}, smallest_effect: factor 2}
  - {id: slope, statement: {en: Larger batches are more accurate., ko: 배치가 클수록 정확하다.}, experiment: batch-size,
    metric: test_accuracy, slope: {of: {policy: tuned}, along: batch_size}, smallest_effect: 1 point}
"""
PUBLISHED = {
    study: Published(
        {
            "small-batch-accuracy": verdict(
                "small-batch-accuracy",
                "depends",
                context("positive", {"policy": "fixed"}, estimate=effect, low=0.1, high=np.inf),
                context("undecided", {"policy": "tuned"}, estimate=-effect, low=-1.0, high=0.3),
                smallest_effect=0.5,
            )
        },
        pd.DataFrame([{"experiment": "losses", "dataset": "digits", "optimiser": "sgd", "hidden": "32-32"} | changes]),
    )
    for study, effect, changes in (
        ("default", 0.7, {}),
        ("mnist", 90.0, {"dataset": "mnist"}),
        ("adam", 0.2, {"optimiser": "adam"}),
        ("wide", 0.2, {"hidden": "128"}),
    )
}
LAW = read_measurements([str(path) for path in (ROOT / "results/reference/law").rglob("*.*")])["law"]
RECOLOURED = ("neuron", "batch-rate-surface", "evidence-smaller")  # a diagram, a heatmap, intervals
NAMES = [
    *(name for name in FIGURES if name != "evidence"),
    *(EVIDENCE + claim for claim in ("smaller", "faster", "slope")),
]


def trained(study: Study, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Train all cells of a study, and return its tables of runs and records."""
    runs = []
    for i, cell in enumerate(study.cells.values()):
        train_cell(cell.to_json(), folder / f"{i}.parquet")
        runs.append(run_files.read_sealed(folder / f"{i}.parquet"))
    schema = pa.unify_schemas([run.schema for run in runs])
    rows = sort_rows(schema, runs)
    return last_records(rows).to_pandas(), rows.to_pandas()


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Findings:
    """Return the judged results of a study of tiny networks."""
    tiny = configuration.parse(STUDY)
    last, records = trained(tiny, tmp_path_factory.mktemp("runs"))
    docket = checks.parse(CLAIMS, "claims", tiny)
    judged = trials.judge_claims(Results(tiny, last, records), docket).by_claim
    return Findings(
        tiny,
        last,
        records,
        judged,
        docket.claims,
        measurements={"replications": PUBLISHED, "law": LAW},
    )


prepared = cache(draw.prepared)  # networks are trained once, not for each language and width


def words(language: str) -> Phrases:
    """Return the terms of figures in a language."""
    return Phrases(TERMS, language, "docs/words.yaml")


slow = partial(pytest.param, marks=pytest.mark.slow)
WIDE = [(name, width) for name in NAMES for width in catalogue.widths(FIGURES, name) if width != NARROW]


@pytest.mark.parametrize(("name", "width", "language", "scheme"), [
    *((name, NARROW, *look) for name in NAMES for look in (("en", "light"), ("ko", "dark"))),
    *(slow(*case, "ko", "dark") for case in WIDE),
])  # fmt: skip
def test_all_text_of_a_figure_is_inside_it_and_large_enough_for_phones(
    results, name, width, language, scheme, monkeypatch
):
    texts = []
    monkeypatch.setattr(Text, "draw", lambda text, renderer: texts.append(text))
    with drawing.appearance(language, scheme):
        figure, numbers = prepared(name, results)(results, words(language), width)
        figure.draw_without_rendering()
        shown = [text for text in texts if text.get_visible() and text.get_text().strip()]
        assert shown
        for text in shown:
            box = text.get_window_extent()
            assert text.get_fontsize() >= 12, text.get_text()
            assert figure.bbox.x0 - 1 <= box.x0 <= box.x1 <= figure.bbox.x1 + 1, text.get_text()
            assert figure.bbox.y0 - 1 <= box.y0 <= box.y1 <= figure.bbox.y1 + 1, text.get_text()
    assert figure.get_figwidth() == width
    assert len(numbers) > 0


NOTES = {text["en"] for term, text in TERMS.items() if term.startswith("note ")}
CHAPTERS = ("learning-rate", "neuron-layers", "activations", "gradients", "losses", "batch-size")


def kinds_named_in(names: list[str], results: Findings) -> set[str]:
    """Return what bars, bands and dots are in the corners of figures, such as "middle half of the seeds"."""
    kinds = set()
    for name in names:
        drawn, _ = prepared(name, results)(results, words("en"), NARROW)
        texts = {text.get_text() for text in drawn.findobj(Text)}
        kinds |= {text.partition(": ")[2] for text in texts & NOTES}
    return kinds


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_one_kind_of_uncertainty(results, chapter):
    """Figures of claims on a chapter's page, which show the intervals that decide them, are for the next test."""
    text = (ROOT / "docs/en" / f"{chapter}.md").read_text(encoding="utf-8")
    names = [name for name in re.findall(r'\[\[ figure\("([\w-]+)"\) \]\]', text) if name in FIGURES]
    assert names
    assert len(kinds_named_in(names, results)) <= 1


def test_the_page_of_a_claim_has_one_kind_of_uncertainty(results):
    """Besides the narrower intervals that decide that an effect is small."""
    kinds = kinds_named_in([f"{EVIDENCE}smaller"], results)
    assert {kind.partition(",")[0] for kind in kinds} == {"95% intervals"}


def test_numbers_depend_neither_on_language_nor_scheme_and_bytes_on_nothing(results):
    english = drawing.render(drawing_function("batch-policies"), results, words("en")).numbers
    with drawing.appearance("ko", "dark"):
        _, korean = drawing_function("batch-policies")(results, words("ko"), NARROW)
    pd.testing.assert_frame_equal(english, korean)
    first, second = (
        drawing.render(drawing_function("batch-rate-surface"), results, words("ko")).svgs for _ in range(2)
    )
    assert first == second
    assert first["light"].startswith(b"<svg")


@pytest.mark.parametrize("name", [*RECOLOURED, *(slow(name) for name in NAMES if name not in RECOLOURED)])
def test_recolouring_a_light_figure_gives_the_dark_one(results, name):
    with drawing.appearance("en", "dark"):
        figure, _ = prepared(name, results)(results, words("en"), NARROW)
        dark = drawing.svg_of(figure)
    assert drawing.render(prepared(name, results), results, words("en")).svgs["dark"] == dark


def test_a_colour_that_the_scheme_lacks_is_an_error():
    with pytest.raises(ValueError, match="#123456"):
        drawing.recoloured(b'<path style="fill: #123456"/>')


def compacted(content: str) -> str:
    """Return the content of an SVG after `svg.compact`."""
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    whole = svg.compact(f"<svg {namespaces}>{content}</svg>".encode()).decode()
    return whole[whole.index(">") + 1 : -len("</svg>")].replace(" />", "/>")


@pytest.mark.parametrize(
    ("one", "other", "group_style"),
    [
        ("fill: red", "fill: red", "fill: red"),
        ("fill: red", "fill: blue", None),
        ("fill: red; opacity: 0.5", "fill: red; opacity: 0.5", None),
        ("fill: red; stroke-linecap: round", "fill: red; stroke-linecap: round", None),
    ],
)
def test_a_style_shared_by_a_group_is_written_once(one, other, group_style):
    content = compacted(f'<g id="x">\n <path d="" style="{one}"/>\n <path d="" style="{other}"/>\n</g>')
    if group_style:
        assert content == f'<g style="{group_style}"><path d=""/><path d=""/></g>'
    else:
        assert content == f'<g><path d="" style="{one}"/><path d="" style="{other}"/></g>'


@pytest.mark.parametrize(
    ("absolute", "relative"),
    [
        ("M 1.2345 20 \nL -1.2355 1324.8761 \nM 3.00 0.501 \nz", "m1.2 20-2.4 1304.9m4.2-1324.4z"),
        ("M 1 1 L 3 1 L 3 3.04 z M 0 0 L 1 1", "m1 1 2 0 0 2zm-1-1 1 1"),  # z leads back to the start
        ("M 1.234 2 L 1.234 2 M 3 4 L 3 4.5 z", "m1.2 2h0m1.8 2 0 .5z"),
        ("M 0 0 L 0.04 0 L 0.08 0 L 0.12 0", "m0 0h0l.1 0h0"),  # errors do not add up
        ("M 0 0 Q 1 2 3 4 C 3 5 4 6 5 7", "m0 0q1 2 3 4c0 1 1 2 2 3"),
    ],
)
def test_paths_are_relative_with_one_decimal_and_no_unneeded_spaces(absolute, relative):
    assert compacted(f'<path d="{absolute}"/>') == f'<path d="{relative}"/>'


def test_letters_are_coarser_and_numbers_of_transforms_short_unless_they_are_scaled():
    letter = '<path id="A-1" d="M 3078 1203 Q 3078 1722 2810 2022 z" transform="scale(0.015625)"/>'
    assert compacted(letter) == '<path id="a0" d="m385 150q0 65-34 103z" transform="scale(0.125)"/>'
    assert compacted('<use xlink:href="#A" transform="translate(60.59 0)"/>') == '<use x="60.6" href="#a0"/>'
    scaled = '<g transform="translate(1.2345 2) scale(0.012345 -0.012345)"/>'
    assert compacted(scaled) == scaled
    assert compacted('<g transform="translate(1.2345 2)"/>') == '<g transform="translate(1.2 2)"/>'


def test_styles_of_several_elements_are_classes_and_ids_are_short():
    line = '<path d="" clip-path="url(#p)" style="stroke: red"/>'
    assert compacted(f"<style>*{{}}</style>{line}<text/>{line}<path style='stroke: blue'/>") == (
        "<style>*{}.s3{stroke: red; clip-path: url(#a0)}</style>"
        '<path d="" class="s3"/><text/><path d="" class="s3"/><path style="stroke: blue"/>'
    )
    defined = '<clipPath id="p123"/><path id="m456" style="fill: url(#h789)"/><pattern id="h789"/>'
    short = '<clipPath id="a0"/><path id="a1" style="fill: url(#a2)"/><pattern id="a2"/>'
    assert compacted(f'{defined}<g clip-path="url(#p123)"><use xlink:href="#m456" x="1.005"/></g>') == (
        f'{short}<g clip-path="url(#a0)"><use x="1" href="#a1"/></g>'
    )
    assert compacted('<path style="fill: #0072b2"/>') == '<path style="fill: #0072b2"/>'


def test_the_address_of_a_picture_chooses_the_last_step_that_it_shows():
    content = compacted('<g id="step-1"/><g id="other"/><g id="step-2"/><g id="step-3"/><g id="step-2"/>')
    rule = "#step-1:target~g .step-2,#step-1:target~g .step-3,#step-2:target~g .step-3{display:none}"
    targets = '<g id="step-1"/><g id="step-2"/><g id="step-3"/>'
    shown = '<g class="step-1"/><g/><g class="step-2"/><g class="step-3"/><g class="step-2"/>'
    assert content == f"<style>{rule}</style>{targets}{shown}"


def test_the_catalogue_loads_neither_matplotlib_nor_pandas():
    modules = (
        "ontrial_book, ontrial.report.figures.catalogue, ontrial.report.figures.formats, ontrial.report.wording.styles"
    )
    program = f"import sys, {modules}; print({{'matplotlib', 'pandas'}} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


def drawing_functions() -> set[str]:
    """Return the entry points of the functions that draw a figure, by their parameters."""
    entries = set()
    modules = [
        *pkgutil.iter_modules(figures.__path__, "ontrial.report.figures."),
        *(
            module
            for module in pkgutil.walk_packages(ontrial_book.__path__, "ontrial_book.")
            if ".figures" in module.name
        ),
    ]
    for module in modules:
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            is_public = not name.startswith("_") and function.__module__ == module.name
            if is_public and list(inspect.signature(function).parameters)[:3] == ["results", "words", "width"]:
                entries.add(f"{module.name}:{name}")
    return entries


def test_the_catalogue_has_every_function_that_draws_a_figure_under_its_name():
    assert {figure.entry for figure in FIGURES.values()} == drawing_functions()
    for name in FIGURES:
        assert drawing_function(name).__name__.replace("_", "-") == name


def drawing_function(name: str) -> Callable:
    """Return the function that draws a figure."""
    return catalogue.drawing_function(FIGURES, name)


def named(*experiments: str, **changes) -> Study:
    """Return a study in which experiments with these names have the same settings."""
    settings = SHARED | {"budget": {"epochs": 1}} | changes
    experiments_of_study = dict.fromkeys(experiments, settings)
    return configuration.parse({"study": "named", "book": "ontrial_book", "experiments": experiments_of_study})


def test_the_catalogue_of_a_study_depends_on_its_experiments_and_verdicts(results):
    small = named("batch-size")
    assert "batch-policies" in drawable(FIGURES, small)
    assert "learning-curves" not in drawable(FIGURES, small)
    assert "neuron" in drawable(FIGURES, small)
    assert of_claims(results.claims) == tuple(f"{EVIDENCE}{claim}" for claim in ("smaller", "faster", "slope"))
    assert of_claims({}) == ()


@pytest.mark.parametrize(
    ("figure", "experiment", "changes", "lacking"),
    [
        ("dead-units", "dying", {}, ["probe units"]),
        ("gradient-norms", "vanishing", {"hidden": [[]], "probes": ["gradients"]}, ["hidden layers"]),
        ("titanic-reliability", "titanic", {"dataset": ["moons"]}, ["groups"]),
        (
            "titanic-reliability",
            "titanic",
            {"dataset": ["titanic"], "objective": ["identity+mse"], "budget": {"updates": 0}},
            ["training", "probabilities"],
        ),
        ("boundaries", "shapes", {}, ["plane"]),
    ],
)
def test_a_figure_is_left_out_if_its_experiment_lacks_what_it_needs(figure, experiment, changes, lacking):
    study = named(experiment, **changes)
    assert figure not in drawable(FIGURES, study)
    assert unmet_needs(FIGURES[figure], study) == lacking


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": ["identity+mse"], "learning_rates": [1e6]},  # every run diverges
        {
            "dataset": ["titanic", "digits", "moons"],
            "hidden": [[], [8]],
            "activation": ["relu", "gelu"],
            "objective": ["softmax+mse", "identity+mse"],
            "batch_size": [16],
        },
    ],
    ids=["diverged", "mixed"],
)
def test_figures_can_be_drawn_of_experiments_that_only_share_their_names(changes, tmp_path):
    experiments = list(dict.fromkeys(name for entry in FIGURES.values() for name in entry.experiments))
    study = named(*experiments, **changes, probes=["units", "gradients"])
    first = trained(named(experiments[0], **changes, probes=["units", "gradients"]), tmp_path)
    tables = (pd.concat([table.assign(experiment=name) for name in experiments], ignore_index=True) for table in first)
    findings = Findings(study, *tables)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in drawable(FIGURES, study):
            if FIGURES[name].experiments:
                drawing.render(prepared(name, findings), findings, words("en"))


def test_a_figure_that_cannot_be_drawn_gets_a_placeholder_and_its_error_is_recorded(results, tmp_path, monkeypatch):
    def fail(figures, name):
        raise ValueError("too\n<small>")

    drawn = draw.draw_one("neuron", [words("en")], tmp_path, results)
    assert drawn.error is None
    assert drawn.sizes.keys() == {"neuron-en-light.svg", "neuron-en-dark.svg"}
    monkeypatch.setattr(draw, "drawing_function", fail)
    assert draw.draw_one("layers", [words("en"), words("ko")], tmp_path, results).error == "ValueError: too <small>"
    assert len(list(tmp_path.glob("layers-*.svg"))) == 4
    picture = ElementTree.parse(tmp_path / "layers-ko-dark.svg").getroot()
    assert picture[0].text == "layers: ValueError: too <small>"
    assert (tmp_path / "layers.csv").read_text() == "error\nlayers: ValueError: too <small>\n"


def test_the_last_rule_fails_if_a_figure_could_not_be_drawn(tmp_path):
    lists = [tmp_path / "some.json", tmp_path / "none.json"]
    lists[0].write_text('{"layers": "ValueError: no"}')
    lists[1].write_text("{}")
    check_figures([str(lists[1])], "site/index.html")
    message = message_of(check_figures, list(map(str, lists)), "site/index.html")
    assert "site/index.html: the site is ready, but" in message
    assert "\n- layers: ValueError: no\n" in message
    assert f"rm {lists[0]}, and" in message


def test_every_figure_has_a_title_a_caption_and_an_alternative_text():
    for name in FIGURES:
        words = TITLES[name].words if name in TITLES else ()
        parts = set(CAPTIONS[name]) - {"details"}
        assert parts == {"title", "caption", "alt", *(f"title {word}" for word in words)}, name


def test_an_unknown_term_raises_an_error_that_names_the_file():
    with pytest.raises(InputError, match=r'docs/words.yaml: unknown term "epoks". Did you mean "epochs"'):
        words("en")["epoks"]


@pytest.mark.parametrize("character", ["\U00013000", "$\U00013000$"], ids=["in text", "in a formula"])
def test_a_character_that_the_fonts_lack_is_an_error(character):
    def hieroglyph(results, words, width):
        figure = Figure()
        figure.text(0.5, 0.5, character)
        return figure, None

    with pytest.raises(UserWarning, match=r"[Gg]lyph"):
        drawing.render(hieroglyph, None, words("en"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_have_enough_contrast_with_the_background(scheme):
    with drawing.appearance("en", scheme):
        paper = to_rgb(styles.PAPER)
        colours = {each.colour for each in styles.STYLES.values()} | {styles.INK, styles.MUTED}
        assert {colour for colour in colours if contrast(to_rgb(colour), paper) < 3} == set()


def test_activations_have_distinct_markers_and_distinct_lines():
    activations = [styles.style_of(name) for name in ACTIVATIONS]
    assert len({each.marker for each in activations}) == len(activations)
    assert len({(each.colour, each.line) for each in activations}) == len(activations)


def test_a_diverged_run_counts_as_guessing_and_as_failed(results):
    rows = selection.of_experiment(results.runs, "batch-size")
    assert rows["diverged"].any()
    assert set(rows.loc[rows["diverged"], "test_accuracy"]) == {0.1}
    assert selection.failed(rows)[rows["diverged"]].all()
    cell = next(cell for cell in results.study.cells.values() if cell.experiment == "batch-size")
    fails = metrics.compute(results, cell, "fails", "test", None) == 100
    own = rows[rows["batch_size"] == cell.batch_size]
    assert selection.failed(own).sum() == fails.to_numpy().sum()


@pytest.mark.parametrize("experiment", ["losses", "titanic", "shapes"])
def test_retrained_networks_have_the_accuracy_in_the_table(results, experiment):
    runs = results.runs[(results.runs["experiment"] == experiment) & (results.runs["hidden"] != "none")]
    loss, output = runs[["loss", "output"]].iloc[0]
    runs = runs[(runs["activation"] == "relu") & (runs["loss"] == loss) & (runs["output"] == output)]
    X, y = predictions._cell_of(results, runs.iloc[0]).arrays(runs["seed"].tolist()).test
    p = predictions.predict(predictions._networks(results, runs), X)
    right = (p > 0.5) == (y > 0.5) if p.shape[2] == 1 else p.argmax(2) == y.argmax(2)
    accuracies = right.reshape(len(runs), -1).mean(1).tolist()
    assert accuracies == pytest.approx(runs["test_accuracy"].tolist(), abs=1e-6)


@pytest.mark.parametrize(
    ("low", "high", "unit", "shown"),
    [
        (-0.5, 0.5, "log2", ["0.8", "0.9", "1", "1.1", "1.25"]),
        (-2.2, 1.6, "log2", ["1/4", "1/2", "1", "2"]),
        (-4.6, 1.4, "log2", ["1/16", "1/4", "1"]),
        (-3, 23, "log2", ["1", "10²", "10⁴", "10⁶"]),
        (-1.4, 2.6, "points", ["−1", "0", "1", "2"]),
    ],
)
def test_ticks_of_effects_are_numbers_that_people_say(low, high, unit, shown):
    ticks, texts = axes.effect_ticks(low, high, unit, 5)
    assert texts == shown
    assert all(low <= tick <= high for tick in ticks)


def test_the_boundary_of_a_network_without_a_hidden_layer_is_straight():
    weights = [(np.array([[[1e-3, -1e-3], [4e-4, -4e-4]]]), np.zeros((1, 2)))]
    network = Network(Architecture((2, 2), "relu", "softmax", "cross_entropy", "he"), weights, np.float32)
    surface = predictions.probabilities(network, "xor", 1)
    side = surface["x1"].unique()
    lines = Figure().subplots().contour(side, side, surface["p"].to_numpy().reshape(len(side), -1), levels=[0.5])
    (segment,) = lines.allsegs[0]
    across, up = segment.T
    slope, start = np.polyfit(across, up, 1)
    assert np.abs(start + slope * across - up).max() < 0.01


def test_a_row_that_would_flatten_the_others_is_cut_off():
    rows = pd.DataFrame({"estimate": [0.5, 0.7, 85.0], "low": [0.1, 0.2, 70.0], "high": [0.9, np.inf, 90.0]})
    left, right = evidence.ends(rows, [], 1.0)
    assert -2 < left < -1.4
    assert 1.4 < right < 2
    assert evidence.ends(rows.iloc[2:], [], 1.0)[1] > 90


def counting_failures(results: Findings) -> Findings:
    """Return results whose second context of a claim counts failures."""
    first, second, *others = results.verdicts["smaller"].contexts
    effect = replace(second.effect, estimate=50.0, low=20.0, high=70.0, unit=FAILURES)
    second = replace(second, outcome=Outcome.POSITIVE, effect=effect, counts_failures=True, smallest_effect=10.0)
    changed = replace(results.verdicts["smaller"], contexts=(first, second, *others))
    return replace(results, verdicts={"smaller": changed})


def test_a_hollow_mark_is_named_where_there_is_one(results):
    texts = words("en")
    for on_edge in (False, True):
        first, *others = results.verdicts["smaller"].contexts
        contexts = (replace(first, on_edge=on_edge), *(replace(each, on_edge=False) for each in others))
        changed = replace(results, verdicts={"smaller": replace(results.verdicts["smaller"], contexts=contexts)})
        with drawing.appearance("en", "light"):
            drawn, _ = evidence.evidence(changed, texts, NARROW, claim="smaller")
        assert any(texts["note hollow"] in text.get_text() for text in drawn.findobj(Text)) is on_edge


def test_failures_have_a_chart_of_their_own(results):
    with drawing.appearance("en", "light"):
        drawn, table = evidence.evidence(counting_failures(results), words("en"), NARROW, claim="smaller")
    ours, failures = drawn.axes
    assert failures.get_xlabel() == "failures in 100 networks"
    assert ours.get_ylim()[0] == len(table) - 1.5
    assert [table["smallest_effect"].tolist(), table["unit"].tolist()] == [[1, 10, 1], ["points", FAILURES, "points"]]


@pytest.mark.parametrize(("metric", "form", "sides", "below", "above"), [
    ("test_accuracy", "difference", {"of": {"batch_size": 16}, "minus": {"batch_size": 64}},
     "batch size 64: more accurate", "batch size 16: more accurate"),
    ("epochs_to_accuracy", "ratio", {"of": {"activation": "tanh"}, "over": {"activation": "relu"}}, "tanh: faster",
     "ReLU: faster"),
    ("group_error", "difference", {"of": 5.0, "minus": {}}, "more than 5 points", "less than 5 points"),
    ("dead_units", "difference", {"of": {"activation": "relu"}, "minus": 0.0}, "", "more dead units"),
    ("test_loss", "slope", {"of": {}}, "smaller loss", "larger loss"),
    ("test_accuracy", "difference",
     {"of": {"each": [{"hidden": "4"}, {"hidden": "256"}]}, "minus": {"hidden": ["8", "16"]}},
     "not so for all", "one layer of 4, one layer of 256: all more accurate"),
])  # fmt: skip
def test_both_sides_of_a_claim_have_names(metric, form, sides, below, above):
    fields = dict.fromkeys(Estimand.__dataclass_fields__)
    estimand = Estimand(**fields | {"metric": metric, "form": form, "sides": sides, "unit": "points"})
    assert outcomes.sides(estimand, words("en")) == (below, above)


@pytest.mark.parametrize(
    ("unit", "sides", "label"),
    [
        ("log2", {"of": {"activation": "tanh"}, "minus": {}}, "factor"),
        ("log2", {"of": {}, "minus": 0.0}, "factor"),
        ("log2", {"of": 1.0, "minus": {}}, "factor: 2 ÷ measured"),
        ("points per layer", {"of": {}, "minus": 5.0}, "percentage points per layer: measured − 5.00"),
    ],
)
def test_the_axis_says_how_a_number_and_the_measured_value_are_compared(unit, sides, label):
    fields = dict.fromkeys(Estimand.__dataclass_fields__)
    estimand = Estimand(**fields | {"form": "difference", "sides": sides, "unit": unit})
    assert outcomes.effect_axis_label(words("en"), estimand) == label


def test_labels_at_the_ends_of_lines_are_moved_apart():
    moved = book_axes.spread_apart(np.array([0.5, 0.9, 0.52]), 0.1)
    assert moved == pytest.approx([0.46, 0.9, 0.56])


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"policy": "linear", "budget": "epochs"}, "linear in B, same images"),
        ({"depth": 5, "initialisation": "inverse_n_mean-8"}, "5 hidden layers, variance 1/n, mean −8/n"),
        ({"learning_rate": 0.0625, "hidden": "32-32"}, "learning rate 1/16, 2 layers of 32"),
        ({"batch_size": "full", "experiment": "mine"}, "full batch, mine"),
        ({"near": 32, "offset": -1}, "about 32, one sample less"),
    ],
)
def test_a_context_is_named_after_its_settings(settings, text):
    assert labels.context(settings, words("en")) == text
