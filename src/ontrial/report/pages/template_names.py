"""What a page may write in `[[ ]]` and `[% %]`: the names, and what each stands for."""

import inspect
import shlex
from functools import partial

from ontrial.nn import reference
from ontrial.report.pages import (
    benchmark,
    explorer,
    film,
    numbers,
    other_studies,
    pictures,
    robustness,
    scaling,
    tables,
    verdicts,
)
from ontrial.report.pages.sources import Sources
from ontrial.report.summaries import rules
from ontrial.report.wording import formatting

OF_RESULTS = {
    "value": numbers.value,
    "seeds": numbers.seeds,
    "cells": numbers.cells,
    "runs": numbers.runs,
    "claims": numbers.claims,
    "rates": numbers.rates,
    "setting": numbers.setting,
    "samples": numbers.samples,
    "has": numbers.has,
}
OF_SOURCES = {
    "accuracy": numbers.accuracy,
    "number": numbers.number,
    "table": tables.table,
    "has_claim": verdicts.has_claim,
    "verdict_of": verdicts.verdict_of,
    "outcome": verdicts.outcome,
    "effect": verdicts.effect,
    "reason": verdicts.reason,
    "tally": verdicts.tally,
    "across": other_studies.across,
    "literature": other_studies.literature,
    "has_figure": pictures.has,
    "speed": benchmark.sentence,
    "speed_fact": benchmark.fact,
    "speed_table": benchmark.table,
    "circumstances_fact": robustness.fact,
    "circumstances_tried": robustness.tried,
    "circumstances_table": robustness.overview,
    "verdicts_moved": robustness.moved,
    "spent": scaling.spent,
    "growth_table": scaling.table,
}
OF_PAGES = {
    "verdict": verdicts.verdict,
    "verdict_box": verdicts.verdict_box,
    "verdicts": tables.at_a_glance,
    "moves": robustness.moves,
    "films": film.films,
    "film_player": film.player,
}


def names(sources: Sources, page: str) -> dict[str, object]:
    """Names of one page. page: its path below the home of its language, such as "evidence/relu-cheap.md"."""
    root = "../" * page.count("/")
    known: dict[str, object] = {name: partial(function, sources.results) for name, function in OF_RESULTS.items()}
    known |= {name: partial(function, sources) for name, function in OF_SOURCES.items()}
    known |= {name: partial(function, sources, root) for name, function in OF_PAGES.items()}
    known |= {"study_name": sources.results.study.name, "study_file": study_file(sources)}
    known |= {
        "benchmark": sources.results.benchmark is not None,
        "circumstances": sources.results.circumstances is not None,
    }
    known |= {"scale": sources.results.scale is not None}
    known |= {"language": sources.language, "provenance": sources.provenance, "packing": sources.results.packing}
    known |= {
        "rules": rules.of_study(sources.results.study),
        "times": sources.results.times,
        "significant": formatting.significant,
    }
    known["figure_link"] = partial(pictures.link, sources, root, dict(known))
    known["explorer"] = partial(explorer.explore, sources, f"{root}../", known["study_file"])
    known["figure"] = partial(pictures.figure, sources, f"{root}../", dict(known))
    known["reference"] = f"```python\n{inspect.getsource(reference)}```"
    return known


def study_file(sources: Sources) -> str | None:
    """Path of the study's configuration as a shell reads it; None for one that another workflow handed over."""
    file = sources.provenance.get("configuration_file")
    return None if file is None else shlex.quote(file)
