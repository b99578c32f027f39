"""Measure how fast the engine of the page trains in Chromium, on one core, by batch size.

Prints the time of a whole update (forward, backward, step), and the rate of multiplications and additions of its
matrix products: with WebAssembly, as in workers, and without, as in a page opened from a folder. Needs Playwright
(requirements/develop.lock) and Chromium.
"""

import argparse
import shutil
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table

ENGINE = Path(__file__).parents[1] / "docs/theme/overrides/assets/engine"
SCRIPTS = ("ziggurat", "random", "formulas", "network")
ENGINES = {"with WebAssembly": (*SCRIPTS, "products"), "without": SCRIPTS}
BATCH_SIZES = (1, 8, 16, 32, 64, 256, 1_150)
ROUNDS = 5

# Train on random samples for a while, and return the seconds per update, the shortest of several rounds.
MEASURE = """
([layers, batch, rounds]) => {
  const settings = {layers, activation: "relu", output: "softmax", loss: "cross_entropy", initialisation: "he"}
  const network = new engine.Network(settings, batch)
  for (const _ of network.draw(new engine.Generator(1))) {}
  const random = new engine.Generator(2)
  for (let i = 0; i < batch * (layers[0] + 1); i++) if ((i + 1) % (layers[0] + 1)) network.x[0][i] = random.normal()
  for (let row = 0; row < batch; row++) network.y[row * layers.at(-1)] = 1
  const optimiser = new engine.Optimiser(network, {optimiser: "sgd", momentum: 0, weightDecay: 0}, 0.01)
  const updates = Math.ceil(20000 / batch)
  let shortest = Infinity
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    for (let i = 0; i < updates; i++) {
      network.forward(batch)
      optimiser.step(batch)
    }
    shortest = Math.min(shortest, (performance.now() - start) / 1000 / updates)
  }
  return shortest
}
"""


def main() -> None:
    """Measure each batch size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", default="64-32-32-10", help="widths of the network (default: %(default)s)")
    layers = [int(width) for width in parser.parse_args().layers.split("-")]
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for title, scripts in ENGINES.items():
            table = Table("batch size", "microseconds per update", "GFLOP/s", title=f"{layers}, {title}")
            page = browser.new_page()
            for name in scripts:
                page.add_script_tag(path=ENGINE / f"{name}.js")
            for batch in BATCH_SIZES:
                seconds = page.evaluate(MEASURE, [layers, batch, ROUNDS])
                table.add_row(str(batch), f"{1e6 * seconds:.1f}", f"{operations(layers, batch) / seconds / 1e9:.2f}")
            Console().print(table)
        browser.close()


def operations(layers: list[int], batch: int) -> int:
    """Return the multiplications and additions of the matrix products of an update."""
    first, *rest = [(n_in + 1) * n_out for n_in, n_out in pairwise(layers)]
    return 2 * batch * (2 * first + 3 * sum(rest))  # no gradient with respect to the inputs


if __name__ == "__main__":
    main()
