"""Measure SVGs from Matplotlib, and make their files smaller without changing their look: a site has hundreds."""

import itertools
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from xml.etree import ElementTree

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
GROUP, USE, LINK = f"{{{SVG}}}g", f"{{{SVG}}}use", f"{{{XLINK}}}href"
NUMBER = re.compile(r"-?\d+\.\d+")
TOKEN = re.compile(r"[A-Za-z]|-?[\d.]+(?:e-?\d+)?")  # command of a path, or number
GRAIN = 10  # grains per point, to which coordinates are rounded
LETTER, COARSER = "scale(0.015625)", "scale(0.125)"  # of letters, and of those with coordinates divided by COARSE
COARSE = 8
LEADING_ZERO = re.compile(r"^(-?)0\.")
NUMBERS = {"M": 2, "L": 2, "Q": 4, "C": 6}  # of each command
PLACE = re.compile(r"translate\((\S+) (\S+)\)")
VIEW_BOX = re.compile(rb'<svg[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)"')
STEP = re.compile(r"step-(\d+)")
REFERENCE = re.compile(r"(?<=^#)[^)]+|(?<=url\(#)[^)]+")
# Opacity on a group applies to the whole group, and Matplotlib's style sheet sets the other two on every element.
NOT_INHERITED = re.compile(r"(^|; )(opacity|stroke-linejoin|stroke-linecap):")


def size(svg: bytes) -> tuple[float, float]:
    """Return the width and height of an SVG in CSS pixels. The file has them in points."""
    view_box = VIEW_BOX.search(svg)
    if view_box is None:
        raise ValueError("The SVG has no viewBox.")
    width, height = map(float, view_box.groups())
    return width * 4 / 3, height * 4 / 3


def compact(svg: bytes) -> bytes:
    """Return an SVG with short ids, one decimal and no white space. A style shared by a group is written once.

    Artists with the gid "step-3" appear with the third step, see `_show_by_steps`.
    """
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(svg)
    ids: dict[str, str] = {}
    steps: dict[int, list[ElementTree.Element]] = {}
    for element in root.iter():
        element.tail = None
        if element.text and element.text.isspace():
            element.text = None
        if element.tag == GROUP:
            if step := STEP.fullmatch(element.attrib.pop("id", "")):  # nothing refers to groups
                steps.setdefault(int(step[1]), []).append(element)
            _share_style(element)
        is_letter = element.get("transform") == LETTER and "d" in element.attrib
        if is_letter:
            element.set("transform", COARSER)
        if element.tag == USE and (place := PLACE.fullmatch(element.get("transform", ""))):
            del element.attrib["transform"]
            element.attrib |= dict(zip("xy", place.groups(), strict=True))
        for name, value in element.items():
            if name != "d":
                element.set(name, _shortened(name, value, ids))
            else:
                element.set(name, _letter(value) if is_letter else _path(value, GRAIN))
        for name in "xy":
            if element.tag == USE and element.get(name) == "0":
                del element.attrib[name]
        if LINK in element.attrib:
            element.set("href", element.attrib.pop(LINK))
    _name_styles(root)
    if steps:
        _show_by_steps(root, steps)
    return ElementTree.tostring(root).replace(b" />", b"/>")


def _show_by_steps(root: ElementTree.Element, steps: dict[int, list[ElementTree.Element]]) -> None:
    """Let the address of a picture choose the last step that it shows: `figure.svg#step-2`. Without, it shows all.

    steps: Groups that appear with each step.
    """
    for step, groups in steps.items():
        for group in groups:
            group.set("class", f"{group.get('class', '')} step-{step}".strip())
    pairs = itertools.combinations(sorted(steps), 2)
    later = ",".join(f"#step-{step}:target~g .step-{other}" for step, other in pairs)
    style = ElementTree.Element(f"{{{SVG}}}style")
    style.text = f"{later}{{display:none}}"
    root[:0] = [style, *(ElementTree.Element(GROUP, id=f"step-{step}") for step in sorted(steps))]


def _share_style(group: ElementTree.Element) -> None:
    """Move a style to the group if all its members have it. They then inherit it."""
    styles = {member.get("style") for member in group}
    if len(styles) != 1 or "style" in group.attrib:
        return
    (style,) = styles
    if style is not None and not NOT_INHERITED.search(style):
        group.set("style", style)
        for member in group:
            del member.attrib["style"]


def _name_styles(root: ElementTree.Element) -> None:
    """Write each style that several elements have once, with their clipping path, as a class in the style sheet."""
    sheet = root.find(f".//{{{SVG}}}style")
    if sheet is None:
        return
    styled: dict[tuple[str, str], list[ElementTree.Element]] = {}
    for element in root.iter():
        if style := element.get("style"):
            styled.setdefault((style, element.get("clip-path", "")), []).append(element)
    for (style, clip), elements in styled.items():
        if len(elements) > 1:
            name = f"s{len(sheet.text or '')}"
            sheet.text = f"{sheet.text or ''}.{name}{{{style}{f'; clip-path: {clip}' if clip else ''}}}"
            for element in elements:
                del element.attrib["style"]
                element.attrib.pop("clip-path", None)
                element.set("class", name)


def _shortened(attribute: str, value: str, ids: dict[str, str]) -> str:
    """Return a shorter value of an attribute.

    ids: Short ids by long id, to which new ones are added.
    """

    def short(id: str) -> str:
        return ids.setdefault(id, f"a{len(ids)}")

    if attribute == "id":
        return short(value)
    if attribute in (LINK, "clip-path", "style"):
        return REFERENCE.sub(lambda match: short(match[0]), value)
    if attribute in ("x", "y") or (attribute == "transform" and "scale" not in value):  # which multiplies the error
        return NUMBER.sub(lambda number: _one_decimal(float(number[0])), value)
    return value


@cache  # most paths are letters, the same ones in every figure
def _letter(data: str) -> str:
    """Return the path of a letter, with coordinates divided by COARSE."""
    return _path(data, 1 / COARSE)


@lru_cache(1024)  # curves are often the same in each language
def _path(data: str, grain: float) -> str:
    """Return a path of absolute M, L, Q, C and Z as relative commands, which have fewer digits.

    grain: Grains per unit. Each point is at the grain that is nearest to it, so errors do not add up.
    """
    written, command, last = "", "", ""
    numbers: list[float] = []
    here = start = (0, 0)
    for token in TOKEN.findall(data):
        if token in "Zz":
            written, here, last = f"{written}z", start, ""
        elif token.isalpha():
            command, numbers = token, []
        else:
            numbers.append(float(token))
            if len(numbers) < NUMBERS[command]:
                continue
            points = [(round(x * grain), round(y * grain)) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
            text = _relative(points, here, max(grain, 1))
            letter = command.lower()
            if (letter, text) == ("l", "0 0"):
                letter, text = "h", "0"  # a line of zero length, which shows only its caps
            is_same = letter == last or (last, letter) == ("m", "l")
            written += text if is_same and text[0] == "-" else f"{' ' if is_same else letter}{text}"
            here, last, numbers = points[-1], letter, []
            if command == "M":
                start = here
    return written


def _relative(points: Iterable[tuple[int, int]], here: tuple[int, int], unit: float) -> str:
    """Return the way to each point from one, in units of several grains, with a space only before what has no sign."""
    text = ""
    for number in itertools.chain.from_iterable((x - here[0], y - here[1]) for x, y in points):
        step = LEADING_ZERO.sub(r"\1.", _one_decimal(number / unit))
        text += step if not text or step[0] == "-" else f" {step}"
    return text


def _one_decimal(number: float) -> str:
    """Return a number rounded to one decimal, without a trailing zero."""
    return f"{number:.1f}".removesuffix(".0")
