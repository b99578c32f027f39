"""Looks: the cells that need more seeds because contexts of measured claims are still undecided."""

from collections.abc import Iterable, Iterator

from ontrial.judge import claims, measurements, trials
from ontrial.judge.docket import Docket
from ontrial.judge.estimands import Estimand
from ontrial.judge.results import Results
from ontrial.study.cell import Cell
from ontrial.study.study import Study
from ontrial_judge.core import decisions
from ontrial_judge.core.verdicts import SettingValues


def tested_cells(study: Study, docket: Docket) -> list[Cell]:
    """Return the cells on which measured claims with several looks rest, each once."""
    return _unique(
        cell
        for estimand in _sequential(docket)
        for context in claims.list_contexts(estimand)
        for cell in _cells_of(study, estimand, context)
    )


def later_cells(study: Study, docket: Docket) -> dict[str, Cell]:
    """Return the cells that later looks would add if every context stayed undecided, by path."""
    tested = {cell.path for cell in tested_cells(study, docket)}
    return {path: cell for path, cell in study.later_cells.items() if path.rpartition("-look-")[0] in tested}


def undecided_cells(results: Results, docket: Docket) -> list[Cell]:
    """Return the cells of the contexts that more seeds may decide, each once."""
    return _unique(
        cell
        for estimand in _sequential(docket)
        for measured in decisions.open_contexts(
            measurements.measure(results, estimand), trials.looks_of(results.study, estimand)
        )
        for cell in _cells_of(results.study, estimand, measured.context)
    )


def _sequential(docket: Docket) -> Iterator[Estimand]:
    return (claim.estimand for claim in docket.claims.values() if claim.looks and claim.estimand)


def _cells_of(study: Study, estimand: Estimand, context: SettingValues) -> Iterator[Cell]:
    """Yield the cells of a context's arms, and the cells that their learning rates come from."""
    for arm in claims.list_arms(study, estimand, context):
        for option in arm.options:
            yield option.cell
            if option.base:
                yield option.base


def _unique(cells: Iterable[Cell]) -> list[Cell]:
    return list({cell.path: cell for cell in cells}.values())
