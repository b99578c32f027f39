"""One network in plain NumPy, as the theory writes it. Tests hold the stacked engine to these numbers.

X (B, n_in) and y (B, K) are a batch, `layers` the (W, b) of each layer, L is the mean loss over the batch, and delta is
dL/dz of a layer. Outputs and objectives are functions of stacks, (R, B, K): [None] makes a stack of one network.
"""

import numpy as np

from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.objectives import objective
from ontrial.nn.optimisers import BETA_1, BETA_2, EPSILON


def forward(architecture, layers, X):
    """Return z of each layer, and a: the inputs, the a = φ(z) of each hidden layer, and the prediction."""
    z, a = [], [X]
    for W, b in layers:
        z.append(a[-1] @ W + b)
        a.append(ACTIVATIONS[architecture.activation].function(z[-1]))
    a[-1] = objective(architecture.output, architecture.loss).output.function(z[-1][None])[0]
    return z, a


def backward(architecture, layers, z, a, y):
    """Return (dW, db) of each layer."""
    gradients = []
    delta = objective(architecture.output, architecture.loss).gradient(a[-1][None], y[None])[0]
    for i in reversed(range(len(layers))):
        gradients.insert(0, (a[i].T @ delta, delta.sum(axis=0)))
        if i > 0:
            W, _ = layers[i]
            delta = delta @ W.T * ACTIVATIONS[architecture.activation].derivative(z[i - 1], a[i])
    return gradients


def update(optimiser, theta, g, m, v, t, eta, mu, decay):
    """Change parameters theta in place, given g = dL/dtheta; m and v are the optimiser's memory, 0 before t = 1."""
    if optimiser == "adam":
        theta -= eta * decay * theta
        m[...] = BETA_1 * m + (1 - BETA_1) * g
        v[...] = BETA_2 * v + (1 - BETA_2) * g**2
        m_hat, v_hat = m / (1 - BETA_1**t), v / (1 - BETA_2**t)
        theta -= eta * m_hat / (np.sqrt(v_hat) + EPSILON)
        return
    g = g + decay * theta
    if optimiser == "sgd":
        theta -= eta * g
    elif optimiser == "momentum":
        v[...] = mu * v + eta * g
        theta -= v
    elif optimiser == "nesterov":
        v[...] = mu * v + eta * g
        theta -= mu * v + eta * g


def train(architecture, schedule, layers, batches, eta):
    """Change the layers in place: one update for each batch (X, y), at the learning rate eta."""
    memory = [[(np.zeros_like(theta), np.zeros_like(theta)) for theta in layer] for layer in layers]
    for t, (X, y) in enumerate(batches, start=1):
        z, a = forward(architecture, layers, X)
        gradients = backward(architecture, layers, z, a, y)
        for (W, b), (dW, db), (of_W, of_b) in zip(layers, gradients, memory, strict=True):
            update(schedule.optimiser, W, dW, *of_W, t, eta, schedule.momentum, schedule.weight_decay)
            update(schedule.optimiser, b, db, *of_b, t, eta, schedule.momentum, 0)  # biases never decay
