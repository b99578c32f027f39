"""Sketches of toys for the cards of chapters: drawings without numbers, since these are on the page itself."""

WIDTH, HEIGHT = 240, 120
BLUE, RED, GREEN, PURPLE = "#3a8fd6", "#e0713a", "#22a378", "#b565b8"


def line(points: list[tuple[float, float]], colour: str, more: str = "") -> str:
    """Return a line through points."""
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="4" {more}/>'


def dots(points: list[tuple[float, float]], colour: str, radius: float = 7) -> str:
    """Return a dot at each point."""
    return "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius}" fill="{colour}"/>' for x, y in points)


def _curve(function, low: float = 0, high: float = 1, count: int = 41) -> list[tuple[float, float]]:
    """Return points of a function of the share of the width, whose values are shares of the height, from below."""
    shares = [low + (high - low) * i / (count - 1) for i in range(count)]
    return [(WIDTH * share, HEIGHT * (1 - function(share))) for share in shares]


def _bowl(x: float) -> float:
    return 0.12 + 3.2 * (x - 0.5) ** 2


SKETCHES = {
    "how-much-is-left": "".join(dots([(24 + 38 * i, 60)], PURPLE, radius=16 * 0.62 ** (5 - i)) for i in range(6)),
    "the-valley": line(_curve(_bowl), "currentColor", 'opacity="0.4"')
    + dots([(WIDTH * x, HEIGHT * (1 - _bowl(x)) - 8) for x in (0.08, 0.22, 0.33, 0.41, 0.47)], BLUE),
}
