"""The engine: stacks of small neural networks in NumPy, their training and their measures."""

from ontrial.nn.activations import ACTIVATIONS, Activation
from ontrial.nn.arrays import make_data, predict
from ontrial.nn.initialisers import INITIALISATIONS
from ontrial.nn.losses import LOSSES, Loss
from ontrial.nn.network import Architecture, Network
from ontrial.nn.objectives import FUSED, LEGAL, Objective, objective
from ontrial.nn.optimisers import OPTIMISERS, Optimiser
from ontrial.nn.outputs import OUTPUTS, Output
from ontrial.nn.probes import PROBES
from ontrial.nn.recipe import Recipe
from ontrial.nn.samples import Data, Samples
from ontrial.nn.training import History, train

__all__ = [
    "ACTIVATIONS",
    "FUSED",
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
    "Objective",
    "Optimiser",
    "Output",
    "Recipe",
    "Samples",
    "make_data",
    "objective",
    "predict",
    "train",
]
