"""Read the list of films and check it. A film trains two networks that differ in one thing side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ontrial import data
from ontrial.errors import unknown
from ontrial.storage.yaml_files import Mistake
from ontrial.study import checking
from ontrial.study.cell import DEFAULTS, SETTINGS, Cell, Training
from ontrial.study.configuration import NAME_CHECKS
from ontrial.study.schema_files import load_schema
from ontrial.study.settings import FULL

# The settings that may differ between arms. Films are trained frame by frame, so the optimiser must be stateless.
VARIED = (*(name for name in SETTINGS if name != "dataset" and name not in DEFAULTS), "learning_rate")


@dataclass(frozen=True)
class Film:
    """Two arms, which are cells with one run each.

    title, reason: Texts by language.
    differ: Names of the settings in which the arms differ.
    """

    id: str
    title: Mapping[str, str]
    reason: Mapping[str, str]
    differ: tuple[str, ...]
    arms: tuple[Cell, Cell]

    @property
    def shared_layers(self) -> int:
        """The number of layers, from the inputs on, that start with the same weights in both arms."""
        first = self.arms[0].architecture
        second = self.arms[1].architecture
        if first.initialisation != second.initialisation:
            return 0
        pairs = list(zip(first.shapes, second.shapes, strict=False))
        return next((i for i, (shape, other) in enumerate(pairs) if shape != other), len(pairs))


def read_films(path: str | Path) -> dict[str, Film]:
    """Return the films of a file by id. Raises InputError with every mistake in it."""
    return parse(checking.read_text(path), str(path))


def parse(text: str, where: str) -> dict[str, Film]:
    """Return the films of YAML text by id.

    where: Name of the text in messages.
    """
    value, _ = checking.check(text, where, load_schema("film"), FILM_NAME_CHECKS, _find_conflicts)
    return {spec["id"]: _film(spec) for spec in value["films"]}


def _film(spec: dict[str, Any]) -> Film:
    differ = tuple(name for name in VARIED if name in spec["arms"][0])
    first, second = spec["arms"]
    arms = (_cell(spec["id"], spec["both"] | first), _cell(spec["id"], spec["both"] | second))
    return Film(spec["id"], spec["title"], spec["reason"], differ, arms)


def _cell(id: str, settings: dict[str, Any]) -> Cell:
    return Cell(
        experiment=id,
        **{name: setting.parse(settings[name]) for name, setting in SETTINGS.items() if name in settings},
        learning_rates=(float(settings["learning_rate"]),),
        seeds=(int(settings["seed"]),),
        training=Training(epochs=int(settings["epochs"]), record=1, probes=("units",)),
    )


# Names and conflicts --------------------------------------------------------------------------------------------------


def _check_plane(name: str) -> None:
    if name not in data.DATASETS or not data.is_plane(name):
        raise ValueError(unknown("data set of points in the plane", name, filter(data.is_plane, data.DATASETS)))


FILM_NAME_CHECKS = NAME_CHECKS | {"plane": _check_plane}


def _find_conflicts(value: dict[str, Any], mistakes: list[Mistake]) -> Iterator[Mistake]:
    """Yield the conflicts of a list of films that is valid under the schema."""
    if mistakes:
        return
    yield from checking.repeated_ids("films", value["films"])
    for i, spec in enumerate(value["films"]):
        both = spec["both"]
        first, second = spec["arms"]
        for name in VARIED:
            occurrences = [
                key for key, settings in (("both", both), ("arms", first), ("arms", second)) if name in settings
            ]
            if not occurrences:
                yield ("films", i), f'the setting "{name}" is missing. Put it in both, or in each of the two arms.'
            elif occurrences not in (["both"], ["arms", "arms"]):
                yield ("films", i, "arms"), f'put the setting "{name}" either in both or in each of the two arms.'
            elif "both" not in occurrences and first[name] == second[name]:
                yield ("films", i, "arms"), f'the setting "{name}" has the same value in both arms. Move it to both.'
        samples = data.sizes(both["dataset"]).train
        sizes = [settings.get("batch_size", 1) for settings in (both, first, second)]
        if any(size != FULL and size > samples for size in sizes):
            yield (
                ("films", i),
                f"a batch size is more than the {samples} training samples. Write full to use all of them.",
            )
