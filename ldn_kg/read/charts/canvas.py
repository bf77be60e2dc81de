"""A canvas that writes SVG to stand in a page: text, lines and marks at given places.

Nothing is measured: the font is that of the page, so the width of a text is estimated. Colours are
the variables of the page's style sheet, with a value for where a page has none.
"""

import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass

Href = Callable[[str], str]  # where an IRI leads from the page of the chart
Rows = list[dict[str, str]]

SMALL, NORMAL, LARGE = 9.0, 10.5, 12.0  # sizes of text; at full size a unit is 4/3 pixels
LEADING = 12.0  # from one baseline to the next
_HAIRLINE = 1.0  # pixel, at any size of the chart
_LETTER, _BOLD_LETTER = 0.56, 0.65  # the mean width of a letter, in sizes of the text
_OUTLINE = 1.2  # of a mark

# Each value after the comma has 3:1 or more on white and on black.
_COLOURS = {
    "ink": "currentColor",
    "muted": "var(--muted, currentColor)",
    "line": "var(--line, #9aa3ad)",
    "link": "var(--link, #3d85c6)",
    "support": "var(--support, #2e8b57)",
    "dispute": "var(--dispute, #d64545)",
    "contest": "var(--contest, #b7791f)",
    "neutral": "var(--neutral, #7d8590)",
    "paper": "var(--paper, none)",
}
# The corners of the marks around their middle, within one unit each way; a circle has none.
_CORNERS = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "diamond": ((0, -1), (1, 0), (0, 1), (-1, 0)),
    "up": ((0, -1), (1, 1), (-1, 1)),
    "down": ((0, 1), (-1, -1), (1, -1)),
    "left": ((-1, 0), (1, -1), (1, 1)),
    "right": ((1, 0), (-1, 1), (-1, -1)),
    "dash": ((-1, -0.2), (1, -0.2), (1, 0.2), (-1, 0.2)),
}


@dataclass(frozen=True)
class Chart:
    """An SVG element that can stand in a page, its title, and what it shows in words."""

    title: str
    svg: str
    description: str


class Canvas:
    """A drawing of some width and height, in units; x runs right from 0, y runs down from 0."""

    def __init__(self, name: str, width: float, height: float) -> None:
        """Begin an empty drawing; the name starts its ids, as charts share a page."""
        self.name, self.width, self.height = name, width, height
        self._svg = ET.Element("svg", xmlns="http://www.w3.org/2000/svg")

    def text(
        self,
        x: float,
        y: float,
        words: str | list[str],
        size: float = NORMAL,
        colour: str = "ink",
        anchor: str = "start",
        bold: bool = False,
        href: str = "",
    ) -> None:
        """Write one line with its baseline at y, or a list of lines below each other, in one link.

        The anchor is that of SVG: start, middle or end.
        """
        parent = ET.SubElement(self._svg, "a", href=href) if href else self._svg
        style = {"font-size": _number(size), "font-weight": "bold" if bold else ""}
        style |= {"text-anchor": anchor, "fill": _COLOURS["link" if href else colour]}
        for line in [words] if isinstance(words, str) else words:
            _append(parent, "text", {"x": _number(x), "y": _number(y), **style}).text = line
            y += LEADING

    def mark(
        self,
        x: float,
        y: float,
        shape: str,
        colour: str,
        size: float,
        hollow: bool = False,
        title: str = "",
        **data: str,
    ) -> None:
        """Draw one mark around a point; `data` become attributes, the title is shown on hover.

        Shapes are circle, square, diamond, dash, and the triangles up, down, left and right.
        """
        reach = (size - _OUTLINE) / 2
        place = {"cx": _number(x), "cy": _number(y), "r": _number(reach)}
        if shape != "circle":
            corners = [(x + reach * right, y + reach * down) for right, down in _CORNERS[shape]]
            place = {"points": " ".join(f"{_number(a)},{_number(b)}" for a, b in corners)}
        style = {"fill": _COLOURS["paper" if hollow else colour], "stroke": _COLOURS[colour]}
        style |= {"stroke-width": _number(_OUTLINE), "stroke-linejoin": "round"}
        tag = "circle" if shape == "circle" else "polygon"
        _append(self._svg, tag, {**place, **style}, title, data)

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: str = "line",
        width: float = _HAIRLINE,
        dashes: tuple[float, ...] = (),
        title: str = "",
        **data: str,
    ) -> None:
        """Draw a straight line, by default a hairline; dashes are lengths in units of its width."""
        place = {"x1": _number(x1), "y1": _number(y1), "x2": _number(x2), "y2": _number(y2)}
        style = {"stroke": _COLOURS[colour], "stroke-width": _number(width)}
        style["stroke-dasharray"] = " ".join(_number(dash * width) for dash in dashes)
        if width == _HAIRLINE:  # or it would be blurred between two rows of pixels
            style |= {"vector-effect": "non-scaling-stroke", "shape-rendering": "crispEdges"}
        _append(self._svg, "line", {**place, **style}, title, data)

    def chart(self, title: str, description: str) -> Chart:
        """Return the drawing as an <svg> element that has a title and a description."""
        svg = ET.Element("svg", self._svg.attrib)
        svg.set("viewBox", f"0 0 {_number(self.width)} {_number(self.height)}")
        # On a phone a chart is scrolled rather than shrunk until its words cannot be read.
        least, most = self.width / 13, self.width / 12
        svg.set("style", f"width: 100%; min-width: {least:.2f}rem; max-width: {most:.2f}rem")
        svg.attrib |= {"role": "group", "aria-labelledby": f"{self.name}-title"}
        svg.set("aria-describedby", f"{self.name}-desc")
        ET.SubElement(svg, "title", id=f"{self.name}-title").text = title
        ET.SubElement(svg, "desc", id=f"{self.name}-desc").text = description
        svg.extend(self._svg)
        return Chart(title, ET.tostring(svg, encoding="unicode"), description)


def _append(
    parent: ET.Element,
    tag: str,
    attributes: dict[str, str],
    title: str = "",
    data: dict[str, str] | None = None,
) -> ET.Element:
    """Append an element; an attribute that is empty is left out."""
    named = {f"data-{name.replace('_', '-')}": value for name, value in (data or {}).items()}
    given = {name: value for name, value in {**attributes, **named}.items() if value}
    element = ET.SubElement(parent, tag, given)
    if title:
        ET.SubElement(element, "title").text = title
    return element


def _number(value: float) -> str:
    """Round a number to what can be seen."""
    return f"{round(value, 2):g}"


def text_width(words: str, size: float = NORMAL, bold: bool = False) -> float:
    """Estimate how wide a text is, in units."""
    return len(words) * size * (_BOLD_LETTER if bold else _LETTER)


def wrapped(words: str, width: float, size: float = NORMAL, bold: bool = False) -> list[str]:
    """Break a text into lines that are about as wide as there is room, in units."""
    return textwrap.wrap(words, int(width / text_width("x", size, bold))) or [""]


def counted(number: int, one: str, more: str = "") -> str:
    """Return a number with its word: 1 study, 2 studies."""
    return f"{number} {one if number == 1 else more or one + 's'}"
