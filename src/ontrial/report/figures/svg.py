"""Measure SVGs from Matplotlib, and make their files smaller without changing their look: a site has hundreds."""

import re
from xml.etree import ElementTree

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
GROUP, LINK = f"{{{SVG}}}g", f"{{{XLINK}}}href"
NUMBER = re.compile(r"-?\d+\.\d+")
COMMAND = re.compile(r"\s*([A-Za-z])\s*")  # letter of a command in a path
DOT = re.compile(r"M([^A-Za-z]+)L\1(?![^A-Za-z])")  # a line of zero length, which shows only its caps
VIEW_BOX = re.compile(rb'<svg[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)"')
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
    """Return an SVG with short ids, two decimals and no white space. A style shared by a group is written once."""
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(svg)
    ids: dict[str, str] = {}
    for element in root.iter():
        element.tail = None
        if element.text and element.text.isspace():
            element.text = None
        if element.tag == GROUP:
            element.attrib.pop("id", None)  # nothing refers to groups
            share_style(element)
        for name, value in element.items():
            element.set(name, shortened(name, value, ids))
    return ElementTree.tostring(root)


def share_style(group: ElementTree.Element) -> None:
    """Move a style to the group if all its members have it. They then inherit it."""
    styles = {member.get("style") for member in group}
    if len(styles) != 1 or "style" in group.attrib:
        return
    (style,) = styles
    if style is not None and not NOT_INHERITED.search(style):
        group.set("style", style)
        for member in group:
            del member.attrib["style"]


def shortened(attribute: str, value: str, ids: dict[str, str]) -> str:
    """Return a shorter value of an attribute.

    ids: Short ids by long id, to which new ones are added.
    """

    def short(id: str) -> str:
        return ids.setdefault(id, f"a{len(ids)}")

    if attribute == "id":
        return short(value)
    if attribute in (LINK, "clip-path", "style"):
        return REFERENCE.sub(lambda match: short(match[0]), value)
    if attribute in ("x", "y"):
        return NUMBER.sub(hundredths, value)
    if attribute == "transform" and "scale" not in value:  # a scale would multiply the rounding error
        return NUMBER.sub(hundredths, value)
    if attribute == "d":
        return DOT.sub(r"M\1h0", COMMAND.sub(r"\1", NUMBER.sub(hundredths, value)))
    return value


def hundredths(number: re.Match) -> str:
    """Return a number rounded to two decimals, without trailing zeros."""
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
