"""Widgets in a browser: the networks of NumPy, alone and in a real JupyterLab."""

import json
import socket
import subprocess
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pytest
from support.browser import DESK, PHONE, browser_test, violations
from support.notebooks import BIN, needs_notebooks, variables

from ontrial import data
from ontrial.book.teaching import pages_notebooks as notebooks
from ontrial.nn import Architecture, Recipe, train
from ontrial.study.settings import read_widths
from ontrial.widget import playground, trial
from ontrial.widget.tools import Tool

pytestmark = browser_test

PATIENCE = 120_000  # milliseconds, on a busy machine
TOLERANCE = 2e-6  # of losses of the same weights, which the two engines add up in different orders
TALL = {"width": 1280, "height": 2400}  # for two widgets below each other
FRAME = "iframe[title='Theory on Trial']"
SETTINGS = {"dataset": "moons", "hidden": [[4], [8, 8]], "activation": ["relu", "tanh"], "epochs": 2, "seed": 7}

# What a notebook does with a widget: it renders a model whose traits Python reads.
HOST = """<!doctype html><html lang=en><meta charset=utf-8><title>Notebook</title><link rel=icon href=data:,>
<main id=cell></main>
<script type=module>
import widget from "./widget.js"
const traits = await (await fetch("traits.json")).json()
const model = {
  get: name => traits[name],
  set: (name, value) => (traits[name] = value),
  save_changes: () => (globalThis.saved = JSON.parse(JSON.stringify(traits))),
}
globalThis.leave = widget.render({model, el: document.getElementById("cell")})
</script>"""


@pytest.fixture
def shown(tmp_path, served, reader):
    """Return a function that shows a widget as notebooks do, and check that it loads nothing."""
    windows = []

    def show(widget: Tool, style: str = "", **options):
        (tmp_path / "host.html").write_text(HOST.replace("<main", f"<style>{style}</style><main"), encoding="utf-8")
        (tmp_path / "widget.js").write_text(widget._esm, encoding="utf-8")
        (tmp_path / "traits.json").write_text(json.dumps({"page": widget.page}), encoding="utf-8")
        windows.append(reader(served(tmp_path), **{"viewport": DESK, **options}))
        windows[-1].page.goto(f"{windows[-1].address}/host.html")
        return windows[-1].page

    yield show
    assert [message for window in windows for message in window.complaints] == []
    for window in windows:
        files = {url.removeprefix(f"{window.address}/") for url in window.requests if not url.startswith("data:")}
        assert files <= {"host.html", "widget.js", "traits.json", "about:srcdoc"}


def assert_same_networks(networks: list[dict]) -> None:
    """Train networks of the playground with NumPy, and compare every bit of their weights, and their curves."""
    assert len(networks) == 2
    for network in networks:
        settings, records = network["settings"], network["records"]
        dataset, seed = settings["dataset"], settings["seed"]
        outputs = data.target_columns(dataset, settings["output"])
        layers = (data.sizes(dataset).features, *read_widths(settings["hidden"]), outputs)
        names = [settings[name] for name in ("activation", "output", "loss", "initialisation")]
        updates = [record["updates"] for record in records]
        recipe = Recipe(settings["batch_size"], updates=updates[-1], record=updates[-1])
        arrays = data.arrays(dataset, [seed], settings["output"])
        rate = settings["learning_rate"]
        history = train(Architecture(layers, *names), recipe, arrays, [rate], [seed], portable=True)
        for layer, (weights, biases) in zip(network["layers"], history.weights, strict=True):
            assert (np.array(layer["weights"], np.float32) == weights[0]).all()
            assert (np.array(layer["biases"], np.float32) == biases[0]).all()
        for measure in ("train_loss", "test_loss", "test_accuracy"):
            curve = [record[measure] for record in records]
            np.testing.assert_allclose(curve, history.measures[measure][0, updates], rtol=TOLERANCE, atol=TOLERANCE)
        assert records[-1]["test_accuracy"] > records[0]["test_accuracy"]


@pytest.mark.essential
def test_networks_of_the_playground_are_those_of_numpy(shown):
    page = shown(playground(**SETTINGS), reduced_motion="reduce")  # pictures need not stay
    frame = page.frame_locator(FRAME)
    frame.get_by_role("button", name="Train").click()
    page.wait_for_function("() => globalThis.saved?.networks?.length === 2", timeout=PATIENCE)
    assert "Training has ended. Network A: hidden layers 1" in frame.locator(".playground-result").inner_text()
    assert_same_networks(page.evaluate("() => saved.networks"))
    frame.get_by_role("textbox", name="seed").fill("8")
    frame.get_by_role("textbox", name="seed").press("Enter")
    page.wait_for_function("() => saved.networks.length === 0")  # they are of other settings


def test_a_trial_judges_the_seeds_of_the_reader(shown):
    frame = shown(trial("small-batch-accuracy")).frame_locator(FRAME)
    frame.get_by_role("button", name="Train").click()
    frame.get_by_text("Your seeds (6): ").wait_for(timeout=PATIENCE)


@pytest.mark.parametrize(
    ("show", "language", "size"), [(playground, "en", DESK), (partial(trial, "relu-faster-than-tanh"), "ko", PHONE)]
)
def test_a_frame_has_the_colours_and_the_width_of_the_notebook_and_the_height_of_its_content(
    shown, show, language, size
):
    page = shown(show(language=language), "body { background: #111; color: oklch(0.9 0 0) }", viewport=size)
    frame = page.locator(FRAME).element_handle().content_frame()
    frame.wait_for_selector(".playground-start, .trial-start")
    frame.wait_for_function("() => document.body.dataset.mdColorScheme === 'slate'")
    page.evaluate("() => { document.body.style = 'background: white; color: black' }")
    frame.wait_for_function("() => document.body.dataset.mdColorScheme === 'default'")
    frame.wait_for_function(
        """() => {
          const {scrollHeight, scrollWidth} = document.documentElement
          const {bottom} = document.querySelector("main").getBoundingClientRect()
          return scrollHeight <= innerHeight && scrollWidth <= innerWidth && Math.abs(bottom - innerHeight) < 2
        }"""
    )
    page.evaluate("() => { leave(); document.body.style = 'background: black; color: white' }")
    page.wait_for_timeout(100)
    assert frame.evaluate("() => document.body.dataset.mdColorScheme") == "default"


@pytest.mark.parametrize(
    ("show", "scheme"), [(playground, "slate"), (partial(trial, "small-batch-accuracy"), "default")]
)
def test_a_frame_is_accessible(reader, show, scheme):
    page = reader("about:blank", viewport=DESK).page
    page.set_content(show().page)  # on its own, because the check cannot look into a sandbox
    page.evaluate(f"() => postMessage({{type: 'ontrial scheme', scheme: '{scheme}'}}, '*')")
    page.locator(".playground-start, .trial-start").click()
    page.locator(".playground polyline, .trial-rates table").first.wait_for(timeout=PATIENCE)
    assert violations(page) == []


@contextmanager
def serving(folder: Path, *command: str):
    """Run a server of notebooks in a folder, and yield its address once it answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    words = [BIN / "python", "-m", *command, f"--port={port}"]
    log = folder / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(words, cwd=folder, env=variables(folder), stdout=output, stderr=output)
        try:
            while not answers(address):
                assert server.poll() is None, log.read_text()
                time.sleep(0.1)
            yield address
        finally:
            server.terminate()
            server.wait()


def answers(address: str) -> bool:
    try:
        urlopen(address).close()
    except URLError:
        return False
    return True


def written_networks(folder: Path) -> list[dict]:
    """Return the networks that a notebook writes."""
    file = folder / "networks.json"
    for _ in range(600):
        if file.exists() and file.read_text().endswith("]") and (networks := json.loads(file.read_text())):
            return networks
        time.sleep(0.1)
    raise AssertionError("the notebook has written no networks")


def train_in(frame) -> None:
    """Train the networks of a playground."""
    frame.get_by_role("button", name="Train").click(timeout=PATIENCE)
    frame.get_by_text("Training has ended.").wait_for(timeout=PATIENCE)


def foreign(window) -> list[str]:
    """Return the requests to other addresses than that of the notebook."""
    own = (window.address, f"blob:{window.address}", "data:", "about:")
    return [url for url in window.requests if not url.startswith(own)]


JUPYTERLAB = [
    f"from ontrial.widget import playground, trial\ntool = playground(**{SETTINGS})\ntool",
    "import json\nfrom pathlib import Path\nPath('networks.json').write_text(json.dumps(tool.networks))",
    "trial('relu-faster-than-tanh')",
]


@needs_notebooks
def test_in_jupyterlab(tmp_path, reader):
    cells = [notebooks.cell(f"cell-{i}", "code", source) for i, source in enumerate(JUPYTERLAB)]
    notebook = {"cells": cells, "metadata": notebooks.METADATA, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "widget.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--IdentityProvider.token="]
    with serving(tmp_path, "jupyterlab", *options) as address:
        window = reader(address, viewport=TALL)
        page = window.page
        page.goto(f"{address}/lab/tree/widget.ipynb")
        cells = page.locator(".jp-Notebook .jp-CodeCell .cm-content")
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=PATIENCE)  # before, it runs no cell
        cells.first.click()
        page.keyboard.press("Shift+Enter")
        train_in(page.frame_locator(FRAME))
        cells.nth(1).click()
        page.keyboard.press("Shift+Enter")
        assert_same_networks(written_networks(tmp_path))
        page.keyboard.press("Shift+Enter")
        page.frame_locator(FRAME).nth(1).get_by_text("ReLU learns much faster than tanh").wait_for(timeout=PATIENCE)
        assert foreign(window) == []
