"""Every text that the code asks for is in docs/words.yaml, in both languages.

Many terms are built from a word that follows from the results, such as an outcome, and few studies have all of them. So
each such term is declared here with everything that it can be built from.
"""

import ast
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, product
from typing import get_args

import pandas as pd
import pytest
from support.contents import FIGURES
from support.pages import WORDS
from support.project import ROOT

from ontrial.data.splits import SCALINGS
from ontrial.judge import claims, estimands, metrics
from ontrial.judge.metrics import BUILT_IN
from ontrial.judge.policies import FACTORS, POLICIES
from ontrial.nn.schedules import SCHEDULES
from ontrial.report.pages import tables
from ontrial.report.pages.claims import replications as repeated
from ontrial.report.pages.claims import verdicts
from ontrial.report.pages.tools import explorer
from ontrial.report.pages.tools.guess import GUESSES
from ontrial.report.summaries import replications as replication_summaries
from ontrial.report.summaries.explorer import MEASURES
from ontrial.report.wording.answers import ANSWERS
from ontrial.study.cell import SETTINGS
from ontrial.study.settings import NONE
from ontrial_book.chapters import figures_training as training_figures
from ontrial_book.home import law, pages_batches
from ontrial_book.replications import pages as replications
from ontrial_book.small import SMALL
from ontrial_book.studies import pages_circumstances as robustness
from ontrial_book.studies import pages_measured as measured
from ontrial_book.teaching import pages_playground
from ontrial_judge.core.statistics import FAILURES, Claimed, Quantifier
from ontrial_judge.core.verdicts import Outcome

ORIGINS = {"runs", "times", "formulas"} | {figure.source for figure in FIGURES.values()} - {None, "verdicts"}
REPORT = ROOT / "src/ontrial/report"
TERMS = WORDS["figures"] | WORDS["pages"]
LANGUAGES = ("en", "ko")

UNITS = {metrics.unit for metrics in BUILT_IN.values()} | {"number", FAILURES}
STEPS = {claims.step_of(axis) for axis in claims.AXES}
COUNTED = ("seeds", "rounds")
SIDES = {*chain(*estimands.FORMS.values())}
DESIGN = (
    "slope of difference",
    "metric",
    "accuracy",
    "loss",
    "contexts",
    "where",
    "networks",
    "training",
    "smallest_effect",
    "experiments",
    "seeds",
)  # of a table

# Terms that the code builds, and every word for the gap, or for the gaps, in each.
PEERS = pd.read_csv(ROOT / "results/reference/peers.csv")
BUILT: dict[str, Iterable[str | tuple[str, ...]]] = {
    "answer count {}": set(ANSWERS.values()),
    "answers {}": (*robustness.NAMED, "same", "open", "opposite"),
    "answer here {}": set(ANSWERS.values()),
    "answer readings {}": ("yes", "no"),
    "answer rest {}": set(ANSWERS.values()),
    "agreement number {}": repeated.AGREEMENTS[1:],
    "budget {}": ("updates", "epochs"),
    "judged arm {}": ("arm", "runs", "mean", "deviation", "median", "worst", "failed"),
    "judged by {}": ("typical", "mean", "sign"),
    "judged holds {}": ("supported", "refuted", "depends", "inconclusive"),
    "judged only {}": ("typical", "mean"),
    "judged tasks {}": ("fixed", "sample"),
    "judged worse {}": ("within", "beyond"),
    "judged {}": ("pairs", "runs", "tasks", "typical", "mean"),
    "judged {} in all": ("pairs", "runs", "tasks"),
    "target {}": ("within", "beyond", "undecided"),
    "circumstance {}": ("what", "contexts", "python", "numpy", "kernel", "runs", "verdicts", "change"),
    "design {}": {
        *DESIGN,
        *(estimands.FORMS.keys() - {"equality", "at_most"}),
        *(f"comparison {counted}" for counted in COUNTED),
    },
    "effect in {}": UNITS,
    "elsewhere {}": ("holds", "fails", "mirrored"),
    "errors {}": ("effect", "wrong", "wrong skewed", "inconclusive", *measured.STATES),
    "failed {}": get_args(metrics.Failure),
    "finding {}": ("positive", "reversed", "equal", "apart", "within", "beyond"),
    "finding {} {}": [
        *product(("negligible",), ("claimed", "opposite", "open")),
        *product(("below",), ("opposite", "open")),
        *product(("undecided",), ("claimed", "open", "unknown", "apart", "equality", "more")),
    ],
    "guess {}": GUESSES,
    "home answer {}": pages_batches.ANSWERS,
    "home count {}": (*pages_batches.ANSWERS, "tie once"),
    "home spent {}": ("updates", "epochs"),
    "home said {}": (*pages_batches.KINDS, "all"),
    "home box {}": pages_batches.KINDS,
    "small {}": SMALL,
    "law {} {}": product((*law.CLAIMS.values(), law.SAME), ("supported", "refuted", "inconclusive")),
    "finish {}": [finish.column for finish in training_figures.FINISHES],
    "line {}": ("fixed", "tuned"),
    "peers table {}": PEERS["table"],
    "peers {}": {*PEERS["finding"], "this"},
    "measured {}": {head for table in measured.TABLES.values() for head in table.heads},
    "lasting once {}": ("no", "yes"),
    "lasting {}": ("no", "yes", "same"),
    "measure {}": {name for name in MEASURES if not name.startswith("epochs_to")} | {"gradient_norm"},
    "n look {}": ("2", "3", "4", "5"),
    "as claimed {}": Claimed,
    "counted {}": COUNTED,
    "meaning {}": ("supported", "refuted", "depends", "inconclusive"),
    "picture {}": Claimed,
    "quantifier {}": Quantifier,
    "answer {} {}": product(("once", "both", "all"), ("yes", "no")),
    "quantified {} {}": [
        *product(("some",), ("supported", "not_seen", "inconclusive")),
        *product(("most", "all"), ("supported", "refuted", "inconclusive")),
    ],
    "other ways {}": ("differ", "agree"),
    "other samples {}": ("differ", "agree"),
    "then {}": ("supported", "refuted", "depends", "inconclusive", "not_seen"),
    "need {}": {need for figure in FIGURES.values() for need in figure.needs},
    "network is {}": ("right", "wrong"),
    "origin {}": ORIGINS,
    "other {}": ("baseline", "kernel", "numpy", "python", "precision", "seeds"),
    "outcome {}": Outcome,
    "policy {} of": FACTORS,
    "provenance {}": {*tables.PROVENANCE, "unknown"},
    "replication everywhere {}": replications.ANSWERS,
    "replication in {}": replication_summaries.SETTINGS,
    "repetitions {}": robustness.LABORATORY_HEADS,
    "replication other {}": replication_summaries.SETTINGS,
    "replication {} here": (*replications.ANSWERS, "not_seen"),
    "seeds {}": ("confirmatory", "descriptive"),
    "side {}": SIDES,
    "setting {}": {*SETTINGS, *explorer.CHOICES, *pages_playground.START},
    "standing {}": ("published", "changed", "own"),
    "tally {}": verdicts.KINDS,
    "value budget {}": ("epochs", "updates"),
    "value {} {}": [*product(("schedule",), SCHEDULES), ("clip_norm", NONE), *product(("scaling",), SCALINGS)],
    "where policy {}": POLICIES,
    "where policy {} of": FACTORS,
    "{} {}": product(("per", "amount per"), STEPS),
}  # fmt: skip


@dataclass(frozen=True)
class Lookup:
    """A term that the code looks up, with gaps if it is built, and the number and names of what fills its text."""

    place: str
    term: str
    is_optional: bool
    positions: int
    names: frozenset[str] | None  # None: unknown


def lookups(path) -> Iterator[Lookup]:
    """Yield the terms that a module looks up in `say`, `words`, or another name for them.

    A name in place of a term stands for what the same function assigns to it.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    aliases = {"say", "words"} | {
        node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.value).endswith((".say", ".texts"))
        if isinstance(node.targets[0], ast.Name)
    }
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=table, slice=key, ctx=ast.Load()):
                is_optional = False
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[key, *_]):
                is_optional = True
            case ast.Compare(left=key, ops=[ast.In()], comparators=[table]):
                is_optional = True
            case _:
                continue
        name = table.id if isinstance(table, ast.Name) else table.attr if isinstance(table, ast.Attribute) else ""
        if name not in (aliases if isinstance(table, ast.Name) else ("say", "texts")):
            continue
        positions, names = fillings(node, parents)
        for term in terms_of(key, node, parents):
            yield Lookup(f"{path.name}:{node.lineno}", term, is_optional, positions, names)


def terms_of(key: ast.expr, node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[str]:
    """Yield the terms that an expression can be, built ones with {} for each gap."""
    match key:
        case ast.Constant(value=str(term)):
            yield term
        case ast.JoinedStr(values=parts):
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from terms_of(one, node, parents)
            yield from terms_of(other, node, parents)
        case ast.Name(id=name):
            while not isinstance(node, ast.FunctionDef):
                node = parents[node]
            for assignment in ast.walk(node):
                if isinstance(assignment, ast.Assign) and ast.unparse(assignment.targets[0]) == name:
                    yield from terms_of(assignment.value, node, parents)


def fillings(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> tuple[int, frozenset[str] | None]:
    """Return how many values fill a text by position, and the names of the others; None if they are not known."""
    call = parents[parents[node]] if isinstance(parents[node], ast.Attribute) else None
    if not isinstance(call, ast.Call) or any(isinstance(value, ast.Starred) for value in call.args):
        return 0, None
    names = [keyword.arg for keyword in call.keywords]
    return len(call.args), None if None in names else frozenset(filter(None, names))


MACROS = set(re.findall(r'say\["(.+?)"\]', (REPORT / "pages/macros.html").read_text(encoding="utf-8")))
BOOK = ROOT / "src/ontrial_book"
LOOKUPS = [lookup for path in sorted([*REPORT.rglob("*.py"), *BOOK.rglob("*.py")]) for lookup in lookups(path)]


def filled(pattern: str, words: Iterable[str | tuple[str, ...]]) -> set[str]:
    """Return the terms that a built one can become."""
    return {pattern.format(*([word] if isinstance(word, str) else word)) for word in words}


FILLED = {pattern: filled(pattern, words) for pattern, words in BUILT.items()}
# Built terms that exist for some words only: where one is missing, the code says it in another way.
SOME = {"effect {}", "where {} {}"}
SOME |= {"smallest effect on {}", "smallest effect on {}, because"}


def test_every_term_that_the_code_looks_up_is_there():
    built = {lookup.term: lookup.place for lookup in LOOKUPS if "{}" in lookup.term and not lookup.is_optional}
    assert {term: place for term, place in built.items() if term not in FILLED.keys() | SOME} == {}
    asked = MACROS | {lookup.term for lookup in LOOKUPS if "{}" not in lookup.term and not lookup.is_optional}
    assert asked - TERMS.keys() == set()
    assert {pattern: sorted(terms - TERMS.keys()) for pattern, terms in FILLED.items() if terms - TERMS.keys()} == {}
    asked = {
        lookup.term
        for path in (*REPORT.glob("figures/*.py"), *BOOK.rglob("figures*.py"), BOOK / "axes.py")
        for lookup in lookups(path)
    }
    terms = {term for pattern in asked for term in FILLED.get(pattern, {pattern} if "{" not in pattern else ())}
    assert terms - WORDS["figures"].keys() == set()


def gaps(text: str) -> list[str]:
    """Return the names of the gaps in a text, "" for one that is filled by its position."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_gap_is_filled(language):
    wrong = []
    for lookup in LOOKUPS:
        for term in FILLED.get(lookup.term, set()) or {lookup.term} & TERMS.keys():
            named = gaps(TERMS[term][language])
            if lookup.names is not None and (
                named.count("") > lookup.positions or not {*filter(None, named)} <= lookup.names
            ):
                wrong.append(f"{lookup.place}: {term} in {language}")
    assert wrong == []


def test_texts_have_the_same_gaps_in_both_languages_and_are_written_once():
    differing = {term for term, texts in TERMS.items() if len({tuple(gaps(texts[name])) for name in LANGUAGES}) > 1}
    assert differing == set()
    terms = (ROOT / "docs/words.yaml").read_text(encoding="utf-8")
    written = [line.split(": {en:")[0].strip() for line in terms.splitlines() if ": {en:" in line]
    assert len(written) == len(set(written)) == len(TERMS)
