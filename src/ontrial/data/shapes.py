"""Two classes of points in the plane, for decision boundaries: always the same points."""

import numpy as np

SEED = 20210705  # not a seed of any study: these points are the data set
POINTS = 500  # in each class


def moons() -> tuple[np.ndarray, np.ndarray]:
    """Two interleaved half circles of radius 1 with noise: X (1000, 2), labels (1000,)."""
    angle = np.linspace(0, np.pi, POINTS)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    return noisy([upper, [1.0, 0.5] - upper], 0.15)


def spirals() -> tuple[np.ndarray, np.ndarray]:
    """Two spiral arms, each one turn and a half, half a turn apart, with noise: X (1000, 2), labels (1000,)."""
    radius = np.sqrt(np.linspace(0.01, 1, POINTS))  # the root spreads the points evenly along the arm, nearly
    angle = 3 * np.pi * radius
    arm = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return noisy([arm, -arm], 0.03)


def xor() -> tuple[np.ndarray, np.ndarray]:
    """A cloud about each corner of a square, opposite corners in one class: X (1000, 2), labels (1000,)."""
    same = np.tile([[1.0, 1.0], [-1.0, -1.0]], (POINTS // 2, 1))
    return noisy([same, same * [1, -1]], 0.4)


def noisy(classes: list[np.ndarray], spread: float) -> tuple[np.ndarray, np.ndarray]:
    """The points of all classes with normal noise of standard deviation `spread`, and the class of each."""
    X = np.concatenate(classes)
    noise = np.random.default_rng(SEED).standard_normal(X.shape)
    labels = np.arange(len(classes)).repeat([len(points) for points in classes])
    return X + spread * noise, labels
