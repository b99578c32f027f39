"""scikit-learn's MLPClassifier: one network after another, by `fit` from warm weights."""

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.work import LEARNING_RATE, Trainer, Weights, Work

NEVER = 10**9  # epochs without progress before it stops


def prepare(work: Work) -> Trainer:
    """Prepare a model with the weights of each network, and the samples in its order, for use with `shuffle=False`."""
    labels = work.y.argmax(axis=1)
    samples = [(work.X[order], labels[order]) for order in work.order]
    models = []
    for run, (X, y) in enumerate(samples):
        model = MLPClassifier(
            work.layers[1:-1],
            activation="relu",
            solver="sgd",
            alpha=0,
            batch_size=work.batch_size,
            learning_rate="constant",
            learning_rate_init=LEARNING_RATE,
            momentum=0,
            nesterovs_momentum=False,
            shuffle=False,
            warm_start=True,
            tol=0,
            n_iter_no_change=NEVER,
            max_iter=1,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(X, y)  # sets shapes and classes; the initial weights are replaced below
        model.coefs_ = [W[run].copy() for W, _ in work.weights]
        model.intercepts_ = [b[run].copy() for _, b in work.weights]
        models.append(model)

    def train(rounds: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # expected: the number of epochs is fixed
            for model, (X, y) in zip(models, samples, strict=True):
                model.max_iter = rounds
                model.fit(X, y)

    def weights() -> Weights:
        for layer, (W, b) in enumerate(work.weights):
            for run, model in enumerate(models):
                W[run], b[run] = model.coefs_[layer], model.intercepts_[layer]
        return work.weights

    return Trainer(train, weights)
