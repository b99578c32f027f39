"""One network in plain NumPy, as in the theory. Tests compare the engine with it.

X (B, n_in) and y (B, K) are a batch, and `layers` has (W, b) for each layer.
L is the mean loss over the batch, and delta is dL/dz of a layer. Outputs and
objectives work on stacks of networks, whose first axis is the network: [None]
adds this axis, and [0] removes it. `masks` has a factor (B, n_out) of a for each
hidden layer, with which dropout leaves out units; without dropout, it is empty.
"""

import numpy as np

from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.objectives import objective
from ontrial.nn.optimisers import BETA_1, BETA_2, EPSILON
from ontrial.nn.outputs import OUTPUTS
from ontrial.nn.randomness import stream


def forward(architecture, layers, X, masks=()):
    """Return lists z and a: z of each layer; X and then a of each layer."""
    phi = ACTIVATIONS[architecture.activation].function
    output = OUTPUTS[architecture.output].function
    z, a, factors = [], [X], iter(masks)
    for W, b in layers:
        z.append(a[-1] @ W + b)
        a.append(phi(z[-1]))
        a[-1] = a[-1] * next(factors, 1)
    a[-1] = output(z[-1][None])[0]  # the prediction, in place of φ(z)
    return z, a


def backward(architecture, layers, z, a, y, masks=()):
    """Return (dW, db) for each layer."""
    phi = ACTIVATIONS[architecture.activation].function
    phi_prime = ACTIVATIONS[architecture.activation].derivative
    loss = objective(architecture.output, architecture.loss)
    delta = loss.gradient(a[-1][None], y[None])[0]
    gradients = []
    for i in reversed(range(len(layers))):
        gradients.append((a[i].T @ delta, delta.sum(axis=0)))
        if i > 0:
            W, _ = layers[i]
            delta = delta @ W.T * phi_prime(z[i - 1], phi(z[i - 1]))
            if masks:
                delta = delta * masks[i - 1]
    return gradients[::-1]


def draw_masks(share, generator, batch, widths):
    """Return masks: 1 / (1 - share) where a unit is kept, 0 where it is not."""
    kept = generator.random((batch, sum(widths)), np.float32) >= share
    return [part / (1 - share) for part in np.split(kept, np.cumsum(widths[:-1]), 1)]


def clip(gradients, largest):
    """Return the gradients, scaled so that their norm is at most `largest`."""
    norm = np.sqrt(sum((dW**2).sum() + (db**2).sum() for dW, db in gradients))
    factor = min(1, largest / norm)
    return [(factor * dW, factor * db) for dW, db in gradients]


def update(recipe, theta, g, m, v, t, eta, decay):
    """Update theta, a W or b, in place from g = dL/dtheta.

    eta is the learning rate and decay the weight decay. t counts the updates
    from 1. m and v are the optimiser's state and start at 0.
    """
    mu = recipe.momentum
    if recipe.optimiser == "adam":
        theta -= eta * decay * theta
        m[...] = BETA_1 * m + (1 - BETA_1) * g
        v[...] = BETA_2 * v + (1 - BETA_2) * g**2
        m_hat = m / (1 - BETA_1**t)
        v_hat = v / (1 - BETA_2**t)
        theta -= eta * m_hat / (np.sqrt(v_hat) + EPSILON)
        return
    g = g + decay * theta
    if recipe.optimiser == "sgd":
        theta -= eta * g
    elif recipe.optimiser == "momentum":
        v[...] = mu * v + eta * g
        theta -= v
    elif recipe.optimiser == "nesterov":
        v[...] = mu * v + eta * g
        theta -= mu * v + eta * g
    else:
        raise ValueError(f'unknown optimiser "{recipe.optimiser}"')


def train(architecture, recipe, layers, batches, eta, seed=0):
    """Update the layers in place, once for each batch (X, y) of a list.

    The seed determines which units dropout leaves out.
    """
    generator, masks = stream(seed, "dropout"), ()
    decay, smoothing = recipe.weight_decay, recipe.label_smoothing
    m = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    v = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    for t, (X, y) in enumerate(batches, start=1):
        y = (1 - smoothing) * y + smoothing / y.shape[1]
        if recipe.dropout:
            widths = architecture.layers[1:-1]
            masks = draw_masks(recipe.dropout, generator, len(X), widths)
        z, a = forward(architecture, layers, X, masks)
        gradients = backward(architecture, layers, z, a, y, masks)
        if recipe.clip_norm is not None:
            gradients = clip(gradients, recipe.clip_norm)
        rate = eta * recipe.rate_factor((t - 1) / len(batches))
        for i, (dW, db) in enumerate(gradients):
            (W, b), (m_W, m_b), (v_W, v_b) = layers[i], m[i], v[i]
            update(recipe, W, dW, m_W, v_W, t, rate, decay)
            update(recipe, b, db, m_b, v_b, t, rate, decay=0)
