"""The record of a search, as Turtle: what was typed where, and how many records came."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import PREFIXES, tidy

KINDS = ("database", "register", "other")
_KEY = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")
_UNRECORDED = "search-not-recorded"


@dataclass(frozen=True)
class Search:
    """A search of the literature; None is what was not written down when it was made.

    `kind` is one of KINDS, `searched_in` the names of databases, registers or websites, `words` the
    search as it was typed. `found` counts the records that came, `screened` those read by title and
    abstract without duplicates and known ones, `excluded` those of them that were excluded then and
    get no record of their own.
    """

    key: str
    looked_for: str
    description: str
    kind: str
    day: date
    searched_in: Sequence[str] = ()
    words: str | None = None
    found: int | None = None
    screened: int | None = None
    excluded: int | None = None

    def turtle(self) -> str:
        """Return a Turtle document with the record.

        Raises LdnKgError for a key that is no safe end of an IRI, for an unknown kind, and for
        numbers that cannot be: more screened than found, or more excluded than screened.
        """
        self._check()
        facts = [
            "a ldn:Search",
            f"rdfs:label {Literal(self.looked_for, language='en')}",
            f"dcterms:type ldnc:{self.kind}-search",
            *(f"ldn:searchedIn {Literal(name)}" for name in self.searched_in),
            *([f"schema:query {Literal(self.words)}"] if self.words else []),
            f'ldn:searchedOn "{self.day.isoformat()}"^^xsd:date',
            *(
                f"ldn:{name} {number}"
                for name, number in self._counts().items()
                if number is not None
            ),
            *([f"ldn:notReported ldnc:{_UNRECORDED}"] if self._is_partial() else []),
            f"dcterms:description {Literal(self.description, language='en')}",
        ]
        prefixes = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items())
        body = f"search:{self.key}\n    " + " ;\n    ".join(facts) + " .\n"
        return tidy(f"{prefixes}\n{body}".encode()).decode()

    def _is_partial(self) -> bool:
        return not self.words or self.found is None

    def _counts(self) -> dict[str, int | None]:
        return {
            "recordsFound": self.found,
            "recordsScreened": self.screened,
            "recordsExcluded": self.excluded,
        }

    def _check(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise LdnKgError(
                f"{self.key!r} is not a safe key of a search. Use lower-case letters from a to z, "
                "digits and hyphens, a letter first, such as pubmed-2026-12."
            )
        if self.kind not in KINDS:
            raise LdnKgError(f"{self.kind!r} is no kind of search; take one of {', '.join(KINDS)}.")
        known = [number for number in self._counts().values() if number is not None]
        if known != sorted(known, reverse=True) or any(number < 0 for number in known):
            numbers = ", ".join(f"{name} {number}" for name, number in self._counts().items())
            raise LdnKgError(
                f"The numbers of search {self.key} cannot be ({numbers}): no more records are "
                "screened than found, and no more excluded than screened."
            )
