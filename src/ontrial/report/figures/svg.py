"""A smaller SVG that looks the same: a site has hundreds of figures, and Matplotlib writes for readers of the file."""

import re
from xml.etree import ElementTree

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
GROUP, LINK = f"{{{SVG}}}g", f"{{{XLINK}}}href"
NUMBER = re.compile(r"-?\d+\.\d+")
COMMAND = re.compile(r"\s*([A-Za-z])\s*")  # of a path
DOT = re.compile(r"M([^A-Za-z]+)L\1(?![^A-Za-z])")  # a line without length
REFERENCE = re.compile(r"(?<=^#)[^)]+|(?<=url\(#)[^)]+")
# A group's opacity is that of the whole, and Matplotlib's style sheet sets the others for every element.
NOT_INHERITED = re.compile(r"(^|; )(opacity|stroke-linejoin|stroke-linecap):")


def compact(svg: bytes) -> bytes:
    """Return an SVG with short names, hundredths of a point, no blanks, and styles that groups share written once."""
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(svg)
    names: dict[str, str] = {}
    for element in root.iter():
        element.tail = None
        if element.text and element.text.isspace():
            element.text = None
        if element.tag == GROUP:
            element.attrib.pop("id", None)  # nothing refers to groups
            share_style(element)
        for name, value in element.items():
            element.set(name, shortened(name, value, names))
    return ElementTree.tostring(root)


def share_style(group: ElementTree.Element) -> None:
    """Move the style that all members of a group have to the group, from where they inherit it."""
    styles = {member.get("style") for member in group}
    if len(styles) == 1 and None not in styles and "style" not in group.attrib:
        (style,) = styles
        if not NOT_INHERITED.search(style):
            group.set("style", style)
            for member in group:
                del member.attrib["style"]


def shortened(attribute: str, value: str, names: dict[str, str]) -> str:
    """Return the value of an attribute in fewer letters; `names` maps the long names so far to short ones."""

    def short(name: str) -> str:
        return names.setdefault(name, f"a{len(names)}")

    if attribute == "id":
        return short(value)
    if attribute in (LINK, "clip-path", "style"):
        return REFERENCE.sub(lambda found: short(found[0]), value)
    if attribute in ("x", "y") or (
        attribute == "transform" and "scale" not in value
    ):  # a scale multiplies what it loses
        return NUMBER.sub(hundredths, value)
    if attribute == "d":
        return DOT.sub(r"M\1h0", COMMAND.sub(r"\1", NUMBER.sub(hundredths, value)))
    return value


def hundredths(number: re.Match) -> str:
    """Return a number rounded to two decimals, without zeros at its end."""
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
