"""What a page may write in `[[ ]]` and `[% %]`: the names, and what each stands for."""

from functools import partial

from ontrial.pages import numbers, pictures, tables, verdicts
from ontrial.pages.sources import Sources

OF_RESULTS = {
    "accuracy": numbers.accuracy,
    "number": numbers.number,
    "value": numbers.value,
    "seeds": numbers.seeds,
    "cells": numbers.cells,
    "runs": numbers.runs,
    "rates": numbers.rates,
    "setting": numbers.setting,
    "samples": numbers.samples,
    "has": numbers.has,
}
OF_SOURCES = {
    "table": tables.table,
    "has_claim": verdicts.has_claim,
    "verdict_of": verdicts.verdict_of,
    "outcome": verdicts.outcome,
    "effect": verdicts.effect,
    "reason": verdicts.reason,
}
OF_PAGES = {"verdict": verdicts.verdict, "verdict_box": verdicts.verdict_box, "verdicts": verdicts.at_a_glance}


def names(sources: Sources, page: str) -> dict[str, object]:
    """Names of one page. page: its path below the home of its language, such as "evidence/relu-cheap.md"."""
    root = "../" * page.count("/")
    known: dict[str, object] = {name: partial(function, sources.results) for name, function in OF_RESULTS.items()}
    known |= {name: partial(function, sources) for name, function in OF_SOURCES.items()}
    known |= {name: partial(function, sources, root) for name, function in OF_PAGES.items()}
    study = sources.results.study.name
    known |= {"study_name": study, "study_file": f"config/{'config' if study == 'default' else study}.yaml"}
    known |= {"language": sources.language, "provenance": sources.provenance}
    known["figure"] = partial(pictures.figure, sources, f"{root}../", dict(known))
    return known
