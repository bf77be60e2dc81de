"""What a bibliographic file says: publications, notices on them, and entries of registries."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Notice:
    """A retraction, correction, expression of concern or newer edition of a publication.

    `doi` and `pmid` are those of the publication that it is on; where there are none, that is the
    publication of the record itself.
    """

    kind: str
    doi: str | None = None
    pmid: str | None = None

    @property
    def on_itself(self) -> bool:
        """Whether the record that says so is the publication concerned."""
        return not (self.doi or self.pmid)


RETRACTION, PARTIAL, CORRECTION = "retraction", "partial retraction", "correction"
CONCERN, UPDATE = "expression of concern", "newer edition"


@dataclass(frozen=True)
class RegistryEntry:
    """What a registry says of a trial. Dates are ISO 8601, as exact as they were given.

    `status` is that of ClinicalTrials.gov in capitals (`ACTIVE_NOT_RECRUITING`), `enrolment` the
    number of people and `enrolled` whether that is the number who entered (True), the number that
    is planned (False), or not said. None is not said.
    """

    number: str
    status: str | None = None
    has_results: bool | None = None
    results_posted: str | None = None
    start: str | None = None
    primary_completion: str | None = None
    completion: str | None = None
    enrolment: int | None = None
    enrolled: bool | None = None


@dataclass(frozen=True)
class Reference:
    """What a bibliographic record says of a publication; None or () where it says nothing.

    Authors are in order, each as the data write them: family name, then initials (`Younger J`), or
    the name of a group. `year` has four digits, `pages` a hyphen (`529-538`), `doi` no address
    before it, `pmcid` its letters (`PMC1234`). `registrations` are those that the record names.
    `notices` say what became of this or another publication, `is_notice` that the record is nothing
    but such a notice, and `entry` is what a registry says, where the record is one of a registry.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    journal: str | None = None
    year: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    isbn: str | None = None
    registrations: tuple[str, ...] = ()
    abstract: str | None = field(default=None, compare=False, repr=False)
    notices: tuple[Notice, ...] = ()
    is_notice: bool = False
    entry: RegistryEntry | None = None

    def __str__(self) -> str:
        """Return one line by which a person tells it from others."""
        first = f"{self.authors[0]}{', et al' if self.authors[1:] else ''}" if self.authors else ""
        return ". ".join(filter(None, [first, self.year, self.title, self.doi]))


class Malformed(Exception):
    """What is wrong with a record, whose number counts from 1, or with the whole text."""

    def __init__(self, number: int | None, fault: str) -> None:
        """Keep the fault, a sentence without its subject and its full stop."""
        super().__init__(f"record {number} {fault}" if number else fault)


def family(author: str) -> str:
    """Return the family name of an author, without initials and `Jr`; a group's whole name."""
    return re.sub(r"(?<=\S) [^\Wa-z_]{1,5}( (Jr|Sr|I{1,3}|IV))?$", "", author)
