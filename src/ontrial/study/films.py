"""The list of films as YAML → checked films: two networks that differ in one thing, trained side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ontrial import data
from ontrial.errors import unknown
from ontrial.study import checking
from ontrial.study.cell import DEFAULTS, FULL, SETTINGS, Cell, Training, convert
from ontrial.study.checking import Mistake
from ontrial.study.configuration import NAME_CHECKS

# What may differ between arms. A film is trained from frame to frame, so its optimiser must have no memory.
VARIED = (*(name for name in SETTINGS if name != "dataset" and name not in DEFAULTS), "learning_rate")


@dataclass(frozen=True)
class Film:
    """Two arms, cells of one run each. title and reason: language → text. differ: names of the settings that differ."""

    id: str
    title: Mapping[str, str]
    reason: Mapping[str, str]
    differ: tuple[str, ...]
    arms: tuple[Cell, Cell]

    @property
    def shared_layers(self) -> int:
        """How many layers, from the inputs on, begin with the same weights in both arms."""
        one, other = (arm.architecture for arm in self.arms)
        if one.initialisation != other.initialisation:
            return 0
        pairs = list(zip(one.shapes, other.shapes, strict=False))
        return next((i for i, (shape, wanted) in enumerate(pairs) if shape != wanted), len(pairs))


def read(path: str | Path) -> dict[str, Film]:
    """The films of a file, by id; InputError that lists every mistake in it."""
    return parse(checking.read_text(path), str(path))


def parse(text: str, where: str) -> dict[str, Film]:
    """The films of YAML text. where: what messages call it."""
    value = checking.check(text, where, checking.load_schema("film"), NAMES, _refusals)
    return {entry["id"]: _film(entry) for entry in value["films"]}


def _film(entry: dict) -> Film:
    differ = tuple(name for name in VARIED if name in entry["arms"][0])
    arms = tuple(_cell(entry["id"], entry["both"] | arm) for arm in entry["arms"])
    return Film(entry["id"], entry["title"], entry["reason"], differ, arms)


def _cell(id: str, settings: dict) -> Cell:
    return Cell(
        experiment=id,
        **{name: convert(name, settings[name]) for name in SETTINGS if name in settings},
        learning_rates=(float(settings["learning_rate"]),),
        seeds=(int(settings["seed"]),),
        training=Training(epochs=int(settings["epochs"]), record=1, probes=("units",)),
    )


# Names and refusals: what is well formed and yet no film. Each refusal is a place and the sentence about it. ----------


def _plane(name: str) -> None:
    def suits(name: str) -> bool:
        return data.sizes(name).classes == 2 == data.sizes(name).features

    if name not in data.DATASETS or not suits(name):
        raise ValueError(unknown("data set of points in the plane", name, filter(suits, data.DATASETS)))


NAMES = NAME_CHECKS | {"plane": _plane}


def _refusals(value: dict, mistakes: list[Mistake]) -> Iterator[Mistake]:
    if mistakes:
        return
    yield from checking.repeated_ids("films", value["films"])
    for i, entry in enumerate(value["films"]):
        both, (one, other) = entry["both"], entry["arms"]
        for name in VARIED:
            places = [place for place, part in (("both", both), ("arms", one), ("arms", other)) if name in part]
            if not places:
                yield ("films", i), f'the setting "{name}" is missing: give it in both, or in each of the arms.'
            elif places not in (["both"], ["arms", "arms"]):
                yield ("films", i, "arms"), f'the setting "{name}" belongs in both, or else in each of the two arms.'
            elif "both" not in places and one[name] == other[name]:
                yield ("films", i, "arms"), f'the setting "{name}" is the same in both arms. Move it to both.'
        samples = data.sizes(both["dataset"]).train
        sizes = [part.get("batch_size", 1) for part in (both, one, other)]
        if any(size != FULL and size > samples for size in sizes):
            yield ("films", i), f"a batch is larger than the {samples} training samples. Write full for all of them."
