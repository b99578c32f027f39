"""The columns of settings in tables, which leave out a sparse setting if all rows have its default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ontrial.study.cell import COLUMNS, SETTINGS

if TYPE_CHECKING:  # the workflow reads settings each time it starts, without any tables
    import pandas as pd


def columns_in(table: pd.DataFrame) -> list[str]:
    """Return the columns that identify a cell in a table, which may lack those of sparse settings."""
    return [name for name in COLUMNS if name in table]


def without_defaults(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without the columns of sparse settings in which all rows have the default."""
    sparse = [name for name, setting in SETTINGS.items() if setting.sparse and name in table]
    return table.drop(columns=[name for name in sparse if (table[name] == SETTINGS[name].default).all()])


def with_defaults(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with all columns of sparse settings: the default in those that it lacks."""
    missing = {name: setting for name, setting in SETTINGS.items() if setting.sparse and name not in table}
    return table.assign(**{name: setting.default for name, setting in missing.items()})
