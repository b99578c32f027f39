"""PyTorch with a stack of models: torch.func's functional_call, grad and vmap."""

import torch
from torch.func import functional_call, grad, vmap

from benchmarks.contestants.torch_eager import make_module
from benchmarks.work import LEARNING_RATE, Trainer, Weights, Work


def prepare(work: Work) -> Trainer:
    """Stack the parameters of all networks by name."""
    torch.set_num_threads(1)
    X, y = torch.from_numpy(work.X), torch.from_numpy(work.y.argmax(axis=1))
    batches = torch.from_numpy(work.batches.swapaxes(0, 1).copy())
    model = make_module(work.layers)
    parameters = {}
    for layer, (W, b) in enumerate(work.weights):  # every second layer of the module is a ReLU
        parameters[f"{2 * layer}.weight"] = torch.from_numpy(W).mT.contiguous()
        parameters[f"{2 * layer}.bias"] = torch.from_numpy(b).clone()

    def loss(parameters: dict[str, torch.Tensor], inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(functional_call(model, parameters, (inputs,)), labels)

    stacked_gradients = vmap(grad(loss))

    def train(rounds: int) -> None:
        with torch.no_grad():
            for _ in range(rounds):
                for rows in batches:
                    gradients = stacked_gradients(parameters, X[rows], y[rows])
                    for name, parameter in parameters.items():
                        parameter.sub_(gradients[name], alpha=LEARNING_RATE)

    def weights() -> Weights:
        return [
            (parameters[f"{2 * layer}.weight"].mT.numpy(), parameters[f"{2 * layer}.bias"].numpy())
            for layer in range(len(work.weights))
        ]

    return Trainer(train, weights)
