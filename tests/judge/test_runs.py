"""Judging tables of runs in Python."""

import json

import numpy as np
import pandas as pd
import pytest
from support.messages import message_of

from ontrial.judge import records
from ontrial.runs import judge

QUESTION = {"metric": "score", "compare": {"width": (np.int64(8), 16)}, "pair": "seed", "smallest_effect": 0.5}


def runs(lead: float = 2.0) -> pd.DataFrame:
    random = np.random.default_rng(1)
    rows = [
        {"width": width, "seed": seed, "task": task, "score": 10 + lead * (width == 8) + random.normal() / 5}
        for task in ("a", "<b>")
        for seed in range(10)
        for width in (8, 16)
    ]
    return pd.DataFrame(rows)


def test_a_frame_with_any_index_is_judged_and_numbers_are_taken_where_text_is():
    table = runs().set_index(pd.Index(range(100, 140)))
    verdict = judge(table, **QUESTION, contexts="task")
    frame = verdict.to_frame()
    assert verdict.conclusion == "supported"
    assert frame["task"].tolist() == ["<b>", "a"]
    assert (frame["low"] < frame["estimate"]).all()
    assert frame["estimate"].tolist() == pytest.approx([2, 2], abs=0.2)
    assert verdict.table.iloc[:, 0].tolist() == ["<b>", "a"]
    assert verdict.sentence == repr(verdict)
    assert "score is higher with width 8 than with width 16" in verdict.sentence
    assert verdict.figure()._repr_svg_().startswith("<svg")
    html = verdict._repr_html_()
    assert "<td>&lt;b&gt;</td>" in html
    assert "<b>" not in html
    assert records.decode(json.loads(verdict.to_json())).claims[0].conclusion == "supported"


def test_a_table_may_be_a_path_and_texts_are_in_a_language(tmp_path):
    path = tmp_path / "runs.csv"
    runs().to_csv(path, index=False)
    verdict = judge(str(path), **QUESTION, contexts=["task"], language="ko")
    assert "width=16의 값보다 높다" in verdict.sentence


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pair": None}, "use pair=() for nothing"),
        ({"metric": "scores"}, 'unknown column "scores"'),
        ({"smallest_effect": 0}, "smallest_effect"),
        ({"language": "fr"}, 'there are no words in "fr"'),
        ({"lokks": [5]}, 'unknown key "lokks". Did you mean "looks"?'),
    ],
)
def test_mistakes_are_input_errors(change, message):
    question = QUESTION | change

    def ask() -> None:
        print(judge(runs(), **question, contexts="task").sentence)

    assert message in message_of(ask)
