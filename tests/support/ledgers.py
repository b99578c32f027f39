"""Add tries to a ledger, in this process or in another, which imports this module."""

from pathlib import Path

from ontrial.judge.ledger_files import locked
from ontrial_judge.core.verdicts import Conclusion


def judge_one(path: Path, name: str) -> None:
    with locked(path) as book:
        book.write(book.ledger.add(name, name, "data", Conclusion.INCONCLUSIVE))
