"""A canvas for the plots: matplotlib draws, and its SVG is made fit to stand in a page."""

import math
import textwrap
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from itertools import pairwise
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

# The name of a colour, what matplotlib draws it as, and what stands in the page. The hex values
# show where a page has none of its own: each has 3:1 or more on white and on black.
_COLOURS = {
    "ink": ("#010101", "currentColor"),
    "muted": ("#020202", "var(--muted, currentColor)"),
    "line": ("#9aa3ad", "var(--line, #9aa3ad)"),
    "link": ("#3d85c6", "var(--link, #3d85c6)"),
    "support": ("#2e8b57", "var(--support, #2e8b57)"),
    "dispute": ("#d64545", "var(--dispute, #d64545)"),
    "contest": ("#b7791f", "var(--contest, #b7791f)"),
    "neutral": ("#7d8590", "var(--neutral, #7d8590)"),
}
_CSS = dict(_COLOURS.values())
# What a direction looks like: name of the shape, colour, and the sign in text.
DIRECTIONS = {
    "supports": ("^", "support", "▲"),
    "disputes": ("v", "dispute", "▼"),
    "inconclusive": ("o", "neutral", "●"),
    "silent": ("_", "neutral", "–"),
}
# Classes of participants: their words, from how many on, and the size of a mark in points.
SIZES = (("100 or more", 100, 12.5), ("30–99", 30, 10.0), ("fewer than 30", 0, 7.5))
UNKNOWN = ("unknown", 8.5)
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_RC: dict[Any, Any] = {"svg.fonttype": "none", "text.usetex": False}


@dataclass(frozen=True)
class Plot:
    """An SVG element that can stand in a page, its title, and the same in words."""

    title: str
    svg: str
    words: str


@dataclass
class Canvas:
    """A drawing of some width and height, in units; x runs right from 0, y runs down from 0."""

    name: str  # starts every id, so that two plots can stand on one page
    width: float
    height: float
    _artists: list[Artist] = field(default_factory=list)
    _told: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 11,
        anchor: str = "left",
        colour: str = "ink",
        bold: bool = False,
        url: str | None = None,
    ) -> None:
        """Write one line with its baseline at y; anchor is left, center or right."""
        self._add(
            Text(
                x,
                self.height - y,
                words,
                fontsize=size,
                ha=anchor,
                va="baseline",
                color=_COLOURS["link" if url else colour][0],
                weight="bold" if bold else "normal",
                url=url,
                parse_math=False,  # a dollar sign in a name is no formula
            )
        )

    def lines(self, x: float, y: float, words: Sequence[str], size: float = 11, **how: str) -> None:
        """Write lines below each other, all with the same link where there is one."""
        for number, line in enumerate(words):
            self.text(x, y + number * size * 1.1, line, size, url=how.get("url"))

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
        """Draw one mark around a point; `data` become attributes, the title is shown on hover."""
        ink = _COLOURS[colour][0]
        style = {"mfc": "none" if hollow else ink, "mec": ink, "ms": size - 1.2, "ls": "none"}
        edge = 2.6 if shape == "_" else 1.2
        self._add(Line2D([x], [self.height - y], marker=shape, mew=edge, **style), data, title)  # type: ignore[arg-type]

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        colour: str = "line",
        width: float = 1,
        dashes: tuple[float, ...] = (),
        title: str = "",
        **data: str,
    ) -> None:
        """Draw a line through points; dashes are lengths in units of its width."""
        line = Line2D(
            list(xs),
            [self.height - y for y in ys],
            color=_COLOURS[colour][0],
            lw=width,
            ls=(0, dashes) if dashes else "-",
            solid_capstyle="butt",
        )
        self._add(line, data, title)

    def _add(self, artist: Artist, data: dict[str, str] | None = None, title: str = "") -> None:
        artist.set_transform(IdentityTransform())
        if data or title:
            artist.set_gid(f"told-{len(self._told)}")
            self._told[f"told-{len(self._told)}"] = (data or {}, title)
        self._artists.append(artist)

    def plot(self, title: str, words: str) -> Plot:
        """Return the drawing as an <svg> element that has a title and is described by words."""
        figure = Figure(figsize=(self.width / 72, self.height / 72), dpi=72)
        figure.patch.set_visible(False)
        for artist in self._artists:
            figure.add_artist(artist, clip=False)
        drawn = StringIO()
        with matplotlib.rc_context({**_RC, "svg.hashsalt": self.name}), warnings.catch_warnings():
            # A letter that the font for measuring has not is still there in the font of the page.
            warnings.filterwarnings("ignore", "Glyph .* missing from")
            figure.savefig(drawn, format="svg", metadata={"Date": None})
        return Plot(title, self._page_svg(ET.fromstring(drawn.getvalue()), title, words), words)

    def _page_svg(self, drawn: ET.Element, title: str, words: str) -> str:
        """Keep what is drawn; leave out ids, styles for all of the page and fixed sizes."""
        svg = ET.Element("svg", xmlns="http://www.w3.org/2000/svg")
        svg.set("viewBox", f"0 0 {self.width:g} {self.height:g}")
        svg.set("style", f"width: 100%; height: auto; max-width: {self.width / 12:g}rem")
        svg.attrib |= {"role": "group", "aria-labelledby": f"{self.name}-title"}
        svg.set("aria-describedby", f"{self.name}-desc")
        ET.SubElement(svg, "title", id=f"{self.name}-title").text = title
        ET.SubElement(svg, "desc", id=f"{self.name}-desc").text = words
        names: dict[str, str] = {}
        shapes = ET.SubElement(svg, "defs")
        for element in drawn.iter(f"{_SVG}path"):
            if element.get("id"):
                names[f"#{element.attrib.pop('id')}"] = f"{self.name}-{len(names)}"
                shapes.append(ET.Element("path", d=_short(element.get("d", ""))))
                shapes[-1].set("id", f"{self.name}-{len(names) - 1}")
                element.tag = "used"  # drawn where it is used
        for group in drawn.iter(f"{_SVG}g"):
            svg.extend(self._shown(group, names))
        _join_links(svg)
        return ET.tostring(svg, encoding="unicode")

    def _shown(self, group: ET.Element, names: dict[str, str]) -> Iterator[ET.Element]:
        """Yield what one artist drew, with its data and title."""
        name = group.get("id", "")
        if not name.startswith(("told-", "text_", "line2d_")):
            return
        data, title = self._told.get(name, ({}, ""))
        for element in group.iter():
            kind = element.tag.removeprefix(_SVG)
            if kind not in ("path", "use", "text"):
                continue
            kept = ET.Element(kind, _attributes(element, names))
            kept.text = element.text if kind == "text" else None
            kept.attrib |= {f"data-{key}": value for key, value in data.items()}
            if title:
                ET.SubElement(kept, "title").text = title
            link = next((a for a in group.iter(f"{_SVG}a") if element in list(a)), None)
            if link is not None:
                anchor = ET.Element("a", href=link.get(_HREF, ""))
                anchor.append(kept)
                kept = anchor
            yield kept


def _attributes(element: ET.Element, names: dict[str, str]) -> dict[str, str]:
    found = {key: _number(element.get(key, "")) for key in ("x", "y") if element.get(key)}
    if element.get("d"):
        found["d"] = _short(element.get("d", ""))
    if element.get(_HREF):
        found["href"] = f"#{names[element.get(_HREF, '')]}"
    return {**found, "style": _style(element.get("style", ""), element.tag.endswith("text"))}


def _style(style: str, is_text: bool) -> str:
    """Return a style in the colours and in the font of the page."""
    given = dict(part.strip().split(": ", 1) for part in style.split(";") if ": " in part)
    kept = {"fill": "none"} if "fill" in given or not is_text else {}
    for key in ("fill", "stroke"):
        if key in given:
            kept[key] = _CSS.get(given[key], given[key])
    for key in ("stroke-width", "stroke-dasharray", "text-anchor"):
        if key in given:
            kept[key] = given[key]
    if is_text:
        words = given.get("font", "").split()
        size = next((word for word in words if word.endswith("px")), None)
        kept["font-size"] = given.get("font-size", size or "11px")
        if {"bold", "700"} & {*words, given.get("font-weight", "")}:
            kept["font-weight"] = "bold"
        kept.setdefault("fill", "currentColor")
    return "; ".join(f"{key}: {value}" for key, value in kept.items())


def _short(path: str) -> str:
    return " ".join(_number(part) for part in path.split())


def _number(part: str) -> str:
    """Round a number to what can be seen; leave the letters of a path."""
    return part if part.isalpha() else f"{round(float(part), 2):g}"


def _join_links(svg: ET.Element) -> None:
    """Make one link of the lines of one label."""
    for first, second in reversed(list(pairwise(list(svg)))):
        if first.tag == second.tag == "a" and first.get("href") == second.get("href"):
            first.extend(list(second))
            svg.remove(second)


def wrapped(words: str, width: int) -> list[str]:
    """Return lines of at most so many letters."""
    return textwrap.wrap(words, width) or [""]


def size_of(participants: str) -> tuple[str, float, bool]:
    """Return the class of a number of participants, the size of its mark, and if it is hollow."""
    if not participants:
        return (*UNKNOWN, True)
    words, _, size = next(known for known in SIZES if int(participants) >= known[1])
    return words, size, False


def legend(canvas: Canvas, y: float, directions: Sequence[str]) -> None:
    """Say what shapes and sizes mean, in two lines from y on."""
    x = 6.0
    for name in directions:
        shape, colour, _ = DIRECTIONS[name]
        canvas.mark(x, y - 3, shape, colour, 9.5)
        canvas.text(x + 9, y, name, 9.5)
        x += 30 + 5.2 * len(name)
    canvas.text(2, y + 16, "participants:", 9.5)
    x, y = 72.0, y + 16
    for words, _, size in reversed(SIZES):
        canvas.mark(x, y - 3, "o", "neutral", size)
        canvas.text(x + 10, y, words, 9.5)
        x += 28 + 5.2 * len(words)
    canvas.mark(x, y - 3, "o", "neutral", UNKNOWN[1], hollow=True)
    canvas.text(x + 10, y, UNKNOWN[0], 9.5)


def log_place(value: float, limits: tuple[float, float], left: float, right: float) -> float:
    """Return where a value stands on a logarithmic axis from left to right."""
    low, high = map(math.log10, limits)
    return left + (math.log10(value) - low) / (high - low) * (right - left)


def many(number: int, one: str, more: str | None = None) -> str:
    """Return a number with its word: 1 study, 2 studies."""
    return f"{number} {one if number == 1 else more or one + 's'}"
