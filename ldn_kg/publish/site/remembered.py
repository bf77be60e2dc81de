"""A dataset that stays as it is while its pages are made: what is asked again is remembered."""

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

from pyoxigraph import Literal, NamedNode

from ldn_kg.graph.dataset import Dataset

_ANSWERS = 512  # what a few pages ask; each is a few rows
_LABELS = 1 << 14


class Remembered(Dataset):
    """The same dataset; nothing may be added to it from now on."""

    def rows(self, sparql: str, **values: NamedNode) -> list[dict[str, str]]:
        """Return the rows of a SELECT query of our own, as `Dataset.rows` does."""
        return [dict(row) for row in self._rows(sparql, **values)]

    def label(self, term: Any) -> str:
        """Return the words for a term, as `Dataset.label` does."""
        return str(term.value) if isinstance(term, Literal) else self._label(term)

    @cached_property
    def _rows(self) -> Callable[..., list[dict[str, str]]]:
        return lru_cache(_ANSWERS)(super().rows)

    @cached_property
    def _label(self) -> Callable[[Any], str]:
        return lru_cache(_LABELS)(super().label)
