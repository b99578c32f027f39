"""Sketches of toys for the cards of chapters: drawings without numbers, since these are on the page itself."""

import math
from collections.abc import Callable, Sequence
from functools import partial

WIDTH, HEIGHT = 240, 120
BLUE, RED, GREEN, PURPLE = "#3a8fd6", "#e0713a", "#22a378", "#b565b8"


def line(points: Sequence[tuple[float, float]], colour: str, more: str = "") -> str:
    """Return a line through points."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="4" {more}/>'


def dots(points: Sequence[tuple[float, float]], colour: str, radius: float = 7) -> str:
    """Return a dot at each point."""
    return "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius}" fill="{colour}"/>' for x, y in points)


def _curve(function: Callable[[float], float], high: float = 1, count: int = 41) -> list[tuple[float, float]]:
    """Return points of a function of the share of the width, whose values are shares of the height, from below."""
    shares = [high * i / (count - 1) for i in range(count)]
    return [(WIDTH * share, HEIGHT * (1 - function(share))) for share in shares]


def _bowl(x: float) -> float:
    return 0.12 + 3.2 * (x - 0.5) ** 2


def _sigmoid(x: float) -> float:
    return 0.1 + 0.8 / (1 + 2.718 ** (12 * (0.5 - x)))


def bars(heights: list[float], colours: list[str], width: float = 40) -> str:
    """Return bars from the ground, whose heights are shares of the height."""
    gap = WIDTH / len(heights)
    return "".join(
        f'<rect x="{gap * (i + 0.5) - width / 2:.0f}" y="{110 - 100 * high:.0f}" width="{width}" '
        f'height="{100 * high:.0f}" '
        f'fill="{colour}"/>'
        for i, (high, colour) in enumerate(zip(heights, colours, strict=True))
    )


def _road(x: float, limit: float) -> float:
    return 0.9 - 0.75 * 2.718 ** (-6 * x) if x < limit else max(0.1, 0.85 - 9 * (x - limit))


def _units(dead: set[int]) -> str:
    places = [(30 + 30 * (i % 7), 24 + 36 * (i // 7)) for i in range(21)]
    alive = [place for i, place in enumerate(places) if i not in dead]
    return dots(alive, BLUE, 11) + dots([places[i] for i in sorted(dead)], "#98a1ab55", 11)


CORNERS = ((70, 28), (170, 92)), ((170, 28), (70, 92))  # of xor, by class


def arrow(x: float, y: float, length: float, colour: str) -> str:
    """Return an arrow to the right, or to the left if its length is negative."""
    head = 14 if length > 0 else -14
    return line([(x, y), (x + length, y)], colour) + (
        f'<path d="M{x + length + head:.0f},{y}l{-head},-9v18z" fill="{colour}"/>'
    )


SOFT = 'opacity="0.4"'
SKETCHES = {
    "the-valley": line(_curve(_bowl), "currentColor", SOFT)
    + dots([(WIDTH * x, HEIGHT * (1 - _bowl(x)) - 8) for x in (0.08, 0.22, 0.33, 0.41, 0.47)], BLUE),
    "a-neuron": "".join(line([(40, y), (130, 60), (210, 60)], "currentColor", SOFT) for y in (20, 60, 100))
    + dots([(40, 20), (40, 60), (40, 100)], BLUE, 13)
    + dots([(130, 60)], RED, 26)
    + dots([(210, 60)], GREEN, 11),
    "flat-ends": line(_curve(_sigmoid), PURPLE) + dots([(WIDTH * 0.83, HEIGHT * (1 - _sigmoid(0.83)))], RED, 10),
    "four-chains": "".join(bars([0.9 * 0.5**i for i in range(5)][::-1], [PURPLE] * 5, 30)),
    "how-much-is-left": "".join(dots([(24 + 38 * i, 60)], PURPLE, 16 * 0.62 ** (5 - i)) for i in range(6)),
    "shares-that-sum-to-one": "".join(
        f'<rect x="{x}" y="40" width="{width}" height="40" fill="{colour}"/>'
        for x, width, colour in ((14, 138, BLUE), (154, 50, RED), (206, 20, GREEN))
    ),
    "only-the-true-answer": "".join(
        arrow(120, y, length, colour) for y, length, colour in ((28, 70, BLUE), (62, -50, RED), (94, -16, RED))
    )
    + line([(120, 10), (120, 112)], "currentColor", SOFT),
    "same-road": "".join(
        line(_curve(partial(_road, limit=limit), high=0.98, count=60), colour)
        for limit, colour in ((0.45, PURPLE), (0.62, RED), (0.8, BLUE))
    ),
    "a-straight-line": line([(30, 110), (210, 10)], "currentColor", SOFT)
    + dots([(x + dx, y + dy) for x, y in CORNERS[0] for dx, dy in ((-10, 0), (10, 6), (0, -12))], BLUE, 6)
    + dots([(x + dx, y + dy) for x, y in CORNERS[1] for dx, dy in ((-10, 0), (10, 6), (0, -12))], RED, 6),
    "backpropagation": "".join(
        line([(40, y), (120, other)], "currentColor", SOFT) + line([(120, other), (200, y)], "currentColor", SOFT)
        for y in (36, 84)
        for other in (20, 60, 100)
    )
    + dots([(40, 36), (40, 84)], BLUE, 11)
    + dots([(120, 20), (120, 60), (120, 100)], PURPLE, 11)
    + dots([(200, 36), (200, 84)], RED, 11),
    "bending-lines": f'<circle cx="120" cy="60" r="40" fill="none" stroke="{GREEN}" stroke-width="4"/>'
    + dots([(120 + 20 * math.cos(i), 60 + 20 * math.sin(i)) for i in (0, 2, 4)], BLUE, 6)
    + dots([(120 + 70 * math.cos(i), 60 + 52 * math.sin(i)) for i in (0, 0.9, 1.9, 3, 4, 5.2)], RED, 6),
    "dying-units": _units({3, 5, 9, 10, 14, 16, 19}),
    "start-right": line(_curve(lambda x: 0.15 + 0.7 * x**2), PURPLE)
    + line(_curve(lambda x: 0.85), GREEN)
    + line([(0, 4), (WIDTH, 18)], RED, SOFT),
    "two-landscapes": line([(10, 20), (110, 104)], BLUE)
    + dots([(36, 30), (62, 52), (88, 74)], BLUE, 8)
    + line([(130, 20), (200, 22), (232, 104)], RED)
    + dots([(142, 10), (150, 10), (158, 11)], RED, 8),
    "what-a-batch-is": dots([(24 + 38 * i, 24) for i in range(6)], RED, 10)
    + dots([(24 + 38 * i, 62) for i in range(6)], PURPLE, 10)
    + "".join(line([(12 + 76 * i, 80), (74 + 76 * i, 80)], PURPLE) for i in range(3))
    + line([(12, 104), (226, 104)], GREEN, 'stroke-dasharray="none"'),
    "count-images": line([(120, 6), (120, 114)], "currentColor", SOFT)
    + dots([(166, 20), (190, 46), (124, 74), (150, 100)], BLUE, 8)
    + dots([(66, 20), (42, 46), (112, 74), (90, 100)], RED, 8),
    "true-or-false": "".join(
        f'<rect x="20" y="{y}" width="{width}" height="16" fill="{colour}"/>'
        for y, width, colour in ((10, 60, "#98a1ab88"), (36, 150, BLUE), (62, 196, "#98a1ab88"), (88, 172, RED))
    ),
}
