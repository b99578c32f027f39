"""The kinds of settings.

Each kind reads its values from configurations, orders them, and writes them for claims, tables and paths.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from ontrial import data
from ontrial.nn import ACTIVATIONS
from ontrial.nn.objectives import LEGAL
from ontrial.nn.optimisers import OPTIMISERS

OWN = "own"  # initialisation: the default of the activation
FULL = "full"  # batch size: all training samples
STANDARD = "standard"  # training samples: the standard number of the data set
NONE = "none"  # bound: none
ALL = "all"  # training samples: all that are available


class CellSettings(Protocol):
    """The settings that the meaning of another may depend on: those of a cell, or a row of a table."""

    @property
    def dataset(self) -> str:
        """Name of the data set."""

    @property
    def activation(self) -> str:
        """Name of the activation."""

    @property
    def optimiser(self) -> str:
        """Name of the optimiser."""

    @property
    def training_sample_count(self) -> int:
        """Number of training samples, which only cells have."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A setting whose values are names.

    A value has three forms: that of cells, that of claims (a word or a number), and its meaning in a cell, which is the
    form of tables.

    folder: Prefix of the value in a path.
    default: Value if a configuration lacks the key. None if the key is required.
    usual: Value, in the form of claims, of figures and sentences that name none. Default: `default`.
    sparse: Whether files leave the setting out where nothing but its default occurs, so that a new setting does not
        change files of older studies: a column of a run file or table, a key of a cell.
    """

    folder: str = ""
    default: Any = None
    usual: Any = None
    sparse: bool = False
    is_numeric: ClassVar[bool] = False
    columns: ClassVar[tuple[str, ...]] = ()  # of tables; empty for a single one with the name of the setting
    column_type: ClassVar[str] = "word"  # in published.schema.yaml
    steps: ClassVar[int | None] = None

    def __post_init__(self) -> None:
        if self.usual is None:
            object.__setattr__(self, "usual", self.default)

    def parse(self, value: Any) -> Any:
        """Return the cell's form of a value in a configuration."""
        return value

    def plain(self, value: Any) -> Any:
        """Return the claims' form of a value of a cell."""
        return value

    def meaning(self, value: Any, settings: CellSettings) -> Any:
        """Return the meaning of a value of a cell or a claim, given the other settings of the cell."""
        return self.plain(value)

    def in_path(self, value: Any, settings: CellSettings) -> str:
        """Return the folder for a value of a cell, "" for the default."""
        return "" if value == self.default else self.folder + str(self.plain(value)).replace("+", "/")

    def ordered(self, values: Iterable[Any]) -> list[Any]:
        """Return values of claims in the order of pages. Names stay in the order of the configuration."""
        return list(values)


class Initialisations(Setting):
    """Initialisations. In cells, "own" is replaced by the default of the activation."""

    def meaning(self, value: Any, settings: CellSettings) -> str:
        """Return the initialisation, for "own" the default of the activation."""
        return resolve_own(value, settings.activation)


class ObjectiveName(str):
    """An output and a loss joined by +.

    >>> ObjectiveName.of("softmax", "mse"), ObjectiveName("softmax+mse").parts
    ('softmax+mse', ('softmax', 'mse'))
    """

    __slots__ = ()

    @classmethod
    def of(cls, output: str, loss: str) -> "ObjectiveName":
        """Return the name of an objective."""
        return cls(f"{output}+{loss}")

    @property
    def parts(self) -> tuple[str, str]:
        """The names of the output and the loss."""
        output, _, loss = self.partition("+")
        return output, loss

    @property
    def output(self) -> str:
        """The name of the output."""
        return self.parts[0]

    @property
    def loss(self) -> str:
        """The name of the loss."""
        return self.parts[1]


OBJECTIVES = tuple(ObjectiveName.of(output, loss) for output, losses in LEGAL.items() for loss in losses)


class Objectives(Setting):
    """Objectives. Tables have a column for the output and one for the loss."""

    columns = ("output", "loss")

    def parse(self, value: Any) -> ObjectiveName:
        """Return the name of an objective."""
        return ObjectiveName(value)


class Widths(Setting):
    """Widths of the hidden layers. () and "none" mean that there are none.

    >>> widths = Widths()
    >>> cell_form = widths.parse([32, 32])
    >>> cell_form, widths.plain(cell_form), widths.plain(())
    ((32, 32), '32-32', 'none')
    >>> widths.ordered(["64", "8-8", "none", "16"])
    ['none', '16', '64', '8-8']
    """

    column_type = "widths"

    def parse(self, value: Any) -> tuple[int, ...]:
        """Return the list of a configuration as a tuple."""
        return tuple(map(int, value))

    def plain(self, value: Any) -> str:
        """Return widths as text. A claim may give a single width as a number."""
        return widths_text(value) if isinstance(value, tuple) else str(value)

    def ordered(self, values: Iterable[Any]) -> list[Any]:
        """Return values sorted by number of layers, then by widths."""
        return sorted(values, key=lambda text: (len(read_widths(text)), read_widths(text)))


@dataclass(frozen=True, kw_only=True)
class Numeric(Setting):
    """Numbers, along which claims can have slopes.

    steps: Number of a slope's steps per difference of 1. None makes each doubling one step.
    """

    steps: int | None = None  # type: ignore[misc]
    is_numeric = True
    column_type = "amount"

    def parse(self, value: Any) -> float:
        """Return a number, which may be written as an integer."""
        return float(value)

    def ordered(self, values: Iterable[Any]) -> list[Any]:
        """Return values in ascending order."""
        return sorted(values)


class WholeNumbers(Numeric):
    """Whole numbers, along which claims can have slopes."""

    column_type = "count"

    def parse(self, value: Any) -> int:
        """Return a number, which may be written as 5.0."""
        return int(value)


class Shares(Numeric):
    """Numbers from 0 to 1."""

    column_type = "share"


class Momenta(Shares):
    """Momenta, which are part of a path only if the optimiser uses them."""

    def in_path(self, value: Any, settings: CellSettings) -> str:
        """Return the folder, "" if the optimiser uses no momentum."""
        return super().in_path(value, settings) if OPTIMISERS[settings.optimiser].uses_momentum else ""


class Bounds(Setting):
    """Upper bounds: numbers above 0, or "none". They are text in tables, as in "0.5".

    >>> Bounds().ordered(["none", 10, "0.5"])
    ['0.5', 10, 'none']
    """

    column_type = "bound"

    def parse(self, value: Any) -> float | str:
        """Return "none", or a number, which may be written as an integer."""
        return value if value == NONE else float(value)

    def meaning(self, value: Any, settings: CellSettings) -> str:
        """Return a value as text."""
        return value if isinstance(value, str) else f"{value:g}"

    def ordered(self, values: Iterable[Any]) -> list[Any]:
        """Return numbers, which may be text, in ascending order, then "none"."""
        return sorted(values, key=lambda value: float("inf") if value == NONE else float(value))


class SampleCounts(Setting):
    """Numbers of samples, or words for them."""

    is_numeric = True
    column_type = "count"
    words: ClassVar[tuple[str, ...]]

    def parse(self, value: Any) -> int | str:
        """Return a word, or a number, which may be written as 32.0."""
        return value if isinstance(value, str) else int(value)

    def ordered(self, values: Iterable[Any]) -> list[Any]:
        """Return numbers in ascending order, then words."""
        return sorted(values, key=lambda value: (self.words.index(value) + 1, 0) if value in self.words else (0, value))


class TrainingSamples(SampleCounts):
    """Numbers of training samples."""

    words = (STANDARD, ALL)

    def meaning(self, value: Any, settings: CellSettings) -> int:
        """Return the number of samples, which for a word depends on the data set."""
        return sample_words(settings.dataset).get(value, value)


class BatchSizes(SampleCounts):
    """Numbers of samples in a batch.

    >>> BatchSizes().ordered(["full", 128, 1])
    [1, 128, 'full']
    """

    words = (FULL,)

    def meaning(self, value: Any, settings: CellSettings) -> int:
        """Return the number of samples; for "full", all training samples."""
        return settings.training_sample_count if value == FULL else value


def widths_text(widths: Iterable[int]) -> str:
    """Return widths of hidden layers as text for claims, tables and paths: "32-32", or "none".

    >>> widths_text((32, 16)), read_widths("32-16"), depth("32-16")
    ('32-16', (32, 16), 2)
    """
    return "-".join(map(str, widths)) or "none"


def read_widths(text: str) -> tuple[int, ...]:
    """Return the widths of hidden layers that `widths_text` wrote."""
    return () if text == "none" else tuple(map(int, text.split("-")))


def depth(hidden: str) -> int:
    """Return the number of hidden layers of "32-32" (2) or "none" (0)."""
    return len(read_widths(hidden))


def sample_words(dataset: str) -> dict[str, int]:
    """Return the numbers of training samples that words mean for a data set.

    >>> sample_words("moons")
    {'standard': 640, 'all': 640}
    """
    sizes = data.sizes(dataset)
    return {STANDARD: sizes.train, ALL: sizes.available}


def resolve_own(initialisation: str, activation: str) -> str:
    """Return an initialisation, for "own" the default of the activation."""
    return ACTIVATIONS[activation].initialisation if initialisation == OWN else initialisation
