"""The workflow itself: which rule reads what, and where the time of a study went."""

from collections.abc import Mapping
from statistics import fmean

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Patch

from ontrial.report.figures.diagrams import arrow, canvas, write
from ontrial.report.figures.style import WIDTH
from ontrial.report.summaries.rules import PHASES, RULES, Rule, direct, height, of_study
from ontrial.report.wording.looks import BLUE, FILL, GOLD, GREEN, INK, MUTED, PAPER, PURPLE, SKY

COLOURS = dict(zip(PHASES, (GOLD, BLUE, PURPLE, GREEN), strict=True))
ROW, HALF = 0.72, (0.6, 0.19)  # inches: a row of rules, and half of a rule's box
PARTS = {"update": BLUE, "evaluate": SKY, "start": MUTED}  # of training


def rule_graph(results, words) -> tuple[Figure, pd.DataFrame]:
    """The rules from top to bottom; an arrow from each to those that read it, unless a chain of others implies it."""
    rules = of_study(results.study)
    rows = 1 + max(row_of(rules, rule) for rule in rules)
    figure, axes = canvas(ROW * rows + 0.55)
    places = {}
    for row in range(rows):
        here = [rule for rule in rules if row_of(rules, rule) == row]
        here.sort(key=lambda rule: middle(rules, rule, places))
        for i, rule in enumerate(here):
            x = WIDTH * (i + 0.5) / len(here) if len(here) > 1 else middle(rules, rule, places)
            places[rule] = x, ROW * (rows - row - 0.5) + 0.55
    for rule, (x, y) in places.items():
        colour = COLOURS[rules[rule].phase]
        corner, size = (x - HALF[0], y - HALF[1]), (2 * HALF[0], 2 * HALF[1])
        look = {"boxstyle": "round,pad=0,rounding_size=0.08", "facecolor": FILL, "edgecolor": colour, "linewidth": 1.6}
        axes.add_patch(FancyBboxPatch(corner, *size, **look))
        write(axes, x, y, rule)
        for read in direct(rules, rule):
            arrow(axes, (places[read][0], places[read][1] - HALF[1]), (x, y + HALF[1]))
    phases = [phase for phase in PHASES if any(rule.phase == phase for rule in rules.values())]
    keys = [Patch(facecolor=FILL, edgecolor=COLOURS[phase], linewidth=1.6) for phase in phases]
    names = [words[f"phase {phase}"] for phase in phases]
    axes.legend(keys, names, loc="lower center", ncols=len(keys), borderaxespad=0)
    read = [(rule, entry.phase, name) for rule, entry in rules.items() for name in entry.reads or [None]]
    return figure, pd.DataFrame(read, columns=["rule", "phase", "reads"])


def row_of(rules: Mapping[str, Rule], rule: str) -> int:
    """Row from the top: below all that a rule reads; one that reads nothing stands a little above its first reader."""
    readers = [height(rules, reader) for reader in rules if rule in rules[reader].reads]
    return height(rules, rule) if rules[rule].reads else max(min(readers) - 2, 0)


def middle(rules: Mapping[str, Rule], rule: str, places: dict[str, tuple[float, float]]) -> float:
    """Mean place across of what a rule reads, in inches; the left edge if it reads nothing."""
    return fmean(places[read][0] for read in direct(rules, rule)) if rules[rule].reads else 0.0


def where_time_goes(results, words) -> tuple[Figure, pd.DataFrame]:
    """Seconds of the jobs of each rule and their share; of training, those of its parts."""
    spent = results.times.get("rules", {})
    table = pd.DataFrame(
        [(rule, RULES[rule].phase, found["jobs"], found["seconds"]) for rule, found in spent.items()],
        columns=["rule", "phase", "jobs", "seconds"],
    )
    table["share"] = table["seconds"] / table["seconds"].sum()
    figure = Figure(figsize=(WIDTH, 0.32 * len(table) + 1.7))
    axes = figure.add_subplot()
    for row, found in enumerate(table.itertuples()):
        parts = results.times["train"] if found.rule == "train" else {}
        left = 0.0
        for part, colour in PARTS.items():
            axes.barh(row, parts.get(part, 0.0), left=left, color=colour, height=0.7, edgecolor=PAPER, linewidth=1)
            left += parts.get(part, 0.0)
        axes.barh(row, found.seconds - left, left=left, color=COLOURS[found.phase], height=0.7)
        share = words["percent"].format(f"{100 * found.share:.1f}")
        axes.annotate(share, (found.seconds, row), (4, 0), textcoords="offset points", va="center", color=INK)
    axes.set_yticks(range(len(table)), table["rule"])
    longest = max(table["seconds"], default=1.0)
    axes.set(ylim=(len(table) - 0.4, -0.6), xlim=(0, 1.25 * longest))
    axes.set_xticks([tick for tick in axes.get_xticks() if tick <= longest])  # one at the edge would be cut off
    axes.set_xlabel(words["seconds of jobs"])
    axes.grid(axis="y", visible=False)
    colours = {f"part {part}": colour for part, colour in PARTS.items()} if results.times.get("train") else {}
    shown = set(table["phase"]) - ({"train"} if colours else set())
    colours |= {f"phase {phase}": COLOURS[phase] for phase in PHASES if phase in shown}
    keys = [Patch(color=colour) for colour in colours.values()]
    figure.legend(keys, [words[name] for name in colours], loc="outside lower center", ncols=2)
    return figure, table
