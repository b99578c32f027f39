"""Tools of the site in a notebook: try a claim again, and train networks in the playground."""

from ontrial.storage import machine

try:
    from ontrial.widget.tools import Playground, Tool, playground, trial
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f'ontrial.widget needs the extra "widget", but {error.name} is not installed. {machine.advice("widget")}',
        name=error.name,
    ) from None


__all__ = ["Playground", "Tool", "playground", "trial"]
