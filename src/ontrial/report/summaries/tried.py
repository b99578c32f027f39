"""Claims with their verdicts, for programs: the content of claims.json."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ontrial.judge.docket import SHARED_PAGES, as_list
from ontrial.judge.estimands import FORMS
from ontrial_judge.core.verdict_files import encode_case
from ontrial_judge.core.verdicts import Case, Verdict, Verdicts

VERSION = 1  # of the form of claims.json, study/schemas/tried.schema.yaml
CONDITIONS = ("experiment", "metric", *FORMS, "contexts", "where", "threshold", "smallest_effect")
RESULT = ("outcome", "estimate", "low", "high", "level", "unit", "n")


def tried_claims(
    docket: Mapping[str, Any], verdicts: Iterable[Verdicts], pages_of: Callable[[str], dict[str, str]]
) -> list[dict[str, Any]]:
    """Return the items of claims.json for the claims of a docket with a verdict, in its order.

    docket: Content of docket.json.
    verdicts: Verdicts on its claims.
    pages_of: Function that returns the address of a page in each language that has it.
    """
    judged = {verdict.claim: (verdict, of_study.study) for of_study in verdicts for verdict in of_study.claims}
    tried = [(spec, *judged[spec["id"]]) for spec in docket["claims"] if spec["id"] in judged]
    return [
        {
            "id": verdict.claim,
            "study": study,
            "kind": verdict.kind,
            "statement": spec["statement"],
            "source": _source_of(spec, docket["sources"]),
            "verdict": verdict.conclusion,
            "conditions": {key: spec[key] for key in CONDITIONS if key in spec},
            "contexts": [_encode(case) for case in verdict.cases],
            "hash": verdict.hash,
            "pages": pages_of(_page_of(verdict)),
        }
        for spec, verdict, study in tried
    ]


def _page_of(verdict: Verdict) -> str:
    """Return the page with the evidence on a claim, relative to the home of a language."""
    shared = SHARED_PAGES.get(verdict.conclusion)
    return f"evidence/{shared}.html#{verdict.claim}" if shared else f"evidence/{verdict.claim}.html"


def _source_of(spec: Mapping[str, Any], sources: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return where a claim comes from: sentences of the docket's notes, and quotations with the works that have them.

    spec: Entry of the claim in the docket.
    sources: Works that the docket quotes, by name.
    """

    def plain(sentences: Iterable[str]) -> list[str]:
        return [sentence.replace("**", "") for sentence in sentences]  # bold in the notes

    return {
        "sentences": plain(as_list(spec.get("source", []))),
        "translation": plain(as_list(spec.get("translation", []))),
        "quotations": [sources[each["source"]] | each for each in spec.get("quotations", [])],
    }


def _encode(case: Case) -> dict[str, Any]:
    """Return a context or a reading with its settings and its result."""
    content = encode_case(case)
    return {"settings": case.settings, **{key: content[key] for key in RESULT if key in content}}
