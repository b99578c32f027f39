"""Figures of the workflow: its rules, and where the time of a study goes."""

from collections.abc import Mapping
from itertools import pairwise
from statistics import fmean

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Patch

from ontrial.judge.docket import has_book
from ontrial.report.figures.declaration import figure
from ontrial.report.figures.diagrams import Point, arrow, canvas, write
from ontrial.report.figures.formats import NARROW
from ontrial.report.figures.layout import by_width
from ontrial.report.summaries.findings import Findings
from ontrial.report.summaries.workflow_rules import PHASES, RULES, Rule, direct_inputs, height, rules_of_study
from ontrial.report.wording.phrases import Phrases
from ontrial.report.wording.styles import BLUE, FILL, GOLD, GREEN, INK, MUTED, PAPER, PURPLE, SKY

COLOURS = dict(zip(PHASES, (GOLD, BLUE, PURPLE, GREEN), strict=True))
ROW = 0.72  # inches, height of a row of rules
HALF_WIDTH, HALF_HEIGHT = 0.6, 0.19  # inches, half the size of a rule's box
BOTTOM = 0.55  # inches, height of the legend
CROSSING = 0.3  # room for an arrow that crosses a row, relative to that for a rule
PARTS = {"update": BLUE, "evaluate": SKY, "start": MUTED}  # parts of training


@figure(wide=False)
def rule_graph(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the rules from top to bottom, with arrows to their readers unless other arrows imply them."""
    rules = rules_of_study(results.study, has_book(results.claims))
    arrows = [(source, reader) for reader in rules for source in direct_inputs(rules, reader)]
    points = places(rules, arrows)
    figure, axes = canvas(max(y for _, y in points.values()) + ROW / 2)
    for source, reader in arrows:
        (x, y), *between, end = (points[point] for point in way(rules, source, reader))
        corners = [(x, y - HALF_HEIGHT)]
        for x, y in between:  # straight down between the boxes of a row
            corners += [(x, y + HALF_HEIGHT), (x, y - HALF_HEIGHT)]
        axes.plot(*zip(*corners, strict=True), color=MUTED, linewidth=1.5, zorder=0)
        arrow(axes, corners[-1], (end[0], end[1] + HALF_HEIGHT))
    for name, rule in rules.items():
        x, y = points[name]
        axes.add_patch(
            FancyBboxPatch(
                (x - HALF_WIDTH, y - HALF_HEIGHT),
                2 * HALF_WIDTH,
                2 * HALF_HEIGHT,
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor=FILL,
                edgecolor=COLOURS[rule.phase],
                linewidth=1.6,
            )
        )
        write(axes, x, y, name)
    phases = [phase for phase in PHASES if any(rule.phase == phase for rule in rules.values())]
    keys = [Patch(facecolor=FILL, edgecolor=COLOURS[phase], linewidth=1.6) for phase in phases]
    names = [words[f"phase {phase}"] for phase in phases]
    axes.legend(keys, names, loc="lower center", ncols=len(keys), borderaxespad=0)
    edges = [(name, rule.phase, source) for name, rule in rules.items() for source in rule.reads or [None]]
    return figure, pd.DataFrame(edges, columns=["rule", "phase", "reads"])


Place = str | tuple[str, str, int]  # a rule, or the crossing of an arrow and a row: two rules and the row


def way(rules: Mapping[str, Rule], source: str, reader: str) -> list[Place]:
    """Return the places on an arrow: its two rules, and its crossings of the rows between them."""
    rows = range(row_of(rules, source) + 1, row_of(rules, reader))
    return [source, *((source, reader, row) for row in rows), reader]


def places(rules: Mapping[str, Rule], arrows: list[tuple[str, str]]) -> dict[Place, Point]:
    """Return the centres of rules and crossings, each ordered by the mean position of the places above that lead to it.

    Rules in a row are as far apart as the figure allows, and arrows take less room than rules.
    """
    above: dict[Place, list[Place]] = {rule: [] for rule in rules}
    for source, reader in arrows:
        for before, after in pairwise(way(rules, source, reader)):
            above.setdefault(after, []).append(before)
    rows: dict[int, list[Place]] = {}
    for place in above:
        rows.setdefault(row_of(rules, place) if isinstance(place, str) else place[2], []).append(place)
    points: dict[Place, Point] = {}
    for row in sorted(rows):
        centres = {place: fmean(points[before][0] for before in above[place]) for place in rows[row] if above[place]}
        in_row = sorted(rows[row], key=lambda place: centres.get(place, 0.0))
        room = [1.0 if isinstance(place, str) else CROSSING for place in in_row]
        for i, place in enumerate(in_row):
            x = NARROW * (sum(room[:i]) + room[i] / 2) / sum(room)
            y = ROW * (max(rows) - row + 0.5) + BOTTOM
            points[place] = centres.get(place, x) if len(in_row) == 1 else x, y
    return points


def row_of(rules: Mapping[str, Rule], rule: str) -> int:
    """Return the row of a rule, counted from the top: below the rules it reads, or else a little above its readers."""
    readers = [height(rules, reader) for reader in rules if rule in rules[reader].reads]
    return height(rules, rule) if rules[rule].reads else max(min(readers) - 2, 0)


@figure(source="times")
def where_time_goes(results: Findings, words: Phrases, width: float) -> tuple[Figure, pd.DataFrame]:
    """Draw the seconds that the jobs of each rule took, and the parts of training."""
    table = pd.DataFrame(
        [(rule, RULES[rule].phase, spent.jobs, spent.seconds) for rule, spent in results.times.rules.items()],
        columns=["rule", "phase", "jobs", "seconds"],
    )
    table["share"] = table["seconds"] / table["seconds"].sum()
    figure = Figure(figsize=(width, 0.32 * len(table) + 1.7))
    axes = figure.add_subplot()
    for row, time in enumerate(table.itertuples()):
        parts = results.times.train if time.rule == "train" else {}
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
    axes.set_xticks([tick for tick in axes.get_xticks() if tick <= longest])  # a label at the edge would be cropped
    axes.set_xlabel(words["seconds of jobs"])
    axes.grid(axis="y", visible=False)
    colours = {f"phase train {part}": colour for part, colour in PARTS.items()} if results.times.train else {}
    shown = set(table["phase"]) - ({"train"} if colours else set())
    colours |= {f"phase {phase}": COLOURS[phase] for phase in PHASES if phase in shown}
    keys = [Patch(color=colour) for colour in colours.values()]
    figure.legend(keys, [words[name] for name in colours], loc="outside lower center", ncols=by_width(width, 2, 4))
    return figure, table
