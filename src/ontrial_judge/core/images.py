"""Intervals that allow for other test images, not only for other seeds.

An accuracy is a mean over test images. On one image, a seed has the number μ + aₛ + bᵢ + eₛᵢ: a part of the seed, one
of the image, and one of both. Other seeds have other aₛ and eₛᵢ, which is what the interval over seeds allows for.
Other images have other bᵢ.
"""

from __future__ import annotations

import math

import numpy as np
import scipy  # its modules are imported when they are first used

from ontrial_judge.core.statistics import Interval, signed_rank_interval


def interval(by_image: np.ndarray, numbers: np.ndarray, confidence_level: float) -> Interval:
    """Return the Hodges–Lehmann estimate, and an interval that covers it with other seeds and other images.

    The distance of an end from the estimate is the root of the sum of two squares: that by seeds, of the signed-rank
    interval, and that by images (Zou & Donner 2008). So it is never narrower than the interval over seeds, and in
    simulations it covers as often as its level says. The pigeonhole bootstrap, which draws seeds and images with
    replacement, counts eₛᵢ three times (Owen 2007), and is up to 40 % wider.

    by_image: Number of each seed on each image, (images, seeds).
    numbers: Means of these over the images, (seeds,).
    """
    estimate, low, high = signed_rank_interval(numbers, confidence_level)
    by_images = scipy.special.ndtri((1 + confidence_level) / 2) * error(by_image)
    below, above = np.hypot(estimate - low, by_images), np.hypot(high - estimate, by_images)
    return Interval(estimate, estimate - below, estimate + above)


def error(by_image: np.ndarray) -> float:
    """Return the standard error that the choice of images gives the mean of any number of seeds: sd(bᵢ) / √images.

    It follows from an analysis of variance (Searle, Casella & McCulloch 1992, chapter 4): the means of images vary by
    var(bᵢ) + var(eₛᵢ) / seeds, and what neither they nor the means of seeds explain varies by var(eₛᵢ). If this gives
    less than 0, the error is 0.

    by_image: Number of each seed on each image, (images, seeds).
    """
    images, seeds = by_image.shape
    image_means, seed_means = by_image.mean(axis=1, keepdims=True), by_image.mean(axis=0)
    unexplained = by_image - image_means - seed_means + seed_means.mean()
    interaction = np.square(unexplained).sum() / ((images - 1) * (seeds - 1))
    return math.sqrt(max(image_means.var(ddof=1) - interaction / seeds, 0.0) / images)
