"""PyTorch as most people write it: a module, autograd and an optimiser. Networks are trained one after another."""

from itertools import pairwise

import torch

from benchmarks.work import LEARNING_RATE, Trainer, Weights, Work
from ontrial.nn import Recipe


def prepare(work: Work) -> Trainer:
    """Prepare a module and an optimiser for each network."""
    torch.set_num_threads(1)
    X, y = torch.from_numpy(work.X), torch.from_numpy(work.y.argmax(axis=1))
    batches = torch.from_numpy(work.batches)
    models = [make_module(work.layers).to(X.dtype) for _ in range(work.runs)]
    for run, model in enumerate(models):
        with torch.no_grad():
            for linear, (W, b) in zip(linears(model), work.weights, strict=True):
                linear.weight.copy_(torch.from_numpy(W[run].T))
                linear.bias.copy_(torch.from_numpy(b[run]))
    optimisers = [make_optimiser(work, model) for model in models]
    criterion = torch.nn.CrossEntropyLoss()

    def train(rounds: int) -> None:
        for model, optimiser, order in zip(models, optimisers, batches, strict=True):
            for _ in range(rounds):
                for rows in order:
                    optimiser.zero_grad()
                    criterion(model(X[rows]), y[rows]).backward()
                    optimiser.step()

    def weights() -> Weights:
        for layer, (W, b) in enumerate(work.weights):
            for run, model in enumerate(models):
                linear = linears(model)[layer]
                W[run], b[run] = linear.weight.detach().numpy().T, linear.bias.detach().numpy()
        return work.weights

    return Trainer(train, weights)


def make_optimiser(work: Work, model: torch.nn.Sequential) -> torch.optim.Optimizer:
    """Return the equivalent in PyTorch of this engine's optimiser. Biases do not decay."""
    parameters = model.parameters()
    if work.weight_decay:
        weights = [layer.weight for layer in linears(model)]
        biases = [layer.bias for layer in linears(model)]
        parameters = [{"params": weights, "weight_decay": work.weight_decay}, {"params": biases, "weight_decay": 0.0}]
    if work.optimiser == "adam":
        return (torch.optim.AdamW if work.weight_decay else torch.optim.Adam)(parameters, lr=LEARNING_RATE)
    momentum = 0.0 if work.optimiser == "sgd" else Recipe.momentum
    return torch.optim.SGD(parameters, lr=LEARNING_RATE, momentum=momentum, nesterov=work.optimiser == "nesterov")


def make_module(layers: tuple[int, ...]) -> torch.nn.Sequential:
    """Return linear layers with ReLU between them. The softmax is part of the loss."""
    parts = []
    for n_in, n_out in pairwise(layers):
        parts += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    return torch.nn.Sequential(*parts[:-1])


def linears(model: torch.nn.Sequential) -> list[torch.nn.Linear]:
    """Return the layers that have weights."""
    return [part for part in model if isinstance(part, torch.nn.Linear)]
