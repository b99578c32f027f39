"""A study's own parts of networks: functions in a Python file that the study names under `components`.

A decorator of `ontrial.components` says what a function is. What a file has is read from its text. Its code runs when a
network first uses a part, and when `require_sound` checks them.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy import ndarray

from ontrial.errors import InputError, unknown
from ontrial.nn import ACTIVATIONS, INITIALISATIONS, LOSSES, OPTIMISERS, OUTPUTS, soundness
from ontrial.nn.activations import Activation
from ontrial.nn.losses import Loss, batch_mean
from ontrial.nn.optimisers import Optimiser
from ontrial.nn.schedules import SCHEDULES
from ontrial.study import own_code

T = TypeVar("T")
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
RESERVED = {"own", "tuned"}.union(ACTIVATIONS, INITIALISATIONS, LOSSES, OPTIMISERS, OUTPUTS, SCHEDULES)
MEAN = "_mean"  # starts the suffix of an initialisation
NUMBERS = ("mu", "t")  # parameters of optimisers that are numbers; all further ones are arrays that they keep
OUT = "out"  # parameter for the array to fill, which is optional


class Signature(NamedTuple):
    """A function of a file.

    parameters: Names of its parameters without a default, apart from `out`.
    takes_out: Whether it has a parameter `out`.
    """

    name: str
    line: int
    parameters: tuple[str, ...]
    takes_out: bool
    description: str


class Component(NamedTuple):
    """A part of networks in a file: its kind, its function, and what its declaration says.

    partner: Function that the declaration names, such as the derivative.
    attributes: Constants in the declaration, by name. What is no constant is None.
    """

    kind: str
    function: Signature
    partner: Signature | None
    attributes: dict[str, Any]


class ComponentsFile(NamedTuple):
    """A file with parts of networks, by name."""

    path: str
    sha256: str
    components: dict[str, Component]


class PartKind(NamedTuple):
    """A kind of part, which a decorator of its name in `ontrial.components` declares.

    parameters: Names of the parameters of its function, as in `ontrial.nn`.
    registry: The engine's registry.
    build: Function that returns the entry of the registry for a part of a file.
    problems: Function that yields what is wrong with such an entry.
    partner: Argument of the declaration that names the function that belongs to it; "" if there is none.
    partner_parameters: Names of the parameters of that function.
    attributes: Function for each further argument of it, which returns what is wrong with a value, or None.
    is_open: Whether the function may have more parameters.
    """

    parameters: tuple[str, ...]
    registry: dict[str, Any]
    build: Callable[[ComponentsFile, Component], Any]
    problems: Callable[[Any], Iterator[soundness.Problem]]
    partner: str = ""
    partner_parameters: tuple[str, ...] = ()
    attributes: Mapping[str, Callable[[Any], str | None]] = {}
    is_open: bool = False

    def takes(self, parameters: tuple[str, ...]) -> bool:
        """Return whether a function with these parameters can be a part of this kind."""
        return parameters[: len(self.parameters)] == self.parameters and (self.is_open or parameters == self.parameters)

    def call(self, name: str) -> str:
        """Return the call of a function of this kind, for messages."""
        return f"{name}({', '.join(self.parameters)}{', …' if self.is_open else ''})"


OWN: dict[str, ComponentsFile] = {}  # files by names of the parts that are defined now


def read_components(path: str, sha256: str | None = None) -> ComponentsFile:
    """Return the parts that a file has, without running it. Raises InputError with every mistake in its text.

    sha256: SHA-256 that the file had. Raises InputError if it has changed.
    """
    if sha256 is not None:
        own_code.require_unchanged(path, sha256)
    module, sha256 = own_code.read_code(path)
    nodes = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    components: dict[str, Component] = {}
    mistakes = []
    for name, node in nodes.items():
        for kind, declaration in _declarations(node):
            if name in components:
                mistakes.append(f"{path}:{node.lineno}: {name}: it is declared twice.")
            components[name] = _component(path, node, kind, declaration, nodes)
            mistakes += [f"{path}:{node.lineno}: {name}: {each}" for each in _mistakes(name, components[name])]
    if not components:
        mistakes.append(f"{path}: no function is declared as a part of networks. {_forms()}")
    if mistakes:
        raise InputError("\n".join(mistakes))
    return ComponentsFile(path, sha256, components)


def _declarations(node: ast.FunctionDef) -> Iterator[tuple[str, ast.Call]]:
    """Yield the kind and the call of each declaration of a function, such as `@activation(…)`."""
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else ast.Call(decorator, [], [])
        match call.func:
            case ast.Name(kind) | ast.Attribute(_, kind) if kind in KINDS:
                yield kind, call


def _component(
    path: str, node: ast.FunctionDef, kind: str, declaration: ast.Call, nodes: Mapping[str, ast.FunctionDef]
) -> Component:
    """Return the part that a function is by its declaration.

    nodes: All functions of the file.
    """
    arguments = {argument.arg or "**": argument.value for argument in declaration.keywords}
    named = arguments.pop(KINDS[kind].partner, None)
    partner = nodes.get(named.id) if isinstance(named, ast.Name) else None
    constants = {name: value.value if isinstance(value, ast.Constant) else None for name, value in arguments.items()}
    return Component(kind, _function(path, node), _function(path, partner) if partner else None, constants)


def _function(path: str, node: ast.FunctionDef) -> Signature:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    without_default = positional[: len(positional) - len(arguments.defaults)]
    names = tuple(parameter.arg for parameter in without_default if parameter.arg != OUT)
    takes_out = any(parameter.arg == OUT for parameter in (*positional, *arguments.kwonlyargs))
    description = own_code.description(node, f"{path}:{node.lineno}: {node.name}")
    return Signature(node.name, node.lineno, names, takes_out, description)


def _declaration(kind: str) -> str:
    """Return the declaration of a part, for messages: `@activation(derivative=…, initialisation=…)`."""
    each = KINDS[kind]
    arguments = ", ".join(f"{name}=…" for name in (each.partner, *each.attributes) if name)
    return f"@{kind}({arguments})" if arguments else f"@{kind}"


def _forms() -> str:
    forms = "; ".join(f"{_declaration(kind)} above {each.call('mine')}" for kind, each in KINDS.items())
    return f"Import declarations from ontrial.components, and write: {forms}."


def _mistakes(name: str, component: Component) -> Iterator[str]:
    kind = KINDS[component.kind]
    if not NAME.fullmatch(name):
        yield "a name has lower-case letters, digits and _, and starts with a letter (at most 60 characters)."
    if component.kind == "initialisation" and MEAN in name:
        yield f"{MEAN} in its name would start a mean of the weights, as in he{MEAN}-8."
    if name in RESERVED:
        yield "this name has another meaning. Choose a different one."
    if not component.function.description:
        yield "the docstring is missing. Pages show its first line."
    if not kind.takes(component.function.parameters):
        given = ", ".join(component.function.parameters)
        yield f"its parameters are ({given}). Write {kind.call(name)}."
    partner = component.partner
    if kind.partner and partner is None:
        yield f"its {kind.partner} is missing. Name a function of this file: {_declaration(component.kind)}."
    elif partner and partner.parameters != kind.partner_parameters:
        given, wanted = (", ".join(each) for each in (partner.parameters, kind.partner_parameters))
        yield f"its {kind.partner} has the parameters ({given}). Write {partner.name}({wanted})."
    for attribute, check in kind.attributes.items():
        if attribute not in component.attributes:
            yield f"its {attribute} is missing. Write {_declaration(component.kind)}."
        elif problem := check(component.attributes[attribute]):
            yield f"{attribute}: {problem}"
    for attribute in component.attributes.keys() - kind.attributes.keys():
        yield unknown("argument", attribute, filter(None, [kind.partner, *kind.attributes]))


def define(file: ComponentsFile) -> None:
    """Register the parts of a file by name, replacing others of these names. No code runs before one is used."""
    for name, component in file.components.items():
        if OWN.get(name) != file:
            own_code.load.cache_clear()
            _load.cache_clear()
            if old := OWN.get(name):
                del KINDS[old.components[name].kind].registry[name]
            OWN[name] = file
            kind = KINDS[component.kind]
            kind.registry[name] = kind.build(file, component)


def forget() -> None:
    """Remove the parts that are defined from the engine's registries."""
    for name, file in OWN.items():
        del KINDS[file.components[name].kind].registry[name]
    OWN.clear()


def of_package(registry: Mapping[str, T]) -> dict[str, T]:
    """Return the entries of one of the engine's registries that are not the study's own."""
    return {name: entry for name, entry in registry.items() if name not in OWN}


def used(names: Iterable[str]) -> ComponentsFile | None:
    """Return the file that defines one of these names; None if they are all of the package."""
    return next((OWN[name] for name in names if name in OWN), None)


def require_sound(file: ComponentsFile) -> None:
    """Run a file and check its parts. Raises InputError, which says where they are wrong and what to do."""
    mistakes = [*_unsound(file)]
    if mistakes:
        raise InputError("\n".join(mistakes))


def _unsound(file: ComponentsFile) -> Iterator[str]:
    _load(file.path, file.sha256)
    for name, component in file.components.items():
        kind = KINDS[component.kind]
        try:
            for problem in kind.problems(kind.build(file, component)):
                function = component.partner if problem.function == kind.partner else component.function
                assert function is not None
                yield f"{file.path}:{function.line}: {function.name} {problem.sentence}"
        except (Exception, SystemExit) as error:
            place = own_code.place(file.path, error)
            yield f"{place}: {name} can't be checked: {own_code.reason(error)}"


@cache
def _load(path: str, sha256: str) -> Mapping[str, Callable[..., Any]]:
    """Run a file and return what it defines. Raises InputError if that is no longer the file that was read."""
    own_code.require_unchanged(path, sha256)
    return own_code.load(path)


def _elementwise(file: ComponentsFile, function: Signature) -> Callable[..., ndarray]:
    """Return a function of a file with the parameter `out` that the engine passes."""
    count = len(function.parameters)

    def call(*arrays: ndarray | None, out: ndarray | None = None) -> ndarray:
        out = arrays[count] if len(arrays) > count else out
        own = _load(file.path, file.sha256)[function.name]
        if function.takes_out:
            return own(*arrays[:count], out=out)
        values = own(*arrays[:count])
        if out is None:
            return values
        out[...] = values
        return out

    return call


def _activation(file: ComponentsFile, component: Component) -> Activation:
    assert component.partner is not None
    function, derivative = (_elementwise(file, each) for each in (component.function, component.partner))
    return Activation(function, derivative, component.attributes["initialisation"])


def _number(file: ComponentsFile, component: Component) -> Callable[..., float]:
    """Return a function of a file that returns a number, as Python's own: NumPy's would make float32 arrays float64."""
    return lambda *arguments: float(_load(file.path, file.sha256)[component.function.name](*arguments))


def _optimiser(file: ComponentsFile, component: Component) -> Optimiser:
    _, _, _, *others = component.function.parameters
    own_arrays = [name for name in others if name not in NUMBERS]

    def rule(theta: ndarray, g: ndarray, eta: ndarray, mu: float, t: int, *arrays: ndarray) -> None:
        values = {"mu": mu, "t": t, **dict(zip(own_arrays, arrays, strict=True))}
        own = _load(file.path, file.sha256)[component.function.name]
        return own(theta, g, eta, *(values[name] for name in others))

    decoupled = component.attributes["decoupled"]
    return Optimiser(rule, len(own_arrays), uses_momentum="mu" in others, decoupled=decoupled)


def _loss(file: ComponentsFile, component: Component) -> Loss:
    assert component.partner is not None
    name, partner = component.function.name, component.partner.name

    def value(prediction: ndarray, target: ndarray) -> ndarray:
        terms = _load(file.path, file.sha256)[name](prediction, target)
        if np.shape(terms) != prediction.shape:
            form = f"an array of shape {np.shape(terms)} for predictions of shape {prediction.shape}"
            raise ValueError(f"it returns {form}. Return one term for each.")
        return batch_mean(terms)

    def gradient(prediction: ndarray, target: ndarray, out: ndarray | None = None) -> ndarray:
        slopes = _load(file.path, file.sha256)[partner](prediction, target)
        return np.divide(slopes, prediction.shape[1], out=out)

    return Loss(value, gradient, component.attributes["of_numbers"])


def _unknown_initialisation(name: object) -> str | None:
    known = of_package(INITIALISATIONS)
    return None if isinstance(name, str) and name in known else unknown("initialisation", name, known)


def _not_boolean(value: object) -> str | None:
    return None if isinstance(value, bool) else f"{value!r} is not True or False."


KINDS = {
    "activation": PartKind(
        parameters=("z",),
        registry=ACTIVATIONS,
        build=_activation,
        problems=soundness.activation_problems,
        partner="derivative",
        partner_parameters=("z", "a"),
        attributes={"initialisation": _unknown_initialisation},
    ),
    "loss": PartKind(
        parameters=("prediction", "target"),
        registry=LOSSES,
        build=_loss,
        problems=soundness.loss_problems,
        partner="gradient",
        partner_parameters=("prediction", "target"),
        attributes={"of_numbers": _not_boolean},
    ),
    "optimiser": PartKind(
        parameters=("theta", "g", "eta"),
        registry=OPTIMISERS,
        build=_optimiser,
        problems=soundness.optimiser_problems,
        attributes={"decoupled": _not_boolean},
        is_open=True,
    ),
    "initialisation": PartKind(
        parameters=("n_in", "n_out"),
        registry=INITIALISATIONS,
        build=_number,
        problems=soundness.initialisation_problems,
    ),
    "schedule": PartKind(
        parameters=("share",),
        registry=SCHEDULES,
        build=_number,
        problems=soundness.schedule_problems,
    ),
}
