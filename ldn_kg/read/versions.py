"""The changelog of the project as values: its versions with their entries."""

import re
from typing import NamedTuple

from ldn_kg.graph.files import ROOT


class Version(NamedTuple):
    """A version and its entries; `topic` of an entry is what it is about, "" where it has none."""

    number: str
    entries: tuple[tuple[str, str], ...]


def versions() -> list[Version]:
    """Return the versions of the changelog, the newest first; none where it is not there."""
    file = ROOT / "CHANGELOG.md"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return [_version(part) for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]]


def _version(part: str) -> Version:
    number, _, body = part.partition("\n")
    items = re.split(r"^- ", body, flags=re.MULTILINE)[1:]
    return Version(number.strip(), tuple(map(_entry, items)))


def _entry(item: str) -> tuple[str, str]:
    words = " ".join(item.split())
    topic = re.match(r"([A-Z][a-z]+): ", words)
    return (topic[1], words[topic.end() :]) if topic else ("", words)
