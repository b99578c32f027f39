"""One network in plain NumPy, as the theory writes it. Tests hold the engine to it.

X (B, n_in) and y (B, K) are a batch, `layers` the (W, b) of each layer, L is the mean
loss over the batch, and delta is dL/dz of a layer. Outputs and objectives are functions
of stacks of networks, (R, B, K): [None] makes a stack of one, and [0] takes it out.
"""

import numpy as np

from ontrial.nn.activations import ACTIVATIONS
from ontrial.nn.objectives import objective
from ontrial.nn.optimisers import BETA_1, BETA_2, EPSILON
from ontrial.nn.outputs import OUTPUTS


def forward(architecture, layers, X):
    """Return z of each layer, and a: X, φ(z) of each hidden layer, the prediction."""
    phi = ACTIVATIONS[architecture.activation].function
    output = OUTPUTS[architecture.output].function
    z, a = [], [X]
    for W, b in layers:
        z.append(a[-1] @ W + b)
        a.append(phi(z[-1]))
    a[-1] = output(z[-1][None])[0]  # the last layer has this in place of φ
    return z, a


def backward(architecture, layers, z, a, y):
    """Return (dW, db) of each layer."""
    phi_prime = ACTIVATIONS[architecture.activation].derivative
    loss = objective(architecture.output, architecture.loss)
    delta = loss.gradient(a[-1][None], y[None])[0]
    gradients = []
    for i in reversed(range(len(layers))):
        gradients.insert(0, (a[i].T @ delta, delta.sum(axis=0)))
        if i > 0:
            W, _ = layers[i]
            delta = delta @ W.T * phi_prime(z[i - 1], a[i])
    return gradients


def update(schedule, theta, g, m, v, t, eta, decay):
    """Change W or b, theta, in place, given g = dL/dtheta; m and v are 0 before t = 1."""
    mu = schedule.momentum
    if schedule.optimiser == "adam":
        theta -= eta * decay * theta
        m[...] = BETA_1 * m + (1 - BETA_1) * g
        v[...] = BETA_2 * v + (1 - BETA_2) * g**2
        m_hat, v_hat = m / (1 - BETA_1**t), v / (1 - BETA_2**t)
        theta -= eta * m_hat / (np.sqrt(v_hat) + EPSILON)
        return
    g = g + decay * theta
    if schedule.optimiser == "sgd":
        theta -= eta * g
    elif schedule.optimiser == "momentum":
        v[...] = mu * v + eta * g
        theta -= v
    elif schedule.optimiser == "nesterov":
        v[...] = mu * v + eta * g
        theta -= mu * v + eta * g


def train(architecture, schedule, layers, batches, eta):
    """Change the layers in place: an update for each batch (X, y), at the rate eta."""
    m = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    v = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    for t, (X, y) in enumerate(batches, start=1):
        z, a = forward(architecture, layers, X)
        gradients = backward(architecture, layers, z, a, y)
        parts = zip(layers, gradients, m, v, strict=True)
        for (W, b), (dW, db), (m_W, m_b), (v_W, v_b) in parts:
            update(schedule, W, dW, m_W, v_W, t, eta, schedule.weight_decay)
            update(schedule, b, db, m_b, v_b, t, eta, decay=0)  # biases never decay
