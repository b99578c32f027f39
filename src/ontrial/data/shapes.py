"""Synthetic data sets: two classes of points in the plane. The points are always the same."""

import numpy as np

SEED = 20210705  # of the noise; not a seed of any study
POINTS = 500  # per class
DECIMALS = 6  # of the coordinates: libraries differ in the last bit of a cosine, but all round it to the same number


def moons() -> tuple[np.ndarray, np.ndarray]:
    """Return two interleaved half circles of radius 1 with noise: X (1000, 2), labels (1000,)."""
    angle = np.linspace(0, np.pi, POINTS)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    return add_noise([upper, [1.0, 0.5] - upper], 0.15)


def spirals() -> tuple[np.ndarray, np.ndarray]:
    """Return two spiral arms of 1½ turns, half a turn apart, with noise: X (1000, 2), labels (1000,)."""
    radius = np.sqrt(np.linspace(0.01, 1, POINTS))  # the root spaces the points almost evenly along the arm
    angle = 3 * np.pi * radius
    arm = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return add_noise([arm, -arm], 0.03)


def xor() -> tuple[np.ndarray, np.ndarray]:
    """Return clouds around the corners of a square, opposite ones in one class: X (1000, 2), labels (1000,)."""
    same = np.tile([[1.0, 1.0], [-1.0, -1.0]], (POINTS // 2, 1))
    return add_noise([same, same * [1, -1]], 0.4)


def add_noise(classes: list[np.ndarray], sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of all classes plus normal noise of standard deviation sigma, and the class of each point."""
    X = np.concatenate(classes)
    noise = np.random.default_rng(SEED).standard_normal(X.shape)
    labels = np.arange(len(classes)).repeat([len(points) for points in classes])
    return np.round(X + sigma * noise, DECIMALS), labels
