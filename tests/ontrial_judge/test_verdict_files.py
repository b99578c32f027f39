"""Files of verdicts are read and written without a change."""

import json
import math
from dataclasses import replace
from pathlib import Path

from ontrial_judge.core import verdict_files
from ontrial_judge.core.verdicts import Choice, Context, Effect, Outcome, Way, align

REFERENCE = Path(__file__).parents[2] / "results/reference"
FILES = sorted(REFERENCE.rglob("verdicts.json"))


def test_a_published_file_is_written_as_it_was_read():
    for path in FILES:
        content = json.loads(path.read_text(encoding="utf-8"))
        verdicts = verdict_files.decode(content)
        assert verdict_files.decode(json.loads(verdict_files.to_json(verdicts))) == verdicts, path
        assert json.dumps(verdict_files.encode(verdicts)) == json.dumps(content), path
        table = path.with_suffix(".csv")
        if table.exists():
            assert verdict_files.to_csv(verdicts) == table.read_text(encoding="utf-8"), path


def test_infinities_are_words_and_results_have_names_of_their_own():
    context = Context({"depth": 5}, Outcome.UNDECIDED, Effect(math.nan, -math.inf, math.inf, 0.95, "log2"), n=9)
    content = verdict_files.encode_case(context)
    assert [content[name] for name in ("estimate", "low", "high")] == [None, "-inf", "inf"]
    effect = Effect(1.0, 0.5, 1.5, 0.95, "log2")
    sparse = {"smallest_effect": 0.3, "zeros": (0, 1), "choices": (Choice(4, {"l2": 0.1}),), "decided_by": (Way.MEAN,)}
    sparse["deciding"] = replace(effect, low=-math.inf, level=0.9)
    filled = Context({"depth": 5}, Outcome.POSITIVE, effect, 9, **sparse)
    written = verdict_files.encode_case(filled)
    assert written.keys() - {"depth"} == verdict_files.RESULTS
    assert written["deciding"] == {"level": 0.9, "low": "-inf", "high": 1.5}
    assert verdict_files.decode_context(written) == filled
    assert (filled.shown, context.shown) == (filled.deciding, context.effect)


def test_contexts_match_by_some_of_their_settings():
    contexts = [
        {
            "policy": policy, "depth": depth, "outcome": "below", "estimate": 0, "low": 0, "high": 0, "n": 9,
            "unit": "nats",
        }
        for policy in ("fixed", "tuned")
        for depth in (1, 5)
    ]  # fmt: skip
    claim = {"id": "deep", "kind": "timed", "verdict": "refuted", "hash": "a", "test_hash": "b", "contexts": contexts}
    verdict = verdict_files.decode_verdict(claim)
    assert [context.settings["policy"] for context in verdict.matching({"depth": 5})] == ["fixed", "tuned"]
    assert not any(context.on_edge for context in verdict.matching({}))
    assert verdict.matching({"depth": 5, "budget": "epochs"}) == []
    assert len(verdict.matching({})) == 4


def test_contexts_are_aligned_by_their_settings_in_whatever_order():
    def contexts(*settings: dict) -> list[Context]:
        return [Context(each, Outcome.BELOW, Effect(0.0, 0.0, 0.0, 0.95, "nats"), n=9) for each in settings]

    first = contexts({"policy": "fixed", "depth": 1}, {"policy": "tuned", "depth": 1})
    second = contexts({"depth": 1, "policy": "tuned"}, {"policy": "tuned", "depth": 5})
    assert align(first, second) == [(first[0], None), (first[1], second[0]), (None, second[1])]
    assert align(second, []) == [(second[0], None), (second[1], None)]
