"""Runs of an experiment in MLflow, or of a project in W&B, from where their own packages find them."""

from collections.abc import Callable, Iterator
from typing import Any

from ontrial.errors import InputError, legible

PAGE = 1_000  # runs that MLflow is asked for at a time


def of_mlflow(experiment: str) -> Iterator[dict[str, Any]]:
    """Yield the runs of an experiment of MLflow's tracking store, which its own variables name."""
    from mlflow import MlflowClient

    client = MlflowClient()
    found = client.get_experiment_by_name(experiment)
    if found is None:
        raise LookupError("there is no such experiment")
    token: str | None = ""
    while token is not None:
        runs = client.search_runs([found.experiment_id], max_results=PAGE, page_token=token or None)
        for run in runs:
            about = {"run_id": run.info.run_id, "status": run.info.status}
            yield about | {"params": dict(run.data.params), "metrics": dict(run.data.metrics)}
        token = runs.token or None


def of_wandb(project: str) -> Iterator[dict[str, Any]]:
    """Yield the runs of a project ENTITY/PROJECT of the server that W&B is logged in to."""
    import wandb

    for run in wandb.Api().runs(project):
        summary = {name: value for name, value in dict(run.summary).items() if isinstance(value, int | float | str)}
        yield {"id": run.id, "name": run.name, "state": run.state, "config": dict(run.config), "summary": summary}


TRACKERS: dict[str, Callable[[str], Iterator[dict[str, Any]]]] = {"mlflow": of_mlflow, "wandb": of_wandb}


def read(address: str) -> Iterator[dict[str, Any]]:
    """Yield the runs of an address such as mlflow:EXPERIMENT, so that who takes them may stop.

    Raises InputError if the tracker's package is not installed, or finds no runs.
    """
    tracker, _, name = address.partition(":")
    found = False
    try:
        for run in TRACKERS[tracker](name):
            found = True
            yield run
    except ModuleNotFoundError:
        raise InputError(f"{legible(address, 200)}: install the package {tracker} for this.") from None
    except Exception as error:  # whatever the package raises, such as for a server that does not answer
        reason = legible(str(error).strip().split("\n")[0], 200)
        raise InputError(f"{legible(address, 200)}: {tracker} says: {reason}.") from None
    if not found:
        raise InputError(f"{legible(address, 200)}: it has no runs.")
