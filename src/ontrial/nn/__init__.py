"""The engine: stacks of small neural networks in NumPy, their training and their measures.

Two networks learn XOR at two learning rates, at once:

>>> import numpy as np
>>> inputs, classes = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
>>> architecture = Architecture((2, 8, 2), "tanh", "softmax", "cross_entropy", "glorot")
>>> recipe = Recipe(batch_size=4, updates=400)
>>> history = train(architecture, recipe, make_data((inputs, classes)), learning_rates=[0.001, 1.0], seeds=[1, 1])
>>> history.measures["train_accuracy"][:, -1].tolist()
[0.75, 1.0]
>>> predict(architecture, history.weights, inputs).argmax(axis=2)[1].tolist()
[0, 1, 1, 0]
"""

from ontrial.nn.activations import ACTIVATIONS, Activation
from ontrial.nn.arrays import make_data, predict
from ontrial.nn.initialisers import INITIALISATIONS
from ontrial.nn.losses import LOSSES, Loss
from ontrial.nn.network import Architecture, Network
from ontrial.nn.objectives import LEGAL, objective
from ontrial.nn.optimisers import OPTIMISERS, Optimiser
from ontrial.nn.outputs import OUTPUTS, Output
from ontrial.nn.probes import PROBES
from ontrial.nn.recipe import Recipe
from ontrial.nn.samples import Data, Samples
from ontrial.nn.training import History, train

__all__ = [
    "ACTIVATIONS",
    "INITIALISATIONS",
    "LEGAL",
    "LOSSES",
    "OPTIMISERS",
    "OUTPUTS",
    "PROBES",
    "Activation",
    "Architecture",
    "Data",
    "History",
    "Loss",
    "Network",
    "Optimiser",
    "Output",
    "Recipe",
    "Samples",
    "make_data",
    "objective",
    "predict",
    "train",
]
