"""The workflow: which rule reads what, and where the time of a study goes."""

from collections.abc import Mapping
from statistics import fmean

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Patch

from ontrial.report.figures.diagrams import Point, arrow, canvas, write
from ontrial.report.figures.style import WIDTH
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.rules import PHASES, RULES, Rule, direct_inputs, height, rules_of_study
from ontrial.report.wording.looks import BLUE, FILL, GOLD, GREEN, INK, MUTED, PAPER, PURPLE, SKY
from ontrial.report.wording.phrases import Phrases

COLOURS = dict(zip(PHASES, (GOLD, BLUE, PURPLE, GREEN), strict=True))
ROW = 0.72  # inches, height of a row of rules
HALF_WIDTH, HALF_HEIGHT = 0.6, 0.19  # inches, half the size of a rule's box
BOTTOM = 0.55  # inches, height of the legend
PARTS = {"update": BLUE, "evaluate": SKY, "start": MUTED}  # of training


def rule_graph(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw the rules from top to bottom, with an arrow from each to its readers unless other arrows imply it."""
    rules = rules_of_study(results.study)
    rows = 1 + max(row_of(rules, rule) for rule in rules)
    figure, axes = canvas(ROW * rows + BOTTOM)
    centres: dict[str, Point] = {}
    for row in range(rows):
        in_row = [rule for rule in rules if row_of(rules, rule) == row]
        in_row.sort(key=lambda rule: middle(rules, rule, centres))
        for i, rule in enumerate(in_row):
            x = WIDTH * (i + 0.5) / len(in_row) if len(in_row) > 1 else middle(rules, rule, centres)
            centres[rule] = x, ROW * (rows - row - 0.5) + BOTTOM
    for rule, (x, y) in centres.items():
        axes.add_patch(
            FancyBboxPatch(
                (x - HALF_WIDTH, y - HALF_HEIGHT),
                2 * HALF_WIDTH,
                2 * HALF_HEIGHT,
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor=FILL,
                edgecolor=COLOURS[rules[rule].phase],
                linewidth=1.6,
            )
        )
        write(axes, x, y, rule)
        for source in direct_inputs(rules, rule):
            source_x, source_y = centres[source]
            arrow(axes, (source_x, source_y - HALF_HEIGHT), (x, y + HALF_HEIGHT))
    phases = [phase for phase in PHASES if any(rule.phase == phase for rule in rules.values())]
    keys = [Patch(facecolor=FILL, edgecolor=COLOURS[phase], linewidth=1.6) for phase in phases]
    names = [words[f"phase {phase}"] for phase in phases]
    axes.legend(keys, names, loc="lower center", ncols=len(keys), borderaxespad=0)
    edges = [(name, rule.phase, source) for name, rule in rules.items() for source in rule.reads or [None]]
    return figure, pd.DataFrame(edges, columns=["rule", "phase", "reads"])


def row_of(rules: Mapping[str, Rule], rule: str) -> int:
    """Return the row of a rule, counted from the top: below what it reads, or a little above its first reader."""
    readers = [height(rules, reader) for reader in rules if rule in rules[reader].reads]
    return height(rules, rule) if rules[rule].reads else max(min(readers) - 2, 0)


def middle(rules: Mapping[str, Rule], rule: str, centres: Mapping[str, Point]) -> float:
    """Return the mean horizontal position of what a rule reads, in inches, or 0 if it reads nothing."""
    return fmean(centres[source][0] for source in direct_inputs(rules, rule)) if rules[rule].reads else 0.0


def where_time_goes(results: Findings, words: Phrases) -> tuple[Figure, pd.DataFrame]:
    """Draw the seconds that the jobs of each rule took, those of training split into its parts."""
    times = results.times.get("rules", {})
    table = pd.DataFrame(
        [(rule, RULES[rule].phase, time["jobs"], time["seconds"]) for rule, time in times.items()],
        columns=["rule", "phase", "jobs", "seconds"],
    )
    table["share"] = table["seconds"] / table["seconds"].sum()
    figure = Figure(figsize=(WIDTH, 0.32 * len(table) + 1.7))
    axes = figure.add_subplot()
    for row, time in enumerate(table.itertuples()):
        parts = results.times["train"] if time.rule == "train" else {}
        left = 0.0
        for part, colour in PARTS.items():
            axes.barh(row, parts.get(part, 0.0), left=left, color=colour, height=0.7, edgecolor=PAPER, linewidth=1)
            left += parts.get(part, 0.0)
        axes.barh(row, time.seconds - left, left=left, color=COLOURS[time.phase], height=0.7)
        share = words["percent"].format(f"{100 * time.share:.1f}")
        axes.annotate(share, (time.seconds, row), (4, 0), textcoords="offset points", va="center", color=INK)
    axes.set_yticks(range(len(table)), table["rule"])
    longest = max(table["seconds"], default=1.0)
    axes.set(ylim=(len(table) - 0.4, -0.6), xlim=(0, 1.25 * longest))
    axes.set_xticks([tick for tick in axes.get_xticks() if tick <= longest])  # a label at the edge would be cut off
    axes.set_xlabel(words["seconds of jobs"])
    axes.grid(axis="y", visible=False)
    colours = {f"part {part}": colour for part, colour in PARTS.items()} if results.times.get("train") else {}
    shown = set(table["phase"]) - ({"train"} if colours else set())
    colours |= {f"phase {phase}": COLOURS[phase] for phase in PHASES if phase in shown}
    keys = [Patch(color=colour) for colour in colours.values()]
    figure.legend(keys, [words[name] for name in colours], loc="outside lower center", ncols=2)
    return figure, table
