"""Write the content of a page as Markdown, for programs that read: without scripts, controls and navigation.

The marks are those of https://spec.commonmark.org; tables, formulas and lists of definitions are those of pandoc.
"""

import re
import textwrap
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "source", "wbr"}
BLOCKS = {"article", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "legend", "p", "section"}
LEFT_OUT = {"button", "form", "label", "noscript", "script", "select", "style", "svg", "template"}
CLASSES_LEFT_OUT = {"headerlink", "only-dark"}  # links of headings to themselves, and figures in other colours again
TITLES = {"admonition-title", "caption", "summary"}  # elements and a class, in bold
MARKS = {"b": "**", "strong": "**", "em": "*", "i": "*"}
SPACE = re.compile(r"[ \t\r\n]+")
SPECIAL = re.compile(r"[\\`*<$]|(?<![^\W_])_|_(?![^\W_])|\](?=[(\[:]|\Z)|!\Z|#(?=[# ]*\Z)|&(?=#?\w+;)")
START = re.compile(r"^(\d*)(>|[-+#.)=](?=[\s#=-]|$)|~(?=~~))", re.MULTILINE)  # of a heading, a list, a quotation …
FORMULA = re.compile(r"\s*\\([(\[])(.*)\\[)\]]\s*", re.DOTALL)
PAGE = re.compile(r"\A(?!\w+:)([^#?]*)\.html(?=[#?]|\Z)")  # of this site
NUMBERS = re.compile(r"\[CSV\]\([^)]*\)")  # in the menu of a figure


def path_of(page: str) -> str:
    """Return the address of the twin of a page: losses.md for losses.html. Addresses elsewhere are unchanged."""
    return PAGE.sub(r"\1.md", page)


def to_markdown(content: str) -> str:
    """Return the HTML of the content of a page as Markdown, with figures as links, named by their alternative text.

    Links to pages of the site lead to their twins.
    """
    writer = Writer()
    writer.feed(content)
    writer.close()
    return "\n\n".join(writer.open[0].content()) + "\n"


@dataclass
class Element:
    """An open element.

    blocks: Finished blocks of Markdown in it; of a list, its items.
    line: Text after them.
    rows: Rows of a table, each a list of cells.
    """

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    blocks: list[str] = field(default_factory=list)
    line: str = ""
    rows: list[list[str]] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        return (self.attributes.get("class") or "").split()

    @property
    def is_left_out(self) -> bool:
        """Whether its content is for the eye alone, or needs a script."""
        hidden = self.attributes.get("aria-hidden") == "true" or "hidden" in self.attributes
        return hidden or self.tag in LEFT_OUT or not CLASSES_LEFT_OUT.isdisjoint(self.classes)

    def content(self) -> list[str]:
        """Return its blocks, with the text after them as the last one."""
        line = START.sub(r"\1\\\2", self.line.strip(" \n"))
        return [*self.blocks, line] if line else self.blocks

    def text(self) -> str:
        """Return its content on one line."""
        return " ".join([*self.blocks, self.line]).replace("\n", " ").strip(" ")

    def add(self, text: str) -> None:
        """Add text."""
        self.line += text.lstrip(" ") if self.line.endswith((" ", "\n")) else text

    def add_blocks(self, *blocks: str) -> None:
        """Add blocks after the text."""
        self.blocks = [*self.content(), *filter(None, blocks)]
        self.line = ""


class Writer(HTMLParser):
    """A parser that adds each element, as Markdown, to the one around it.

    open: Open elements. The first one is around all others.
    """

    def __init__(self) -> None:
        """Start without any element."""
        super().__init__()
        self.open = [Element("")]

    def nearest(self, *tags: str) -> Element | None:
        """Return the innermost open element with one of these tags."""
        return next((element for element in reversed(self.open) if element.tag in tags), None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element, or add one that has no content."""
        element, around = Element(tag, dict(attrs)), self.open[-1]
        if tag not in VOID:
            self.open.append(element)
        elif tag == "br":
            around.line += "\n"
        elif tag == "hr":
            around.add_blocks("---")
        elif tag == "img" and (text := escaped(element.attributes.get("alt") or "")):
            around.add(text if self.nearest("a") else link(text, element.attributes["src"]))

    def handle_data(self, data: str) -> None:
        """Add text, escaped except in code and formulas."""
        around = self.open[-1]
        if "arithmatex" in around.classes or self.nearest("pre", "code"):
            around.line += data
        else:
            around.add(escaped(SPACE.sub(" ", data)))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those in it that are still open."""
        closed = None
        while tag not in VOID and self.nearest(tag) and closed != tag:
            element = self.open.pop()
            closed = element.tag
            if not element.is_left_out:
                self.write(element, self.open[-1])

    def write(self, element: Element, around: Element) -> None:
        """Add a closed element to the one around it."""
        match element.tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6" as heading:
                around.add_blocks(f"{'#' * int(heading[1])} {element.text()}")
            case "pre":
                around.add_blocks(fenced(element.line, self.language()))
            case "code":
                around.line += element.line if self.nearest("pre") else code(element.line)
            case "ul" | "ol":
                around.add_blocks("\n".join(element.blocks))
            case "li":
                mark = f"{len(around.blocks) + 1}. " if around.tag == "ol" else "- "
                around.blocks.append(indented(element, mark))
            case "dd":
                around.add_blocks(f"{around.blocks.pop()}\n{indented(element, ':   ')}")
            case "td" | "th":
                around.blocks.append(element.text().replace("|", "\\|"))
            case "tr" if table := self.nearest("table"):
                table.rows.append(element.blocks)
            case "table":
                around.add_blocks(*element.content(), "\n".join(lines_of(element.rows)))
            case "blockquote":
                around.add_blocks(quoted(element))
            case "a":
                text, address = element.text(), element.attributes.get("href")
                around.add(link(text, path_of(address)) if text and address else text)
            case "b" | "strong" | "em" | "i" as emphasis:
                around.add(emphasised(element.line, MARKS[emphasis]))
            case _:
                self.write_box(element, around)

    def write_box(self, element: Element, around: Element) -> None:
        """Add a closed element that is known by its class, or that is nothing but a block or a part of the text."""
        if formula := FORMULA.fullmatch(element.line) if "arithmatex" in element.classes else None:
            if formula[1] == "[":
                around.add_blocks(f"$$\n{formula[2].strip()}\n$$")
            else:
                around.add(f"${formula[2].strip()}$")
        elif "figure-menu" in element.classes:
            around.add_blocks(*NUMBERS.findall("\n".join(element.content())))
        elif "admonition" in element.classes:
            around.add_blocks(quoted(element))
        elif not TITLES.isdisjoint((element.tag, *element.classes)):
            around.add_blocks(emphasised(element.text(), "**"))
        elif element.tag in BLOCKS or element.blocks:
            around.add_blocks(*element.content())
        else:
            around.add(element.line)

    def language(self) -> str:
        """Return the language of the code in the open elements, "" if it is not known."""
        names = [name for element in self.open for name in element.classes if name.startswith("language-")]
        return names[-1].removeprefix("language-") if names else ""


def escaped(text: str) -> str:
    """Return Markdown that shows text literally."""
    return SPECIAL.sub(r"\\\g<0>", text)


def link(text: str, address: str | None) -> str:
    """Return a link."""
    return f"[{text}](<{address}>)" if re.search(r"[ ()]", address or "") else f"[{text}]({address})"


def code(text: str) -> str:
    """Return text as code on a line."""
    mark = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    return f"{mark}{text}{mark}" if len(mark) == 1 else f"{mark} {text} {mark}"


def fenced(text: str, language: str) -> str:
    """Return text as a block of code."""
    fence = "`" * max(3, *(len(mark) + 1 for mark in re.findall("`+", text)), 0)
    return "\n".join([f"{fence}{language}", text.strip("\n"), fence])


def emphasised(text: str, mark: str) -> str:
    """Return text in bold or italics, and the spaces around it outside the marks."""
    core = text.strip(" \n")
    return text.replace(core, f"{mark}{core}{mark}") if core and mark not in core else text


def indented(element: Element, mark: str) -> str:
    """Return the content of an element as an item after a mark, with its other lines below the first."""
    return mark + textwrap.indent("\n\n".join(element.content()), " " * len(mark)).lstrip(" ")


def quoted(element: Element) -> str:
    """Return the content of an element as a quotation."""
    return textwrap.indent("\n\n".join(element.content()), "> ", lambda line: True).replace("> \n", ">\n")


def lines_of(rows: list[list[str]]) -> list[str]:
    """Return the lines of a table, whose first row is its head."""
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    return [*lines[:1], f"|{' --- |' * len(rows[0])}", *lines[1:]] if rows else []
