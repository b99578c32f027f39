"""PyTorch as most people write it: a module, autograd and an optimiser. Networks are trained one after another."""

from itertools import pairwise

import numpy as np
import torch

from benchmarks.work import LEARNING_RATE, Trainer, Weights, Work
from ontrial.nn import Recipe
from ontrial.nn.dropout import Dropout


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
    recipe = Recipe(work.batch_size, **work.settings)
    optimisers = [make_optimiser(recipe, model) for model in models]
    schedulers = [make_scheduler(recipe, optimiser) for optimiser in optimisers]
    dropouts = [Dropout(recipe.dropout, [run]) for run in range(work.runs)]
    criterion = torch.nn.CrossEntropyLoss(label_smoothing=recipe.label_smoothing)

    def train(rounds: int) -> None:
        for run, (model, optimiser, scheduler, order) in enumerate(
            zip(models, optimisers, schedulers, batches, strict=True)
        ):
            for _ in range(rounds):
                for rows in order:
                    optimiser.zero_grad()
                    prediction = drop(model, X[rows], dropouts[run]) if recipe.dropout else model(X[rows])
                    criterion(prediction, y[rows]).backward()
                    if recipe.clip_norm is not None:
                        clip(model, recipe.clip_norm)
                    optimiser.step()
                    if scheduler:
                        scheduler.step()

    def weights() -> Weights:
        for layer, (W, b) in enumerate(work.weights):
            for run, model in enumerate(models):
                linear = linears(model)[layer]
                W[run], b[run] = linear.weight.detach().numpy().T, linear.bias.detach().numpy()
        return work.weights

    def probabilities() -> np.ndarray:
        return torch.stack([model(X).softmax(dim=1) for model in models]).mean(dim=0).detach().numpy()

    return Trainer(train, weights, probabilities)


def make_optimiser(recipe: Recipe, model: torch.nn.Sequential) -> torch.optim.Optimizer:
    """Return the equivalent in PyTorch of this engine's optimiser. Biases do not decay."""
    parameters = model.parameters()
    if recipe.weight_decay:
        weights = [layer.weight for layer in linears(model)]
        biases = [layer.bias for layer in linears(model)]
        parameters = [{"params": weights, "weight_decay": recipe.weight_decay}, {"params": biases, "weight_decay": 0.0}]
    if recipe.optimiser == "adam":
        return (torch.optim.AdamW if recipe.weight_decay else torch.optim.Adam)(parameters, lr=LEARNING_RATE)
    momentum = 0.0 if recipe.optimiser == "sgd" else recipe.momentum
    return torch.optim.SGD(parameters, lr=LEARNING_RATE, momentum=momentum, nesterov=recipe.optimiser == "nesterov")


def clip(model: torch.nn.Sequential, largest: float) -> None:
    """Scale the gradients to a largest norm. `clip_grad_norm_` would do the same with 1e-6 added to the norm."""
    gradients = [parameter.grad for parameter in model.parameters()]
    norm = torch.nn.utils.get_total_norm(gradients)
    if norm > largest:
        for gradient in gradients:
            gradient *= largest / norm


def drop(model: torch.nn.Sequential, x: torch.Tensor, dropout: Dropout) -> torch.Tensor:
    """Return the prediction with masks of hidden units. Those of `torch.nn.Dropout` come from another generator."""
    widths = [linear.out_features for linear in linears(model)[:-1]]
    masks = [np.empty((1, len(x), width)) for width in widths]
    dropout.draw(masks, np.arange(len(x))[None])
    left = iter(masks)
    for part in model:
        x = part(x)
        if isinstance(part, torch.nn.ReLU):
            x = x * torch.from_numpy(next(left)[0])
    return x


def make_scheduler(recipe: Recipe, optimiser: torch.optim.Optimizer) -> torch.optim.lr_scheduler.LRScheduler | None:
    """Return the equivalent in PyTorch of a warm-up or of a schedule; None at a constant rate."""
    updates = recipe.updates or 0
    if recipe.warmup:
        return torch.optim.lr_scheduler.LambdaLR(optimiser, lambda t: min(t / (recipe.warmup * updates), 1.0))
    match recipe.schedule:
        case "linear":
            return torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, total_iters=updates)
        case "cosine":
            return torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=updates)
        case "step":
            return torch.optim.lr_scheduler.MultiStepLR(optimiser, [updates // 2, 3 * updates // 4], gamma=0.1)
    return None


def make_module(layers: tuple[int, ...]) -> torch.nn.Sequential:
    """Return linear layers with ReLU between them. The softmax is part of the loss."""
    parts = []
    for n_in, n_out in pairwise(layers):
        parts += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    return torch.nn.Sequential(*parts[:-1])


def linears(model: torch.nn.Sequential) -> list[torch.nn.Linear]:
    """Return the layers that have weights."""
    return [part for part in model if isinstance(part, torch.nn.Linear)]
