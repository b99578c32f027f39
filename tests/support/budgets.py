"""What pages may have at most: docs/budgets.yaml."""

from support.project import read_yaml

BUDGETS = read_yaml("docs/budgets.yaml")


def require(name: str, found: float, where: str) -> None:
    """Fail unless a page keeps within a budget, and say where the number stands and what to take away."""
    budget = BUDGETS[name]
    allowed = f'docs/budgets.yaml allows {budget["most"]:,} {budget["of"]} ("{name}")'
    assert found <= budget["most"], f"{where}: {found:,}, and {allowed}. {budget['cut']}"
