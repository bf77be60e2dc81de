"""What validation reports."""

from dataclasses import dataclass
from pathlib import Path

from ldn_kg.namespaces import shorten


@dataclass(frozen=True, order=True)
class Problem:
    """One rule that one record breaks."""

    record: str
    rule: str
    message: str
    path: str | None = None
    value: str | None = None
    file: Path | None = None

    def __str__(self) -> str:
        """Return the one line that a curator needs: file, record, rule, what is wrong."""
        place = f"{self.file}: " if self.file else ""
        said = f"{self.path or 'it'} says {self.value}" if self.value else self.path
        detail = f" ({said})" if said else ""
        return f"{place}{shorten(self.record)}: {self.message}{detail} [{shorten(self.rule)}]"


@dataclass(frozen=True)
class Report:
    """What a validation looked at and what it found."""

    triples: int
    shapes: int
    records: int
    problems: tuple[Problem, ...]
