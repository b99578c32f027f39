"""PyTorch without autograd: a stack of networks as batched products of MKL, with gradients written by hand."""

import torch

from benchmarks.work import LEARNING_RATE, Trainer, Work


def prepare(work: Work) -> Trainer:
    """Prepare to train the weights of the work in place."""
    torch.set_num_threads(1)
    X, y = torch.from_numpy(work.X), torch.from_numpy(work.y)
    batches = torch.from_numpy(work.batches.swapaxes(0, 1).copy())
    layers = [(torch.from_numpy(W), torch.from_numpy(b[:, None])) for W, b in work.weights]

    def train(rounds: int) -> None:
        with torch.inference_mode():
            for _ in range(rounds):
                for rows in batches:
                    update(layers, X[rows], y[rows])

    return Trainer(train, lambda: work.weights)


def update(layers: list[tuple[torch.Tensor, torch.Tensor]], x: torch.Tensor, y: torch.Tensor) -> None:
    """Take one step of gradient descent on a batch of each network. `baddbmm_` adds a batched product in place."""
    inputs = [x]
    for W, b in layers[:-1]:
        inputs.append(torch.baddbmm(b, inputs[-1], W).relu_())
    W, b = layers[-1]
    delta = torch.baddbmm(b, inputs[-1], W).softmax(dim=2).sub_(y).div_(x.shape[1])
    for i in reversed(range(len(layers))):
        W, b = layers[i]
        back = torch.bmm(delta, W.mT).mul_(inputs[i] > 0) if i > 0 else None
        W.baddbmm_(inputs[i].mT, delta, alpha=-LEARNING_RATE)
        b.sub_(delta.sum(dim=1, keepdim=True), alpha=LEARNING_RATE)
        delta = back
